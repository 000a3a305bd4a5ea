"""What fees and notes earn in one period, before anything is paid."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deals.calendar import Period
from deals.day_counts import day_count_fraction
from deals.terms import Fee, Note, Terms
from waterfall.books import Collections, State
from waterfall.money import Fen, WaterfallError, multiply


@dataclass(frozen=True, eq=False)
class Earnings:
    """The amounts of one period that a fee or an interest rate may apply to."""

    period: Period
    opening: State
    collections: Collections
    pool_balance: Fen
    """The pool at the start of the collection period."""

    def year_fraction(self, day_count: str) -> tuple[int, int]:
        """The accrual period in years, as numerator and denominator."""
        period = self.period
        return day_count_fraction(period.accrual_start_date, period.accrual_end_date, day_count)


def _on_interest_collections(fee: Fee, earnings: Earnings) -> Fen:
    return multiply(earnings.collections.interest, fee.rate)


def _on_pool_balance(fee: Fee, earnings: Earnings) -> Fen:
    return multiply(earnings.pool_balance, fee.rate, earnings.year_fraction(fee.day_count))


def _on_note_balance(fee: Fee, earnings: Earnings) -> Fen:
    balance = sum(earnings.opening.note_balance.values(), start=0 * earnings.pool_balance)
    return multiply(balance, fee.rate, earnings.year_fraction(fee.day_count))


FEE_BASES: Mapping[str, Callable[[Fee, Earnings], Fen]] = {
    "interest_collections": _on_interest_collections,
    "pool_balance": _on_pool_balance,
    "note_balance": _on_note_balance,
}
"""What one period's fee is a rate of: a share of the collections, or a yearly rate of a balance."""


def accrue_fees(terms: Terms, earnings: Earnings) -> dict[str, Fen]:
    """The period's accrual of every fee by code, whether or not this phase pays it."""
    return {fee.code: _accrue_fee(terms, fee, earnings) for fee in terms.fees}


def _accrue_fee(terms: Terms, fee: Fee, earnings: Earnings) -> Fen:
    if fee.basis not in FEE_BASES:
        raise WaterfallError(
            f"{terms.deal_id}: fee {fee.code} has basis {fee.basis!r};"
            f" expected one of {', '.join(FEE_BASES)}"
        )
    return FEE_BASES[fee.basis](fee, earnings)


def accrue_interest(terms: Terms, earnings: Earnings) -> dict[str, Fen]:
    """The period's interest of every note by code.

    Simple interest on the opening balance; on the opening unpaid interest too where the terms have
    `interest_on_unpaid_interest`, and then what stays unpaid compounds from date to date.
    """
    return {note.code: _accrue_note(terms, note, earnings) for note in terms.notes}


def _accrue_note(terms: Terms, note: Note, earnings: Earnings) -> Fen:
    balance = earnings.opening.note_balance[note.code]
    if not note.annual_rate:
        return 0 * balance
    if terms.interest_on_unpaid_interest:
        balance = balance + earnings.opening.interest_unpaid[note.code]
    return multiply(balance, note.annual_rate, earnings.year_fraction(note.day_count))
