"""What a user asks of a close, and the refusal of a month that cannot be closed."""

from dataclasses import dataclass
from pathlib import Path

from flows.home import Home


class CloseRefused(Exception):
    """The month cannot be closed as asked: one line with deal, month, reason and what to do."""


@dataclass(frozen=True)
class CloseRequest:
    """One deal and month to close; no `files` means the tape is looked for in the inbox.

    `is_restated` closes a closed month again on purpose, from the tape it was closed from.
    """

    home: Home
    deals_folder: Path
    deal_id: str
    month: str
    files: tuple[Path, ...] = ()
    is_restated: bool = False

    @property
    def place(self) -> str:
        """The month as an error names it."""
        return f"{self.deal_id} {self.month}"
