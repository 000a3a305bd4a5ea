"""Dated amounts, and how a computed amount becomes whole fen."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from deals.terms.money import divide_half_up
from deals.terms.payments import Rounding
from waterfall.money import WaterfallError


class PricingError(WaterfallError):
    """Cash flows that have no such value, in one line: the value, what was expected, what to do."""


class CashFlow(NamedTuple):
    """An amount in fen on a date; one that is paid out is negative."""

    payment_date: date
    amount_fen: int


def round_fen(amount: Fraction, rounding: Rounding) -> int:
    """Whole fen: half up, or down to what is full; of a negative amount the size is rounded."""
    size = abs(amount)
    numerator, denominator = size.as_integer_ratio()
    whole = (
        divide_half_up(numerator, denominator)
        if rounding == "half_up"
        else numerator // denominator
    )
    return whole if amount >= 0 else -whole


def select_after(flows: Sequence[CashFlow], day: date) -> list[CashFlow]:
    """The flows of later days: what a buyer on `day` still receives."""
    return [flow for flow in flows if flow.payment_date > day]


def refuse_earlier(flows: Sequence[CashFlow], day: date) -> None:
    """Raise PricingError when there is no flow, or one is before the day that it is valued on."""
    if not flows:
        raise PricingError(f"there is no cash flow to value on {day}; expected at least one")
    first = min(flow.payment_date for flow in flows)
    if first < day:
        raise PricingError(
            f"a cash flow on {first} is before the valuation on {day}; expected none, leave it out"
        )
