"""The order of closes: a deal's months one after the other, and the deals of a book by their places."""

from collections.abc import Mapping
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

from deals.dates.calendar import Period, first_month, next_month, period_of, previous_month
from deals.load import Deal, load_book, load_deal
from deals.terms.deal import Terms
from flows.close.lock import hold_book
from flows.close.month import CloseRequest, Turn
from flows.lake.connection import lake_exists, one_snapshot, open_lake
from flows.lake.history import ClosedRun, History, pools_seen, read_histories
from flows.lake.publish import last_snapshot
from flows.lake.upgrade.version import refuse_other_version
from flows.refusals import CloseRefused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Histories = Mapping[str, History]


class EarlierCloseDue(CloseRefused):
    """Another deal of the book has to be closed first: a refusal that passes when it is."""


def take_turn(request: CloseRequest, held: ExitStack, past: ExitStack) -> Turn:
    """Hold the deal and its book, and read once what the close goes by.

    `held` lets go of them, `past` of the lake as it stands: before the month is committed to it.

    CloseRefused when the month is out of order; LakeError when another release wrote the lake; DealHeld
    when another process holds the deal.
    """
    deal = load_deal(request.deal_id, request.deals_folder)
    with ExitStack() as holding, ExitStack() as reading:
        holding.enter_context(hold_book(request.home, deal.terms, f"closing {request.place}"))
        is_there = lake_exists(request.home.lake)
        lake = reading.enter_context(open_lake(request.home.lake)) if is_there else None
        if lake:
            refuse_other_version(lake, request.home.lake)
        turn = check_order(request, deal, lake)
        # Only a turn that was taken is held on to: a step that failed may be tried again.
        held.push(holding.pop_all())
        past.push(reading.pop_all())
    return turn


def check_order(
    request: CloseRequest, deal: Deal, lake: "DuckDBPyConnection | None" = None
) -> Turn:
    """Where the month stands in the lake as it is; CloseRefused when it is out of order."""
    terms = deal.terms
    period = period_of(terms, request.month)
    with one_snapshot(lake) if lake else nullcontext():
        histories = read_histories(lake) if lake else {}
        next_snapshot = 1 + (last_snapshot(lake) if lake else 0)
    _check_own_order(request, terms, period, histories)
    _check_book_order(request, terms, histories)
    runs = [other.runs for other in histories.values()]
    seen = pools_seen(terms.deal_id, terms.book.code, terms.book.order, request.month, runs)
    history = histories.get(request.deal_id, History(()))
    is_shared = any(
        run.book_code == terms.book.code and run.month == request.month
        for deal_id, other in histories.items()
        if deal_id != terms.deal_id
        for run in other.runs
    )
    return Turn(request, deal, period, history, seen, lake, next_snapshot, is_shared)


def next_due_month(terms: Terms, history: History) -> str:
    """The month after the last closed one, or the deal's first."""
    return next_month(history.runs[-1].month) if history.runs else first_month(terms)


def is_active(terms: Terms, history: History, month: str) -> bool:
    """Whether the deal has the month to close: from its first on, until no note is left to pay."""
    last = history.last(previous_month(month))
    return month >= first_month(terms) and not (
        last is not None and (last.is_repaid or period_of(terms, last.month).is_legal_final)
    )


def _check_own_order(
    request: CloseRequest, terms: Terms, period: Period, histories: Histories
) -> None:
    """The months of a deal follow each other, from its first to that of its legal final date."""
    history, before = histories.get(terms.deal_id, History(())), previous_month(request.month)
    if not period.is_first and period_of(terms, before).is_legal_final:
        raise CloseRefused(
            f"{request.place}: after the deal's end, {before} is paid on or after "
            f"the legal final date {terms.dates.legal_final_date}; expected {before} or earlier, "
            "close another deal or month"
        )
    if not period.is_first and history.find(before) is None:
        due = next_due_month(terms, history)
        raise CloseRefused(
            f"{request.place}: out of order, {before} is not closed; "
            f"close {due} first: `tapehouse close {request.deal_id} {due}`"
        )
    if history.is_stale(before):
        raise CloseRefused(
            f"{request.place}: {before} stands on a month that was restated or closed since; "
            f"run `{backfill_command(terms.deal_id, histories, request.month)}`"
        )


def _check_book_order(request: CloseRequest, terms: Terms, histories: Histories) -> None:
    """The other deals of the book are closed as far as the stated order puts them before this one.

    A later deal of which nothing is in the lake yet owns nothing: it is not waited for.
    """
    deals, before = _load_deals(request, terms), previous_month(request.month)
    _check_book_deals(request, terms.book.code, deals, histories)
    _check_place(request, terms, histories.get(terms.deal_id, History(())).last(before))
    for other in (other for other in deals if other.deal_id != terms.deal_id):
        history = histories.get(other.deal_id, History(()))
        is_earlier = other.book.order < terms.book.order
        month = request.month if is_earlier else before
        last = history.last(month)
        _check_place(request, other, last)
        is_behind = (last is None or last.month < month) and is_active(other, history, month)
        if is_behind and (is_earlier or history.runs):
            due = next_due_month(other, history)
            raise EarlierCloseDue(
                f"{request.place}: out of the order of book {terms.book.code}, {other.deal_id} "
                f"{month} is not closed; close {other.deal_id} {due} first: "
                f"`tapehouse close {other.deal_id} {due}`"
            )
        if last is not None and history.is_stale(last.month):
            raise CloseRefused(
                f"{request.place}: {other.deal_id} {last.month} stands on a month that was restated "
                f"or closed since; run `{backfill_command(other.deal_id, histories, request.month)}`"
            )


def _load_deals(request: CloseRequest, terms: Terms) -> tuple[Terms, ...]:
    """The deals of the book; a book that is named as its deal is that deal's alone."""
    is_alone = terms.book.code == terms.deal_id
    return (terms,) if is_alone else load_book(terms.book.code, request.deals_folder, [terms])


def _check_book_deals(
    request: CloseRequest, book_code: str, deals: tuple[Terms, ...], histories: Histories
) -> None:
    """Every deal that the lake knows in the book is still among its deals."""
    known = {terms.deal_id for terms in deals}
    for deal_id, history in histories.items():
        if deal_id not in known and history.runs[-1].book_code == book_code:
            raise CloseRefused(
                f"{request.place}: {deal_id} owns loans of book {book_code} in the lake and is not "
                f"among its deals; put book.code back into {deal_id}.toml"
            )


def _check_place(request: CloseRequest, terms: Terms, last: ClosedRun | None) -> None:
    """A deal stays in its book and in its place there from month to month."""
    if last is not None and (terms.book.code, terms.book.order) != (
        last.book_code,
        last.book_order,
    ):
        raise CloseRefused(
            f"{request.place}: {terms.deal_id}.toml: book.code and book.order now {terms.book.code} "
            f"{terms.book.order}, expected {last.book_code} {last.book_order} as {last.month} was "
            f"closed with; put the old ones back"
        )


def backfill_command(deal_id: str, histories: Histories, last: str = "") -> str:
    """The command that closes again what is stale, of all deals that share the book in the lake.

    Up to `last`, by default up to the last closed month.
    """
    book_code = histories[deal_id].runs[-1].book_code
    book = [each for each in histories.values() if each.runs[-1].book_code == book_code]
    name = book_code if len(book) > 1 else deal_id
    first = min(month for history in book for month in history.stale_months)
    return f"tapehouse backfill {name} {first} {last or max(each.runs[-1].month for each in book)}"
