"""A deal on pool-level collections alone: rows of months become payment dates, with a pool that goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from tests.waterfall.random.reference.books import PlainCollections, PlainPool, PlainState
from tests.waterfall.random.reference.issuing import issue_plainly
from tests.waterfall.random.reference.month import PlainMonth, run_plainly
from tests.waterfall.random.reference.triggers import PlainCutOff, PlainWatch
from waterfall.structure import CollectionRow

MONTHS_APART = {None: 1, "monthly": 1, "quarterly": 3, "semi_annual": 6, "annual": 12}


@dataclass(frozen=True)
class PlainPayment:
    """One payment date: what it came to, the deal after it, and the pool after it."""

    month: PlainMonth
    state: PlainState
    opening_pool: int
    closing_pool: int


def first_pool_of(terms: Terms) -> int:
    """The pool that the terms state, or what the notes raised less what they fill reserves with."""
    if terms.structure.initial_pool_fen is not None:
        return terms.structure.initial_pool_fen
    filled = issue_plainly(terms, spends_all=True).accounts
    by_notes = [item for item in terms.accounts if item.funded_by == "proceeds"]
    return sum(note.notional_fen for note in terms.notes) - sum(filled[it.code] for it in by_notes)


def collect_plainly(terms: Terms, rows: Sequence[CollectionRow]) -> list[PlainPayment]:
    """Every payment date of the rows, which reach up to one."""
    state, watch = issue_plainly(terms, spends_all=True), PlainWatch()
    initial = balance = first_pool_of(terms)
    bought = defaulted = recovered = interest = 0
    events: set[str] = set()
    collected_to, paid_on = terms.dates.initial_cut_off_date, terms.dates.closing_date
    made: list[PlainPayment] = []
    waiting: list[CollectionRow] = []
    for row in rows:
        waiting.append(row)
        events |= set(row.events)
        if since_cut_off(terms, row.collection_end) % MONTHS_APART[terms.payment.frequency]:
            continue
        cash = add_up(waiting)
        gone = cash.principal + cash.prepayment + cash.repurchase + cash.defaulted
        defaulted, recovered = defaulted + cash.defaulted, recovered + cash.recovery
        pool = PlainPool(
            opening=balance,
            closing=balance - gone,
            initial=initial,
            purchased=bought,
            defaulted=defaulted,
            interest_before=interest,
            overdue=row.overdue_balance,
            seriously_overdue=row.serious_overdue_balance,
            recovered=recovered,
        )
        period = period_of_rows(terms, row, len(made) + 1, collected_to, paid_on)
        cut_off = PlainCutOff(terms, period, state, cash, pool, frozenset(events))
        month = run_plainly(cut_off, watch, None, exercises_call=False)
        interest += cash.interest
        bought += month.bought
        made.append(PlainPayment(month, state.copy(), balance, pool.closing + month.bought))
        balance = pool.closing + month.bought
        collected_to, paid_on, waiting = row.collection_end, row.payment_date, []
    return made


def add_up(rows: Sequence[CollectionRow]) -> PlainCollections:
    """What came in between two payment dates."""
    names = ("principal", "interest", "fee", "recovery", "prepayment", "repurchase", "defaulted")
    sums = {name: 0 for name in names}
    for row in rows:
        for name in names:
            sums[name] += getattr(row, name)
    return PlainCollections(clean_up=0, **sums)


def since_cut_off(terms: Terms, day: date) -> int:
    first = terms.dates.initial_cut_off_date
    return 12 * (day.year - first.year) + day.month - first.month


def period_of_rows(
    terms: Terms, row: CollectionRow, number: int, collected_to: date, paid_on: date
) -> Period:
    """The period up to a payment date: months count from the initial cut-off, periods by payment dates."""
    months = since_cut_off(terms, row.collection_end)
    term = terms.structure.expected_term_months
    return Period(
        deal_id=terms.deal_id,
        month="",
        period_number=number,
        collection_start_date=collected_to + timedelta(days=1),
        collection_end_date=row.collection_end,
        report_date=row.payment_date,
        payment_date=row.payment_date,
        accrual_start_date=paid_on,
        accrual_end_date=row.payment_date,
        scheduled_phase="revolving" if months <= terms.structure.revolving_months else "allocation",
        is_first=number == 1,
        is_expected_maturity=term is not None and months >= term,
        is_legal_final=False,
        expected_maturity_date=terms.dates.legal_final_date,
    )
