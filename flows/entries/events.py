"""Events that were entered by hand, with evidence: an append-only log of each deal in the data folder.

Nothing is changed or deleted: a withdrawal is an entry of its own, and the later of two entries holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from flows.entries.evidence import check_kept, list_folders, read_record
from flows.home import Home

RECORD = "event.json"
EVIDENCE = "evidence"


@dataclass(frozen=True)
class Entry:
    """One entry of a deal's log, in the order in which they were made."""

    deal_id: str
    order: int
    month: str
    code: str
    is_withdrawal: bool
    note: str
    file_name: str
    sha256: str
    entered_at: str
    """UTC, for a reader; no run depends on it."""

    @property
    def folder_name(self) -> str:
        return f"{self.order:04}-{self.month}-{self.code}"

    @property
    def record(self) -> dict[str, Any]:
        """What its record says; the deal is the folder that it lies in."""
        return {name: value for name, value in vars(self).items() if name != "deal_id"}


@dataclass(frozen=True)
class Event:
    """An event that stands at a cut-off: entered for that month or an earlier one, and not withdrawn."""

    code: str
    since_month: str
    note: str
    file_name: str
    sha256: str

    @property
    def identity(self) -> str:
        """What tells it from another: part of what a run is made from."""
        return f"{self.code} {self.since_month} {self.sha256}"


def list_entries(home: Home, deal_id: str) -> list[Entry]:
    """The deal's entries, oldest first; EntryRefused where a record cannot be read."""
    folders = list_folders(home.events / deal_id, RECORD)
    return sorted(map(_read_entry, folders), key=lambda entry: entry.order)


def standing_events(entries: Iterable[Entry], month: str) -> tuple[Event, ...]:
    """The events that stand at the month's cut-off, by code.

    Of a code's entries up to that month the last one holds: by month, then as they were made.
    """
    until = [entry for entry in entries if entry.month <= month]
    latest = {
        entry.code: entry for entry in sorted(until, key=lambda item: (item.month, item.order))
    }
    return tuple(
        Event(code, entry.month, entry.note, entry.file_name, entry.sha256)
        for code, entry in sorted(latest.items())
        if not entry.is_withdrawal
    )


def find_events(home: Home, deal_id: str, month: str) -> tuple[Event, ...]:
    """The events that stand at the month's cut-off; EntryRefused where the evidence of one is lost."""
    entries = list_entries(home, deal_id)
    for entry in entries:
        if entry.month <= month:
            file = home.events / deal_id / entry.folder_name / EVIDENCE / entry.file_name
            what = f"{deal_id} {entry.month}: the evidence of event {entry.code}"
            check_kept(file, entry.sha256, what)
    return standing_events(entries, month)


def _read_entry(folder: Path) -> Entry:
    keys = [field.name for field in fields(Entry) if field.name != "deal_id"]
    return Entry(deal_id=folder.parent.name, **read_record(folder, RECORD, keys))
