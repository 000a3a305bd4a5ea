"""What people decided on rows that were set aside: an append-only log of each book in the data folder.

A decision is about one row of one file, known by its SHA-256 and the row's number. Nothing is changed or
deleted: a later decision on the same row holds, and the earlier ones stay.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from flows.entries.evidence import list_folders, read_record
from flows.home import Home

RECORD = "decision.json"
Kind = Literal["release", "reject", "correct", "withdraw"]


@dataclass(frozen=True)
class Decision:
    """One decision on a row that was set aside, in the order in which they were made.

    `values` are the corrected canonical columns, as text; `by` and `why` are a person's name and reason.
    """

    book_code: str
    order: int
    month: str
    tape_sha256: str
    row_number: int
    loan_id: str
    kind: Kind
    by: str
    why: str
    decided_at: str
    """UTC, for a reader; no run depends on it."""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder_name(self) -> str:
        return f"{self.order:04}-{self.month}-{self.kind}"

    @property
    def record(self) -> dict[str, Any]:
        """What its record says; the book is the folder that it lies in."""
        return {name: value for name, value in vars(self).items() if name != "book_code"}

    @property
    def place(self) -> tuple[str, int]:
        """The row: its file's SHA-256 and its number there."""
        return self.tape_sha256, self.row_number

    @property
    def identity(self) -> str:
        """What tells it from another: part of what a run is made from."""
        told = [*self.place, self.kind, sorted(self.values.items()), self.by, self.why]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def list_decisions(home: Home, book_code: str) -> list[Decision]:
    """The book's decisions, oldest first; EntryRefused where a record cannot be read."""
    folders = list_folders(home.quarantine / book_code, RECORD)
    return sorted(map(_read_decision, folders), key=lambda decision: decision.order)


def standing_decisions(
    decisions: Iterable[Decision], sha256s: Collection[str]
) -> tuple[Decision, ...]:
    """Of each row of these files the last decision, by file and row; none that was withdrawn."""
    last = {one.place: one for one in decisions if one.tape_sha256 in sha256s}
    return tuple(last[place] for place in sorted(last) if last[place].kind != "withdraw")


def _read_decision(folder: Path) -> Decision:
    keys = [one.name for one in fields(Decision) if one.name != "book_code"]
    return Decision(book_code=folder.parent.name, **read_record(folder, RECORD, keys))
