"""Day counts: the time from one date to another in years, as an exact fraction.

Names vary between systems; the docstring of each rule says which one is meant. Section numbers are
those of the 2006 ISDA Definitions.
"""

from calendar import isleap, monthrange
from collections.abc import Callable, Mapping
from datetime import date

from deals.dates.calendar import CalendarError

YearFraction = tuple[int, int]
"""A time in years as numerator and denominator, not always in lowest terms."""


def day_count_fraction(start: date, end: date, convention: str) -> YearFraction:
    """The time from `start` (inclusive) to `end` (exclusive) in years of the convention.

    CalendarError when `end` is before `start` or the convention is unknown.
    """
    if convention not in DAY_COUNTS:
        raise CalendarError(
            f"day count {convention!r} is unknown, expected one of {', '.join(DAY_COUNTS)}"
        )
    if end < start:
        raise CalendarError(
            f"day count {convention}: {end} is before {start}, expected start <= end"
        )
    return DAY_COUNTS[convention](start, end)


def _actual_365_fixed(start: date, end: date) -> YearFraction:
    """Actual days over 365 in every year (section 4.16(d))."""
    return (end - start).days, 365


def _actual_360(start: date, end: date) -> YearFraction:
    """Actual days over 360 (section 4.16(e))."""
    return (end - start).days, 360


def _actual_actual(start: date, end: date) -> YearFraction:
    """Days in leap years over 366 plus days in other years over 365 (section 4.16(b))."""
    days = (end - start).days
    leap_days = sum(
        (min(end, date(year + 1, 1, 1)) - max(start, date(year, 1, 1))).days
        for year in range(start.year, end.year + 1)
        if isleap(year)
    )
    if leap_days == days:
        return days, 366
    if not leap_days:
        return days, 365
    return 365 * leap_days + 366 * (days - leap_days), 365 * 366


def _actual_365_actual(start: date, end: date) -> YearFraction:
    """Actual days over 366 when a 29 February is after the start and not after the end, else 365."""
    return (end - start).days, 366 if _count_leap_days(start, end) else 365


def _actual_365_leap(start: date, end: date) -> YearFraction:
    """Actual days over the days of the year of the end (ICMA rule 251.1(i), coupons not yearly)."""
    return (end - start).days, 366 if isleap(end.year) else 365


def _no_leap_365(start: date, end: date) -> YearFraction:
    """Days other than 29 February over 365."""
    return (end - start).days - _count_leap_days(start, end), 365


def _bond_basis(start: date, end: date) -> YearFraction:
    """Day 31 is 30 at the start, and at the end after such a start (section 4.16(f), 30/360)."""
    start_day = min(start.day, 30)
    end_day = 30 if end.day == 31 and start_day == 30 else end.day
    return _thirty_360(start, end, start_day, end_day)


def _bond_basis_us(start: date, end: date) -> YearFraction:
    """The bond basis in which a start on the last of February is a day 30, and then such an end too
    (Securities Industry Association, Standard Securities Calculation Methods)."""
    start_day, end_day = min(start.day, 30), end.day
    if _is_end_of_february(start):
        start_day = 30
        end_day = 30 if _is_end_of_february(end) else end_day
    if end_day == 31 and start_day == 30:
        end_day = 30
    return _thirty_360(start, end, start_day, end_day)


def _eurobond_basis(start: date, end: date) -> YearFraction:
    """Day 31 is 30 at either end (section 4.16(g), 30E/360)."""
    return _thirty_360(start, end, min(start.day, 30), min(end.day, 30))


def _eurobond_basis_plus(start: date, end: date) -> YearFraction:
    """Day 31 is 30 at the start and the first of the next month at the end (30E+/360)."""
    return _thirty_360(start, end, min(start.day, 30), 31 if end.day == 31 else end.day)


def _eurobond_basis_isda(start: date, end: date) -> YearFraction:
    """The last day of a month, February's too, is 30 at either end (section 4.16(h), German).

    The exception of the section, an end in February that is the deal's last day, is not known here.
    """
    start_day, end_day = (
        30 if day.day == monthrange(day.year, day.month)[1] else day.day for day in (start, end)
    )
    return _thirty_360(start, end, start_day, end_day)


DAY_COUNTS: Mapping[str, Callable[[date, date], YearFraction]] = {
    "ACT/365F": _actual_365_fixed,
    "ACT/360": _actual_360,
    "ACT/ACT": _actual_actual,
    "ACT/365A": _actual_365_actual,
    "ACT/365L": _actual_365_leap,
    "NL/365": _no_leap_365,
    "30/360": _bond_basis,
    "30/360 US": _bond_basis_us,
    "30E/360": _eurobond_basis,
    "30E+/360": _eurobond_basis_plus,
    "30E/360 ISDA": _eurobond_basis_isda,
}
"""The rule of every `deals.terms.payments.DayCount`."""


def _thirty_360(start: date, end: date, start_day: int, end_day: int) -> YearFraction:
    months = 12 * (end.year - start.year) + end.month - start.month
    return 30 * months + end_day - start_day, 360


def _count_leap_days(start: date, end: date) -> int:
    """How many 29 Februaries are after `start` and not after `end`."""
    return sum(
        start < date(year, 2, 29) <= end for year in range(start.year, end.year + 1) if isleap(year)
    )


def _is_end_of_february(day: date) -> bool:
    return day.month == 2 and day.day == monthrange(day.year, 2)[1]
