"""Which months are to be closed: of a deal, and of the deals that share a book."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from deals.dates.calendar import first_month, next_month
from deals.load import load_book
from deals.terms.deal import Terms
from flows.close.month import CloseRequest
from flows.close.order import is_active, next_due_month
from flows.entries.notices import is_noticed
from flows.home import Home
from flows.lake.history import ClosedRun, History, pools_seen, read_all, read_history
from flows.refusals import CloseRefused
from tapes.land.tape import list_landed


def is_current(request: CloseRequest) -> bool:
    """Whether the month is in the lake, on the months before it and with the repurchase notice as they
    are now, and its report whole."""
    return _is_current(request, read_history(request.home.lake, request.deal_id))


def due_close(request: CloseRequest) -> CloseRequest | None:
    """The close of the month from its own tape; None where the month is current."""
    histories = read_all(request.home.lake)
    if _is_current(request, histories.get(request.deal_id, History(()))):
        return None
    return from_own_tape(request, histories)


def _is_current(request: CloseRequest, history: History) -> bool:
    from reports.publish.wholeness import is_published

    run = history.find(request.month)
    if run is None or history.is_stale(request.month) or not is_noticed(request.home, run):
        return False
    folder = request.home.report_folder(request.deal_id, request.month)
    return is_published(folder, run.run_id)


def from_own_tape(request: CloseRequest, histories: Mapping[str, History]) -> CloseRequest:
    """The request, of a closed month with the files that it is closed from: another tape that has come
    for it waits until it is restated. A later deal of a book follows the first one's tape."""
    run = histories.get(request.deal_id, History(())).find(request.month)
    if run is None:
        return request
    if leading_run(run, histories):
        return request
    landed = list_landed(request.home.landed, run.book_code, request.month)
    own = tuple(tape.path for tape in landed if tape.sha256 in run.file_sha256s)
    return replace(request, files=own if len(own) == len(run.file_sha256s) else ())


def leading_run(run: ClosedRun, histories: Mapping[str, History]) -> ClosedRun | None:
    """Of another deal of the book, the first that has closed the run's month; None where the run leads."""
    runs = [history.runs for history in histories.values()]
    seen = pools_seen(run.deal_id, run.book_code, run.book_order, run.month, runs)
    return next((other for other in seen if other.month == run.month), None)


def months_between(first: str, last: str) -> Iterator[str]:
    """The months from `first` to `last`, inclusive; none when `last` is before."""
    month = first
    while month <= last:
        yield month
        month = next_month(month)


def list_requests(
    home: Home, deals_folder: Path, book_code: str, month: str
) -> tuple[CloseRequest, ...]:
    """The closes of the book's deals that are active in the month, in the stated order."""
    deals, histories = load_book(book_code, deals_folder), read_all(home.lake)

    def has_month(terms: Terms) -> bool:
        return is_active(terms, histories.get(terms.deal_id, History(())), month)

    requests = tuple(
        CloseRequest(home, deals_folder, terms.deal_id, month)
        for terms in deals
        if has_month(terms)
    )
    if not requests:
        raise CloseRefused(
            f"{book_code} {month}: no deal of the book has this month to close, expected one from "
            f"{min(map(first_month, deals))} on and before its notes are repaid; choose another month"
        )
    return requests


def next_due_month_of_book(home: Home, deals_folder: Path, book_code: str) -> str | None:
    """The earliest month that an active deal of the book has to close; None when all are over."""
    histories, due = read_all(home.lake), []
    for terms in load_book(book_code, deals_folder):
        history = histories.get(terms.deal_id, History(()))
        month = next_due_month(terms, history)
        due += [month] if is_active(terms, history, month) else []
    return min(due, default=None)
