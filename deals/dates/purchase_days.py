"""On which days a period's purchases are made."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from deals.dates.calendar import (
    CalendarError,
    Period,
    add_working_days,
    next_month,
    nth_working_day,
    period_of,
    roll_date,
)
from deals.terms.deal import Terms
from deals.terms.purchase import PAYMENT_DATE, PurchaseDate


@dataclass(frozen=True)
class PurchaseDay:
    """One purchase of a period, `number` from 1; cash that it leaves is idle until `next_date`.

    `next_date` is the period's next purchase, or the next payment date.
    """

    number: int
    purchase_date: date
    next_date: date


def schedule_purchases(terms: Terms, period: Period) -> tuple[PurchaseDay, ...]:
    """The purchases that the terms plan for a period; none where they plan no purchase, or no payment.

    The initial pool is one purchase, on the closing date: of a pool taken whole, that of its first
    period, and its only one. CalendarError when the dates do not rise from the payment date on, or
    reach the next payment date.
    """
    if terms.structure.initial_pool == "whole_tape" and period.is_first:
        return (PurchaseDay(1, terms.dates.closing_date, period.payment_date),)
    if terms.purchase is None or period.scheduled_phase == "allocation" or not period.has_payment:
        return ()
    is_initial = period.scheduled_phase == "closing"
    rules = (PAYMENT_DATE,) if is_initial else terms.purchase.dates
    dates = [_date(terms, rule, period.payment_date) for rule in rules]
    dates.append(period_of(terms, next_month(period.month)).payment_date)
    days = tuple(
        PurchaseDay(number, day, next_day)
        for number, (day, next_day) in enumerate(pairwise(dates), start=1)
    )
    for day in days:
        if not period.payment_date <= day.purchase_date < day.next_date:
            raise CalendarError(
                f"{terms.deal_id} {period.month}: purchase {day.number} is on {day.purchase_date}, expected "
                f"{period.payment_date} or later, and before {day.next_date}; "
                "correct purchase.dates"
            )
    return days


def _date(terms: Terms, rule: PurchaseDate, payment_date: date) -> date:
    year, month = payment_date.year, payment_date.month
    if rule.kind == "working_days_after_payment":
        return add_working_days(payment_date, rule.n or 0, terms.payment.calendar)
    if rule.kind == "nth_working_day":
        return nth_working_day(year, month, rule.n or 0, terms.payment.calendar)
    return roll_date(date(year, month, rule.day or 0), "following", terms.payment.calendar)
