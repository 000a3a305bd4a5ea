"""A deal run on pool-level collections alone: before any loan exists, or to check another's figures.

One scenario; every month's triggers, phase, payments and ledgers, from the closing to the last row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from waterfall.books import Collections, PoolFacts, Settlement, State
from waterfall.money import Fen, WaterfallError, format_fen, multiply
from waterfall.pay.metrics import CutOff, Watch
from waterfall.pay.month import MonthResult, refuse_missing_call, run_month
from waterfall.pay.settle import opening_state, settle_issue
from waterfall.pay.triggers import open_watch


@dataclass(frozen=True)
class CollectionRow:
    """One month of a pool in fen: what came in by the cut-off, and what defaulted.

    The overdue balances are needed only by triggers that look at them; `events` are the codes of
    events that happened by the cut-off.
    """

    collection_end: date
    payment_date: date
    principal: int
    interest: int
    prepayment: int
    defaulted: int
    recovery: int
    fee: int = 0
    repurchase: int = 0
    overdue_balance: int | None = None
    serious_overdue_balance: int | None = None
    events: tuple[str, ...] = ()


FLOWS = ("principal", "interest", "prepayment", "defaulted", "recovery", "fee", "repurchase")
"""What a row adds to the rows before it."""


@dataclass(frozen=True, eq=False)
class StructureMonth:
    """One row's month: the pool that it found and left, and what was paid."""

    row: CollectionRow
    period: Period
    opening: State
    pool: PoolFacts
    result: MonthResult
    purchased: int
    """Balance of the loans bought, in fen."""
    closing_pool: int
    """After the purchase, in fen."""

    @property
    def settlement(self) -> Settlement:
        return self.result.settlements[0].settlement


@dataclass(frozen=True, eq=False)
class StructureRun:
    """The issue on the closing date and every month after it."""

    issue: Settlement
    months: tuple[StructureMonth, ...]
    unused_rows: int
    """Rows after the pool was called: it brings in nothing any more."""


def run_collections(
    terms: Terms, rows: Sequence[CollectionRow], exercises_call: bool = False
) -> StructureRun:
    """Issue the notes, buy a pool with the proceeds, and pay each row's cash on its payment date.

    With a payment frequency a payment date pays what came in since the one before. The pool's balance is
    what the terms state, or what the proceeds bought it for. Raises WaterfallError naming the row for dates
    out of order and for more principal than the pool has, and for a call that the terms do not give and
    what the engine refuses.
    """
    if exercises_call:
        refuse_missing_call(terms)
    rows = _gather_rows(terms, rows)
    issue = settle_issue(terms, opening_state(terms), None)
    months: list[StructureMonth] = []
    for month in _run_rows(terms, rows, issue, exercises_call):
        months.append(month)
        if month.result.is_called[0]:
            break
    return StructureRun(issue, tuple(months), len(rows) - len(months))


def _gather_rows(terms: Terms, rows: Sequence[CollectionRow]) -> list[CollectionRow]:
    """A row for each payment date: of rows between two of them the amounts are added up.

    Payment months are counted from the initial cut-off; the payment dates of other rows are not read.
    """
    months = terms.payment.months_between
    if months is None:
        return list(rows)
    gathered: list[CollectionRow] = []
    waiting: list[CollectionRow] = []
    collected_to = terms.dates.initial_cut_off_date
    for number, row in enumerate(rows, start=1):
        _check_collections_after(terms, number, row, collected_to)
        collected_to = row.collection_end
        waiting.append(row)
        since = months_between(terms.dates.initial_cut_off_date, row.collection_end)
        if since % months == 0:
            gathered.append(_add_up(waiting))
            waiting = []
    if waiting:
        raise WaterfallError(
            f"{terms.deal_id}, {waiting[-1].collection_end}: the last collections wait for a payment date,"
            f" expected rows up to one, every {months} months after {terms.dates.initial_cut_off_date};"
            " add them, or take out the rows that wait"
        )
    return gathered


def _add_up(rows: Sequence[CollectionRow]) -> CollectionRow:
    """What came in over several rows, as of the last of them."""
    sums = {name: sum(getattr(row, name) for row in rows) for name in FLOWS}
    events = tuple(event for row in rows for event in row.events)
    return replace(rows[-1], events=events, **sums)


def _run_rows(
    terms: Terms, rows: Sequence[CollectionRow], issue: Settlement, exercises_call: bool
) -> Iterator[StructureMonth]:
    state, watch = issue.state, open_watch(terms, 1)
    paid = sum(int(item.paid[0]) for item in issue.payments if item.kind == "purchase")
    stated = terms.structure.initial_pool_fen
    initial = paid if stated is None else stated
    pool = _Pool(initial, _one(0), _one(0), _one(0), _one(0), _one(initial))
    accrual_start, collected_to = terms.dates.closing_date, terms.dates.initial_cut_off_date
    events = frozenset[str]()
    for number, row in enumerate(rows, start=1):
        _check_dates(terms, number, row, accrual_start, collected_to)
        period = _period(terms, number, row, accrual_start, collected_to)
        events |= frozenset(row.events)
        month = _run_row(terms, row, period, state, watch, pool, events, exercises_call)
        yield month
        pool = pool.after(month)
        state, watch = month.result.state, month.result.watch
        accrual_start, collected_to = row.payment_date, row.collection_end


