"""What notes and fees earn from one payment date to the next."""

from calendar import isleap, monthrange
from datetime import date, timedelta
from fractions import Fraction

from deals.terms.deal import Terms
from deals.terms.payments import Fee, Note
from tests.waterfall.random.reference.books import PaymentDay
from tests.waterfall.random.reference.formulas import quantity, rounded

MONTHS_BETWEEN = {"monthly": 1, "quarterly": 3, "semi_annual": 6, "annual": 12}


def years(start: date, end: date, day_count: str) -> Fraction:
    """The time in years, of the day counts that the random deals have."""
    days = (end - start).days
    if day_count == "ACT/365F":
        return Fraction(days, 365)
    if day_count == "ACT/360":
        return Fraction(days, 360)
    if day_count == "ACT/ACT":
        every_day = (start + timedelta(days=number) for number in range(days))
        leap_days = sum(isleap(day.year) for day in every_day)
        return Fraction(leap_days, 366) + Fraction(days - leap_days, 365)
    if day_count == "30/360":
        first = min(start.day, 30)
        last = 30 if end.day == 31 and first == 30 else end.day
        months = 12 * (end.year - start.year) + end.month - start.month
        return Fraction(30 * months + last - first, 360)
    raise AssertionError(day_count)


def coupon(terms: Terms, note: Note, day: date) -> Fraction:
    """The note's rate a year on a day."""
    if note.floating is None:
        rate = note.annual_rate
        for start, stepped in note.rate_steps:
            if start <= day:
                rate = stepped
        return Fraction(rate)
    floating = note.floating
    index = [value for start, value in terms.indexes[floating.index] if start <= day][-1]
    rate = Fraction(index) + Fraction(floating.margin)
    bounds = [Fraction(0)] if floating.floor is None else [Fraction(0), Fraction(floating.floor)]
    floored = max(rate, *bounds)
    return floored if floating.cap is None else min(floored, Fraction(floating.cap))


def earned(day: PaymentDay, note: Note, balance: int) -> int:
    """A period's interest on a balance, rounded once.

    A step-up counts from its date on, also inside the period; a floating coupon stays what it is
    when the accrual starts.
    """
    return accrued(day.terms, note, balance, day.accrual_start, day.date)


def accrued(terms: Terms, note: Note, balance: int, first: date, last: date) -> int:
    """The same, from one day to another."""
    steps = [] if note.floating else [start for start, _ in note.rate_steps]
    inside = [start for start in steps if first < start < last]
    exact = Fraction(0)
    for start, end in zip([first, *inside], [*inside, last], strict=True):
        exact += balance * coupon(terms, note, start) * years(start, end, note.day_count)
    return rounded(exact, terms.payment.rounding)


def accrue_interest(day: PaymentDay) -> None:
    """Every note earns on its balance; its unpaid interest earns as the terms say."""
    for note in day.terms.notes:
        balance, unpaid = day.opening.notes[note.code], day.opening.interest[note.code]
        if day.terms.payment.interest_on_unpaid_interest == "compounding":
            balance += unpaid
        if day.terms.payment.interest_on_unpaid_interest == "simple":
            day.state.late_interest[note.code] += earned(day, note, unpaid)
        day.interest_accrued[note.code] = earned(day, note, balance)
        day.state.interest[note.code] += day.interest_accrued[note.code]


def accrue_fees(day: PaymentDay) -> None:
    for fee in day.terms.fees:
        day.state.fees[fee.code] += fee_of(day, fee)


def fee_of(day: PaymentDay, fee: Fee) -> int:
    """What one fee comes to in the period."""
    amount = sum(fen for due, fen in fee.schedule if due in days_of(day))
    if fee.amount_fen:
        amount += fee.amount_fen * times_due(day, fee)
    if not fee.basis:
        return amount
    basis = quantity(fee.basis, fee.codes, day)
    if fee.tiers:
        reached = [0] + [fen for bound, fen in fee.tiers if bound <= basis]
        return amount + reached[-1] * times_due(day, fee)
    share = Fraction(fee.rate)
    if fee.day_count:
        share *= years(day.accrual_start, day.date, fee.day_count)
    amount += rounded(basis * share, day.terms.payment.rounding)
    if fee.basis == "cumulative_interest_collections":
        amount -= rounded((basis - day.collections.interest) * share, day.terms.payment.rounding)
    return amount


def days_of(day: PaymentDay) -> list[date]:
    """The days after the accrual's start, up to the payment date; the closing date is one of them."""
    length = (day.date - day.accrual_start).days
    days = [day.accrual_start + timedelta(days=number + 1) for number in range(length)]
    if day.accrual_start == day.terms.dates.closing_date:
        days.append(day.accrual_start)
    return days


def times_due(day: PaymentDay, fee: Fee) -> int:
    """How often a fee of stated amounts falls due in the period."""
    if fee.frequency == "payment_date":
        return 1
    return sum(falls_due(fee, date) for date in days_of(day))


def falls_due(fee: Fee, day: date) -> bool:
    """Whether a fee that recurs does so on this day: after its start, on the same day of a month."""
    start = fee.start_date
    assert start is not None
    if fee.frequency == "once":
        return day == start
    months = 12 * (day.year - start.year) + day.month - start.month
    if months <= 0 or months % MONTHS_BETWEEN[fee.frequency]:
        return False
    if start.day == _last_day(start):
        return day.day == _last_day(day)
    return day.day == min(start.day, _last_day(day))


def _last_day(day: date) -> int:
    return monthrange(day.year, day.month)[1]
