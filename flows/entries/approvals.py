"""Approvals of drafts: an append-only log of each deal in the data folder.

An approval is of one run of a month: a month that is closed again is a draft again.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from flows.entries.evidence import incoming_entry, list_folders, put_in_place, read_record
from flows.entries.free_text import check_free_text
from flows.home import Home

RECORD = "approval.json"


@dataclass(frozen=True)
class ApprovalEntry:
    """Who approved the report of a run, and what was noted; `approved_at` is ISO 8601, UTC."""

    order: int
    month: str
    run_id: str
    by: str
    note: str
    approved_at: str

    @property
    def record(self) -> dict[str, Any]:
        return dict(vars(self))


def list_approvals(home: Home, deal_id: str) -> list[ApprovalEntry]:
    """The deal's approvals, oldest first; EntryRefused where a record cannot be read."""
    keys = [field.name for field in fields(ApprovalEntry)]
    folders = list_folders(home.approvals / deal_id, RECORD)
    entries = [ApprovalEntry(**read_record(folder, RECORD, keys)) for folder in folders]
    return sorted(entries, key=lambda entry: entry.order)


def find_approval(home: Home, deal_id: str, month: str, run_id: str) -> ApprovalEntry | None:
    """The approval of the report of that run; the first, where there are several."""
    own = (entry for entry in list_approvals(home, deal_id) if entry.month == month)
    return next((entry for entry in own if entry.run_id == run_id), None)


def keep_approval(
    home: Home, deal_id: str, month: str, run_id: str, by: str, note: str
) -> ApprovalEntry:
    """Add an approval to the log; CloseRefused for a text that no report can show."""
    place = f"{deal_id} {month}"
    check_free_text(by, f"{place}: who approves")
    check_free_text(note, f"{place}: the note")
    with incoming_entry(home.approvals / deal_id) as incoming:
        order = 1 + max((one.order for one in list_approvals(home, deal_id)), default=0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = ApprovalEntry(order, month, run_id, by, note, now)
        put_in_place(incoming, f"{order:04}-{month}", RECORD, entry.record)
    return entry
