"""The dates on which a recurring fee falls due."""

from calendar import monthrange
from datetime import date

from deals.terms.payments import Frequency
from waterfall.money import WaterfallError

MONTHS_APART = {"monthly": 1, "quarterly": 3, "semi_annual": 6, "annual": 12}


def count_due_dates(frequency: Frequency, start: date | None, after: date, until: date) -> int:
    """How often the fee falls due after `after`, up to and with `until`.

    `payment_date` is once on every payment date and `once` on the start date alone; the others
    recur on the start date's day every so many months (a month's last day stays the last day), the
    start date itself not being one of them.
    """
    if frequency == "payment_date":
        return 1
    if start is None:
        raise WaterfallError(f"a {frequency} fee has no start date; give it one in the terms")
    if frequency == "once":
        return int(after < start <= until)
    count, number = 0, 1
    while (day := _add_months(start, number * MONTHS_APART[frequency])) <= until:
        count += day > after
        number += 1
    return count


def _add_months(day: date, months: int) -> date:
    ordinal = 12 * day.year + day.month - 1 + months
    year, month = divmod(ordinal, 12)
    last = monthrange(year, month + 1)[1]
    is_month_end = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_month_end else min(day.day, last))
