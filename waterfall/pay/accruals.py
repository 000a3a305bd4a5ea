"""What fees and notes earn in one period, before anything is paid."""

from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import numpy as np

from deals.dates.calendar import Period
from deals.dates.coupons import coupon
from deals.dates.day_counts import YearFraction, day_count_fraction
from deals.terms.deal import Terms
from deals.terms.payments import Fee, Note
from deals.terms.rates import Rate
from waterfall.money import Fen, multiply
from waterfall.pay.checks import place_errors
from waterfall.pay.fee_dates import count_due_dates
from waterfall.pay.formulas import measure
from waterfall.pay.open_books import OpenBooks


def accrue_interest(books: OpenBooks, period: Period) -> None:
    """Add the period's interest to the open books: of every note, whether or not this phase pays it.

    Simple interest on the opening balance. On the opening unpaid interest too where the terms say
    `compounding`; where they say `simple`, that interest is owed apart and earns nothing itself.
    """
    opening = books.opening
    for note in books.terms.notes:
        code = note.code
        earned, late = earn_interest(
            books.terms, period, note, opening.note_balance[code], opening.interest_unpaid[code]
        )
        books.interest_accrued[code], books.late_interest_accrued[code] = earned, late
        books.interest_owed[code] = books.interest_owed[code] + earned
        books.late_interest_owed[code] = books.late_interest_owed[code] + late


def earn_interest(
    terms: Terms, period: Period, note: Note, balance: Fen, unpaid: Fen
) -> tuple[Fen, Fen]:
    """What a note earns in the period, and what its unpaid interest earns where that is owed apart."""
    kind = terms.payment.interest_on_unpaid_interest
    rate, time = _rate_and_time(terms, note, period)
    earning = balance + unpaid if kind == "compounding" else balance
    earned = multiply(earning, rate, time, terms.payment.rounding)
    if kind != "simple":
        return earned, 0 * unpaid
    return earned, multiply(unpaid, rate, time, terms.payment.rounding)


def _rate_and_time(terms: Terms, note: Note, period: Period) -> tuple[Rate, YearFraction]:
    """What a balance earns in the period: a coupon and the time in years, or, where the coupon steps
    inside the period, the sum of each coupon for the days on which it holds."""
    start, end = period.accrual_start_date, period.accrual_end_date
    rate, time = coupon(terms, note, start), day_count_fraction(start, end, note.day_count)
    steps = () if note.floating else [day for day, _ in note.rate_steps if start < day < end]
    if not steps:
        return rate, time
    shares = (
        Fraction(coupon(terms, note, first))
        * Fraction(*day_count_fraction(first, last, note.day_count))
        for first, last in pairwise([start, *steps, end])
    )
    return sum(shares, Fraction(0)), (1, 1)


def accrue_fees(books: OpenBooks, period: Period) -> None:
    """Add the period's accrual of every fee to the open books, whether or not this phase pays it."""
    for fee in books.terms.fees:
        with place_errors(f"fee {fee.code}"):
            accrued = _accrue_fee(books, fee, period)
        books.fee_accrued[fee.code] = accrued
        books.fee_owed[fee.code] = books.fee_owed[fee.code] + accrued


def _accrue_fee(books: OpenBooks, fee: Fee, period: Period) -> Fen:
    start, end = period.accrual_start_date, period.accrual_end_date
    # What falls due on the closing date is paid on the first payment date: there is none before.
    after = start - timedelta(days=start == books.terms.dates.closing_date)
    dated = sum(fen for day, fen in fee.schedule if after < day <= end)
    if fee.amount_fen:
        dated += fee.amount_fen * count_due_dates(fee.frequency, fee.start_date, after, end)
    amount = books.nothing + dated
    if not fee.basis:
        return amount
    basis = measure(fee.basis, fee.codes, books)
    if fee.tiers:
        count = count_due_dates(fee.frequency, fee.start_date, after, end)
        return amount + count * _look_up_tier(fee, basis)
    fraction = day_count_fraction(start, end, fee.day_count) if fee.day_count else (1, 1)
    accrued = multiply(basis, fee.rate, fraction, books.terms.payment.rounding)
    if fee.basis == "cumulative_interest_collections":
        before = basis - books.collections.interest
        accrued = accrued - multiply(before, fee.rate, fraction, books.terms.payment.rounding)
    return amount + accrued


def _look_up_tier(fee: Fee, basis: Fen) -> Fen:
    """The amount of the last tier whose bound the basis reaches; below the first bound, nothing."""
    bounds = np.array([bound for bound, _ in fee.tiers], dtype=np.int64)
    amounts = np.array([0, *(fen for _, fen in fee.tiers)], dtype=np.int64)
    return amounts[np.searchsorted(bounds, basis, side="right")]
