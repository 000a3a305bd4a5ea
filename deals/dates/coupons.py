"""The coupon of a note on a day: fixed, stepped up, or floating."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from deals.terms.deal import Terms, TermsError
from deals.terms.payments import Note
from deals.terms.rates import Rate, add

Value = TypeVar("Value")


def coupon(terms: Terms, note: Note, day: date) -> Rate:
    """The rate a year on `day`: fixed, stepped up, or index + margin within the floor and cap there are.

    A coupon is never below zero, for no holder pays one. Raises TermsError where the index has no value
    on that day.
    """
    floating = note.floating
    if floating is None:
        return in_force(note.rate_steps, day, note.annual_rate)
    values = terms.indexes[floating.index]
    if not values or day < values[0][0]:
        raise TermsError(
            f"index {floating.index} of note {note.code} has no value on {day}; add one to the terms"
        )
    rate = add(in_force(values, day, values[0][1]), floating.margin)
    if floating.floor is not None:
        rate = max(rate, floating.floor)
    if floating.cap is not None:
        rate = min(rate, floating.cap)
    return max(rate, Decimal(0))


def in_force(dated: Sequence[tuple[date, Value]], day: date, before: Value) -> Value:
    """The value of the last date that is not after `day`; `before` where there is none."""
    place = bisect_right([start for start, _ in dated], day)
    return dated[place - 1][1] if place else before
