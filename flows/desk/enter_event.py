"""Enter an event that happened, with the evidence for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deals.dates.calendar import next_paid_month, period_of
from deals.load import load_terms
from deals.terms.events import CLEAN_UP_CALL, EVENTS
from flows.close.lock import hold_deal
from flows.entries.events import EVIDENCE, RECORD, Entry, list_entries, standing_events
from flows.entries.evidence import (
    EntryRefused,
    check_file,
    incoming_entry,
    keep_file,
    put_in_place,
)
from flows.entries.free_text import check_free_text
from flows.home import Home
from flows.lake.history import read_history
from flows.refusals import UsageError


@dataclass(frozen=True)
class EventRequest:
    """What a user asks to enter; `is_restated` admits a month that is closed already."""

    home: Home
    deals_folder: Path
    deal_id: str
    month: str
    code: str
    evidence: Path
    note: str = ""
    is_withdrawal: bool = False
    is_restated: bool = False

    @property
    def place(self) -> str:
        return f"{self.deal_id} {self.month}"


def enter_event(request: EventRequest) -> Entry:
    """Keep the evidence and the entry; UsageError, TapeError or EntryRefused says why not."""
    if request.code not in EVENTS:
        raise UsageError(
            f"event {request.code!r}: unknown, expected one of {', '.join(EVENTS)}; correct the code"
        )
    check_free_text(request.note, f"{request.place}: --note")
    check_file(request.evidence, EVIDENCE, request.place)
    with hold_deal(request.home, request.deal_id, f"entering an event of {request.place}"):
        _check_month(request)
        entries = list_entries(request.home, request.deal_id)
        _check_standing(request, entries)
        return _keep_entry(request, order=1 + max((entry.order for entry in entries), default=0))


def _keep_entry(request: EventRequest, order: int) -> Entry:
    with incoming_entry(request.home.events / request.deal_id) as incoming:
        kept = keep_file(incoming, EVIDENCE, request.evidence)
        entry = Entry(
            deal_id=request.deal_id,
            order=order,
            month=request.month,
            code=request.code,
            is_withdrawal=request.is_withdrawal,
            note=request.note,
            file_name=kept.file_name,
            sha256=kept.sha256,
            entered_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        put_in_place(incoming, entry.folder_name, RECORD, entry.record)
    return entry


def _check_month(request: EventRequest) -> None:
    """The month is one of the deal's, not closed, and may have a call if it is to have one."""
    terms = load_terms(request.deal_id, request.deals_folder)
    period_of(terms, request.month)
    if request.code == CLEAN_UP_CALL and terms.clean_up_call is None:
        raise EntryRefused(
            f"{request.place}: the event {CLEAN_UP_CALL} cannot be exercised, {request.deal_id}.toml "
            "has no [clean_up_call]; expected a deal whose terms allow one"
        )
    paid = next_paid_month(terms, request.month)
    is_call = request.code == CLEAN_UP_CALL and not request.is_withdrawal
    if is_call and paid != request.month:
        raise EntryRefused(
            f"{request.place}: the event {CLEAN_UP_CALL} sells the pool on a payment date, and the "
            f"collections of {request.month} wait for that of {paid}; expected a month that is paid out; "
            f"enter it for {paid}"
        )
    history = read_history(request.home.lake, request.deal_id)
    if history.find(request.month) and not request.is_restated:
        raise EntryRefused(
            f"{request.place}: closed already, expected a month that is not; name a later month, or "
            "add --restate, and restate the month then"
        )


def _check_standing(request: EventRequest, entries: Sequence[Entry]) -> None:
    """An event is entered once until it is withdrawn, and withdrawn only while it stands."""
    found = [
        event for event in standing_events(entries, request.month) if event.code == request.code
    ]
    if found and not request.is_withdrawal:
        raise EntryRefused(
            f"{request.place}: the event {request.code} stands since {found[0].since_month}, expected "
            "one that does not; withdraw it first with --withdraw --evidence FILE"
        )
    if not found and request.is_withdrawal:
        raise EntryRefused(
            f"{request.place}: the event {request.code} does not stand, expected one that does; "
            "`tapehouse status` lists them"
        )