@dataclass(frozen=True, eq=False)
class _Pool:
    """The pool between two rows."""

    initial: int
    purchased: Fen
    defaulted: Fen
    recovered: Fen
    interest: Fen
    """Collected so far."""
    balance: Fen

    def after(self, month: StructureMonth) -> "_Pool":
        return _Pool(
            self.initial,
            self.purchased + month.purchased,
            month.pool.cumulative_defaulted,
            self.recovered + month.row.recovery,
            self.interest + month.row.interest,
            _one(month.closing_pool),
        )


def _run_row(
    terms: Terms,
    row: CollectionRow,
    period: Period,
    state: State,
    watch: Watch,
    pool: _Pool,
    events: frozenset[str],
    exercises_call: bool,
) -> StructureMonth:
    facts = _facts(terms, row, pool)
    cut_off = CutOff(terms, period, state, _collections(row), facts, watch, events)
    result = run_month(cut_off, exercises_call=exercises_call)
    purchased = _balance_for(terms, result.paid("purchase"))
    closing = 0 if result.is_called[0] else int(facts.closing_balance[0]) + purchased
    return StructureMonth(row, period, state, facts, result, purchased, closing)


def _facts(terms: Terms, row: CollectionRow, pool: _Pool) -> PoolFacts:
    gone = row.principal + row.prepayment + row.defaulted + row.repurchase
    closing = pool.balance - gone
    if (closing < 0).any():
        raise WaterfallError(
            f"{terms.deal_id}, {row.collection_end}: principal, prepayment, repurchase and defaults of"
            f" {format_fen(gone)} are more than the pool, {format_fen(pool.balance[0])};"
            " correct the row, or the pool that the terms begin with"
        )
    return PoolFacts(
        opening_balance=pool.balance,
        closing_balance=closing,
        initial_balance=_one(pool.initial),
        cumulative_purchased=pool.purchased,
        cumulative_defaulted=pool.defaulted + row.defaulted,
        overdue_balance=None if row.overdue_balance is None else _one(row.overdue_balance),
        serious_overdue_balance=(
            None if row.serious_overdue_balance is None else _one(row.serious_overdue_balance)
        ),
        cumulative_recovered=pool.recovered + row.recovery,
        cumulative_interest=pool.interest,
    )


def _collections(row: CollectionRow) -> Collections:
    return Collections(
        principal=_one(row.principal),
        interest=_one(row.interest),
        fee=_one(row.fee),
        recovery=_one(row.recovery),
        prepayment=_one(row.prepayment),
        repurchase=_one(row.repurchase),
        clean_up=_one(0),
        defaulted=_one(row.defaulted),
    )


def _balance_for(terms: Terms, price: Fen) -> int:
    """The balance that a price buys: at par, or at the share that the terms state."""
    purchase = terms.purchase
    if purchase is None or purchase.price == "par" or not price.any():
        return int(price[0])
    if purchase.price == "present_value":
        raise WaterfallError(
            f"{terms.deal_id}: purchase.price is present_value, which needs the loans; expected par or"
            " discount for collections alone"
        )
    return int(multiply(price, 1 / purchase.price_share)[0])


def _check_dates(
    terms: Terms, number: int, row: CollectionRow, after: date, collected_to: date
) -> None:
    _check_collections_after(terms, number, row, collected_to)
    if row.payment_date <= after or row.collection_end > row.payment_date:
        raise WaterfallError(
            f"{terms.deal_id}, row {number}: payment date {row.payment_date}, expected one after"
            f" {after} and not before the collection's end, {row.collection_end};"
            " sort the rows and correct the dates"
        )
    if after >= terms.dates.legal_final_date:
        raise WaterfallError(
            f"{terms.deal_id}, row {number}: payment date {row.payment_date}, expected none after {after},"
            f" on which the deal ended: its legal final date is {terms.dates.legal_final_date}; take out the"
            " rows from there on, or correct the date in the terms"
        )


def _check_collections_after(
    terms: Terms, number: int, row: CollectionRow, collected_to: date
) -> None:
    if row.collection_end <= collected_to:
        raise WaterfallError(
            f"{terms.deal_id}, row {number}: collections up to {row.collection_end}, expected a day after"
            f" {collected_to}, up to which they are the earlier holder's or an earlier row's;"
            " correct the row, or dates.initial_cut_off_date"
        )


def _period(
    terms: Terms, number: int, row: CollectionRow, accrual_start: date, collected_to: date
) -> Period:
    """The row's period; terms in months count from the initial cut-off by dates, not by rows."""
    months = months_between(terms.dates.initial_cut_off_date, row.collection_end)
    term = terms.structure.expected_term_months
    is_revolving = months <= terms.structure.revolving_months
    return Period(
        deal_id=terms.deal_id,
        month=f"{row.collection_end:%Y-%m}",
        period_number=number,
        collection_start_date=collected_to + timedelta(days=1),
        collection_end_date=row.collection_end,
        report_date=row.payment_date,
        payment_date=row.payment_date,
        accrual_start_date=accrual_start,
        accrual_end_date=row.payment_date,
        scheduled_phase="revolving" if is_revolving else "allocation",
        is_first=number == 1,
        is_expected_maturity=term is not None and months >= term,
        is_legal_final=row.payment_date >= terms.dates.legal_final_date,
        expected_maturity_date=terms.dates.legal_final_date,
    )


def months_between(start: date, end: date) -> int:
    """Calendar months from the one date's month to the other's."""
    return 12 * (end.year - start.year) + end.month - start.month


def _one(fen: int) -> Fen:
    return np.array([fen], dtype=np.int64)
