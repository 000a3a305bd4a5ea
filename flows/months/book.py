"""Close the deals that share a book, in the stated order: one month, or months in a row; and its tie-out."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from deals.dates.calendar import first_month
from deals.load import load_book
from flows.close.land import land_tapes
from flows.close.month import Closed, CloseRequest
from flows.close.order import take_turn
from flows.home import Home
from flows.lake.connection import open_lake
from flows.lake.history import read_history
from flows.lake.questions import question
from flows.months.backfill import Backfill, Closer
from flows.months.due import due_close, is_current, list_requests, months_between
from tapes.land.tape import LandedTape


@dataclass(frozen=True)
class OwnedPart:
    """What one owner has of the book: loans that owe something, and their balance at the cut-off."""

    owner_code: str
    is_on_tape: bool
    loan_count: int
    outstanding_balance: Decimal


@dataclass(frozen=True)
class Allocation:
    """A month of a book: the deals now closed and those closed before, and the book by owners."""

    closed: tuple[Closed, ...]
    passed_over: tuple[str, ...]
    parts: tuple[OwnedPart, ...]


def allocate_month(
    home: Home,
    deals_folder: Path,
    book_code: str,
    month: str,
    closer: Closer,
    files: tuple[Path, ...] = (),
    is_restated: bool = False,
) -> Allocation:
    """Close the month of every active deal of the book in the stated order, all from one tape.

    Deals that are closed from that tape and stand on current runs are passed over, so it resumes.
    CloseRefused when no deal of the book is active in the month, and when it is closed from another
    tape, unless `is_restated`.
    """
    requests = list_requests(home, deals_folder, book_code, month)
    closed: list[Closed] = []
    passed_over: list[str] = []
    with closer(len(requests)) as close:
        with ExitStack() as held, ExitStack() as past:
            first = replace(requests[0], files=files, is_restated=is_restated)
            tapes = land_tapes(take_turn(first, held, past))
        paths = tuple(tape.path for tape in tapes)
        for request in requests:
            is_same = _is_closed_from(request, tapes)
            if is_same and is_current(request):
                passed_over.append(request.deal_id)
            else:
                is_other = is_restated and not is_same
                closed.append(close(replace(request, files=paths, is_restated=is_other)))
    return Allocation(
        tuple(closed), tuple(passed_over), read_tie_out(home, requests[-1].deal_id, month)
    )


def close_book_range(
    home: Home, deals_folder: Path, book_code: str, first: str, last: str, closer: Closer
) -> Backfill:
    """Close the months from `first` to `last` of every deal of the book, in order of month and place.

    What is closed and current is passed over; a month that stands on one closed since is closed again.
    """
    deals = load_book(book_code, deals_folder)
    closed: list[Closed] = []
    passed_over: list[str] = []
    months = list(months_between(max(first, min(map(first_month, deals))), last))
    with closer(len(months) * len(deals)) as close:
        for month in months:
            for request in list_requests(home, deals_folder, book_code, month):
                if due := due_close(request):
                    closed.append(close(due))
                else:
                    passed_over.append(request.place)
    return Backfill(tuple(closed), tuple(passed_over))


def _is_closed_from(request: CloseRequest, tapes: Sequence[LandedTape]) -> bool:
    run = read_history(request.home.lake, request.deal_id).find(request.month)
    return run is not None and set(run.file_sha256s) == {tape.sha256 for tape in tapes}


def read_tie_out(home: Home, deal_id: str, month: str) -> tuple[OwnedPart, ...]:
    """The book by owners after the deal's purchase: deals by their places, the originator, and then
    what deals own that the tape does not tell."""
    with open_lake(home.lake) as lake:
        rows = lake.execute(question("book_tie_out"), [deal_id, month]).fetchall()
    return tuple(OwnedPart(*row) for row in rows)


def describe_parts(parts: Sequence[OwnedPart]) -> list[str]:
    """The tie-out in lines: each owner's loans and balance, and the tape that they sum to."""
    on_tape = [part for part in parts if part.is_on_tape]
    rows = [(part.owner_code, part.loan_count, part.outstanding_balance) for part in on_tape]
    total = (
        "book (the tape)",
        sum(part.loan_count for part in on_tape),
        sum((part.outstanding_balance for part in on_tape), Decimal(0)),
    )
    off_tape = [
        (f"{part.owner_code}, not on the tape", part.loan_count, part.outstanding_balance)
        for part in parts
        if not part.is_on_tape
    ]
    lines = [
        (name, f"{count:,} loans", f"{sum_:,.2f}")
        for name, count, sum_ in (*rows, total, *off_tape)
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(3)]
    return [
        f"{name:<{widths[0]}}  {count:>{widths[1]}}  {balance:>{widths[2]}}"
        for name, count, balance in lines
    ]
