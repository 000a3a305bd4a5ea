"""Events that were entered by hand, with evidence: an append-only log of each deal in the data folder.

An entry is a folder that holds the evidence as received and a record with its SHA-256. Nothing is
changed or deleted: a withdrawal is an entry of its own, and the later of two entries holds.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.home import Home
from flows.refusals import CloseRefused

RECORD = "event.json"
EVIDENCE = "evidence"
INCOMING = ".incoming"


class EventRefused(CloseRefused):
    """An event that cannot be entered, or whose evidence is lost: one line with what to do."""


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
    """The deal's entries, oldest first; EventRefused where a record cannot be read."""
    folder = home.events / deal_id
    return sorted(map(_read_entry, folder.glob(f"*/{RECORD}")), key=lambda entry: entry.order)


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
    """The events that stand at the month's cut-off; EventRefused where the evidence of one is lost."""
    entries = list_entries(home, deal_id)
    for entry in entries:
        if entry.month <= month:
            check_evidence(home, entry)
    return standing_events(entries, month)


def check_evidence(home: Home, entry: Entry) -> None:
    """EventRefused where the evidence is not there any more as it was entered."""
    file = home.events / entry.deal_id / entry.folder_name / EVIDENCE / entry.file_name
    found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "no file"
    if found != entry.sha256:
        raise EventRefused(
            f"{entry.deal_id} {entry.month}: the evidence of event {entry.code}, {file}, is {found}, "
            f"expected SHA-256 {entry.sha256}; put back the file as it was entered"
        )


def keep_entry(folder: Path, entry: Entry, evidence: bytes) -> None:
    """Write evidence and record aside, to disk, and put them in place at once."""
    incoming = folder / INCOMING
    shutil.rmtree(incoming, ignore_errors=True)
    (incoming / EVIDENCE).mkdir(parents=True)
    record = {name: value for name, value in vars(entry).items() if name != "deal_id"}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    for path, data in ((f"{EVIDENCE}/{entry.file_name}", evidence), (RECORD, text.encode())):
        with open(incoming / path, "wb") as writer:
            writer.write(data)
            writer.flush()
            os.fsync(writer.fileno())
    incoming.rename(folder / entry.folder_name)


def _read_entry(path: Path) -> Entry:
    try:
        return Entry(deal_id=path.parent.parent.name, **json.loads(path.read_bytes()))
    except (ValueError, TypeError) as error:
        raise EventRefused(
            f"{path}: no readable record of an event ({error}), expected it as it was written; "
            "put it back from a backup"
        ) from None
