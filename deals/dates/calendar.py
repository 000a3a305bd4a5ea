"""Working days and the collection periods of a deal.

The `cn_bank` calendar is the State Council's yearly notice, moved working days included, from
`chinesecalendar`. `weekdays` is Monday to Friday without public holidays: an illustration for a
deal whose own calendar is not at hand.
"""

import calendar as gregorian
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from deals.terms.deal import Terms, TermsError
from deals.terms.sections import Roll

REPORT_LEAD_DAYS = 3
"""Working days between a trustee report and its payment date: PBoC announcement 2005/14, art. 8."""
ScheduledPhase = Literal["closing", "revolving", "allocation"]


class CalendarError(TermsError):
    """A date or month that the deal's calendar cannot answer for, in one line."""


@dataclass(frozen=True)
class Period:
    """One collection period (a calendar month) and the dates that hang on it.

    `period_number` 0 is the closing month of a deal that draws its first pool; 1 is the first month
    whose collections are the deal's. `collection_end_date` is the cut-off and the `as_of_date`.
    Interest accrues from `accrual_start_date` to `accrual_end_date`, the latter exclusive and equal
    to `payment_date`. `scheduled_phase` is what the terms plan; a trigger can end revolving before.
    Where the deal pays less often than it collects, a month that does not `has_payment` waits: its payment
    and accrual dates and its phase are those of the month that pays it.
    """

    deal_id: str
    month: str
    period_number: int
    collection_start_date: date
    collection_end_date: date
    report_date: date
    payment_date: date
    accrual_start_date: date
    accrual_end_date: date
    scheduled_phase: ScheduledPhase
    is_first: bool
    is_expected_maturity: bool
    is_legal_final: bool
    expected_maturity_date: date
    has_payment: bool = True

    @property
    def months(self) -> int:
        """Whole months of the collection period, and at least one."""
        after = self.collection_end_date + timedelta(days=1)
        start = self.collection_start_date
        return max(1, 12 * (after.year - start.year) + after.month - start.month)


def is_working_day(day: date, calendar: str) -> bool:
    """Whether banks work on `day`; CalendarError for a year whose holidays are not published."""
    if calendar == "weekdays":
        return day.weekday() < 5
    if calendar != "cn_bank":
        raise CalendarError(f"calendar {calendar!r} is unknown, expected cn_bank or weekdays")
    import chinese_calendar

    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        raise CalendarError(
            f"calendar cn_bank: the installed chinesecalendar knows no working days of {day.year}, "
            "expected a published year; upgrade it once the State Council's notice is out"
        ) from None


def nth_working_day(year: int, month: int, n: int, calendar: str) -> date:
    """The n-th (1 = first) working day of a month; CalendarError when the month has fewer."""
    day = date(year, month, 1)
    last_day = _month_end(year, month)
    found = 0
    while n >= 1 and day <= last_day:
        found += is_working_day(day, calendar)
        if found == n:
            return day
        day += timedelta(days=1)
    raise CalendarError(
        f"calendar {calendar}: {year}-{month:02} has {found} working days, "
        f"expected at least {n} and n of 1 or more; choose another n"
    )


def add_working_days(start: date, count: int, calendar: str) -> date:
    """The date `count` working days after `start`, before it when negative, itself when 0."""
    direction = timedelta(days=1 if count > 0 else -1)
    day, left = start, abs(count)
    while left:
        day += direction
        left -= is_working_day(day, calendar)
    return day


def roll_date(day: date, roll: Roll, calendar: str) -> date:
    """`day` if it is a working day, else the working day that the roll names.

    "following" is the next one; "modified_following" too, unless that is in another month, then the
    one before; "preceding" is the one before; "none" leaves `day` (ISDA 2006, section 4.12).
    """
    if roll == "none" or is_working_day(day, calendar):
        return day
    rolled = add_working_days(day, -1 if roll == "preceding" else 1, calendar)
    if roll == "modified_following" and rolled.month != day.month:
        return add_working_days(day, -1, calendar)
    return rolled


def next_month(month: str) -> str:
    """The month after `month`, both "YYYY-MM"."""
    return _shifted(month, 1)


def previous_month(month: str) -> str:
    """The month before `month`, both "YYYY-MM"."""
    return _shifted(month, -1)


def first_month(terms: Terms) -> str:
    """The first month to close: that of the cut-off for a drawn pool, else the month after it."""
    cut_off_month = _month_of(terms.dates.initial_cut_off_date)
    return (
        cut_off_month
        if terms.structure.initial_pool == "random_draw"
        else next_month(cut_off_month)
    )


def nth_period(terms: Terms, number: int) -> Period:
    """The collection period of that number; see `Period`."""
    return period_of(terms, _shifted(_month_of(terms.dates.initial_cut_off_date), number))


def period_of(terms: Terms, month: str) -> Period:
    """The collection period of `month` ("YYYY-MM"); CalendarError before the deal's first month."""
    number = _ordinal(month) - _ordinal(_month_of(terms.dates.initial_cut_off_date))
    if _ordinal(month) < _ordinal(first_month(terms)):
        raise CalendarError(
            f"{terms.deal_id}: month {month} is before the deal's first month, "
            f"expected {first_month(terms)} or later; close a later month"
        )
    months = terms.payment.months_between or 1
    paid_in = paying_month(number, months)
    payment_date = _payment_date(terms, paid_in)
    maturity = paying_month(terms.structure.maturity_months, months)
    expected_maturity_date = _payment_date(terms, maturity)
    year, month_of_year = _parsed(month)
    return Period(
        deal_id=terms.deal_id,
        month=month,
        period_number=number,
        collection_start_date=date(year, month_of_year, 1),
        collection_end_date=_month_end(year, month_of_year),
        report_date=_report_date(terms, number),
        payment_date=payment_date,
        accrual_start_date=_payment_date(terms, max(paid_in - months, 0)),
        accrual_end_date=payment_date,
        scheduled_phase=_scheduled_phase(terms, paid_in),
        is_first=month == first_month(terms),
        is_expected_maturity=payment_date >= expected_maturity_date,
        is_legal_final=number == paid_in and payment_date >= terms.dates.legal_final_date,
        expected_maturity_date=expected_maturity_date,
        has_payment=number == paid_in,
    )


def latest_report_date(terms: Terms, period: Period) -> date | None:
    """The last day on which the period's report may come out: so many working days before the payment date
    as PBoC announcement 2005/14, art. 8, demands, by the deal's calendar; None at the closing, which
    no report comes before."""
    if period.period_number == 0:
        return None
    own_payment_date = _payment_date(terms, period.period_number)
    return add_working_days(own_payment_date, -REPORT_LEAD_DAYS, terms.payment.calendar)


def paying_month(number: int, months_between: int) -> int:
    """The number of the month that pays what month `number` collected, months after the initial cut-off."""
    return -(-number // months_between) * months_between


def is_paid_out(terms: Terms, cut_off: date) -> bool:
    """Whether a payment date follows that cut-off before the next one."""
    first = _ordinal(_month_of(terms.dates.initial_cut_off_date))
    return (_ordinal(_month_of(cut_off)) - first) % (terms.payment.months_between or 1) == 0


def next_paid_month(terms: Terms, month: str) -> str:
    """The first month from `month` on ("YYYY-MM") whose collections do not wait for those of a later one."""
    first = _ordinal(_month_of(terms.dates.initial_cut_off_date))
    number = _ordinal(month) - first
    return _shifted(month, paying_month(number, terms.payment.months_between or 1) - number)


def payment_period(terms: Terms, period: Period) -> Period:
    """The period that the month's collections are paid in, up to this month: it begins with the last payment
    date, and is numbered by payment dates. Of a deal that pays every month it is the month's own."""
    months = terms.payment.months_between or 1
    paid_in = paying_month(period.period_number, months)
    first = _shifted(_month_of(terms.dates.initial_cut_off_date), max(paid_in - months + 1, 0))
    start = date(*_parsed(first), 1) if paid_in else period.collection_start_date
    return replace(period, period_number=paid_in // months, collection_start_date=start)


def number_in_year(terms: Terms, period: Period) -> int:
    """Which report of its calendar year the period's is, by the dates of the reports; 0 at closing."""
    number = period.period_number
    while number > 0 and _report_date(terms, number).year == period.report_date.year:
        number -= 1
    return period.period_number - number


def month_end(month: str) -> date:
    """The last day of `month` ("YYYY-MM")."""
    return _month_end(*_parsed(month))


def _scheduled_phase(terms: Terms, number: int) -> ScheduledPhase:
    if number == 0:
        return "closing"
    return "revolving" if number <= terms.structure.revolving_months else "allocation"


def _report_date(terms: Terms, number: int) -> date:
    lead = 0 if number == 0 else terms.payment.report_lead_working_days
    return add_working_days(_payment_date(terms, number), -lead, terms.payment.calendar)


def _payment_date(terms: Terms, number: int) -> date:
    """When the collections of period `number` are paid out; the closing date for period 0."""
    if number == 0:
        return terms.dates.closing_date
    year, month = _parsed(_shifted(_month_of(terms.dates.initial_cut_off_date), number + 1))
    rule = terms.payment.rule
    if rule.kind == "nth_working_day":
        return nth_working_day(year, month, rule.n or 0, terms.payment.calendar)
    collection_end_date = date(year, month, 1) - timedelta(days=1)
    if rule.kind == "working_days_after":
        return add_working_days(collection_end_date, rule.n or 0, terms.payment.calendar)
    last_day = _month_end(year, month)
    day = last_day.replace(day=min(rule.day or 0, last_day.day))
    rolled = roll_date(day, rule.roll or "none", terms.payment.calendar)
    if rolled <= collection_end_date:
        raise CalendarError(
            f"{terms.deal_id}: payment.roll = {rule.roll!r} moves the payment date {day} to {rolled}, "
            f"expected a date after the collection period's end, {collection_end_date}; "
            "choose a later day or another roll"
        )
    return rolled


def _month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _month_end(year: int, month: int) -> date:
    return date(year, month, gregorian.monthrange(year, month)[1])


def _parsed(month: str) -> tuple[int, int]:
    """Year and month of "YYYY-MM"; CalendarError for any other text."""
    if not re.fullmatch(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise CalendarError(f"month {month!r} is no month, expected YYYY-MM such as 2017-06")
    return int(month[:4]), int(month[5:])


def _ordinal(month: str) -> int:
    year, month_of_year = _parsed(month)
    return 12 * year + month_of_year - 1


def _shifted(month: str, months: int) -> str:
    ordinal = _ordinal(month) + months
    return f"{ordinal // 12:04}-{ordinal % 12 + 1:02}"
