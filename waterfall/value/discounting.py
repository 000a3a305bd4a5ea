"""Present and future values at a flat rate or on a curve, with yearly compounding."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from deals.dates.day_counts import day_count_fraction
from deals.terms.payments import DayCount, Rounding
from waterfall.value.cash_flows import (
    CashFlow,
    PricingError,
    refuse_earlier,
    round_fen,
)

_PRECISE = Context(prec=50)
_NOISE = Decimal("1e-20")


@dataclass(frozen=True)
class Curve:
    """Yearly rates by date; the rate on the day of a payment discounts it over its whole time.

    Between two points a "step" curve keeps the earlier rate and a "linear" one goes straight from
    one to the other by days; after the last both keep its rate. `points` ascend by date. Raises
    PricingError.
    """

    points: tuple[tuple[date, Decimal], ...]
    interpolation: Literal["step", "linear"] = "step"
    day_count: DayCount = "ACT/365F"

    def __post_init__(self) -> None:
        if not self.points:
            raise PricingError("the curve has no point; expected at least one")
        for (before, _), (after, _) in pairwise(self.points):
            if after <= before:
                raise PricingError(f"the curve has {after} after {before}; expected a later date")
        for day, rate in self.points:
            if not rate.is_finite() or rate <= -1:
                raise PricingError(f"the rate from {day} is {rate}; expected more than -1")

    def rate_on(self, day: date) -> Decimal:
        """The yearly rate for a payment on `day`; PricingError before the first point."""
        known = [point for point in self.points if point[0] <= day]
        if not known:
            raise PricingError(
                f"the curve has no rate on {day}; expected a day from {self.points[0][0]} on"
            )
        start, rate = known[-1]
        if self.interpolation == "step" or len(known) == len(self.points):
            return rate
        end, next_rate = self.points[len(known)]
        with localcontext(_PRECISE):
            return rate + (next_rate - rate) * (day - start).days / (end - start).days

    def shift(self, by: Decimal) -> "Curve":
        """The curve with every rate moved by the same amount."""
        return replace(self, points=tuple((day, rate + by) for day, rate in self.points))


def flat_curve(annual_rate: Decimal, day_count: DayCount = "ACT/365F") -> Curve:
    """The same yearly rate on every day."""
    return Curve(((date.min, annual_rate),), day_count=day_count)


def present_value(
    flows: Sequence[CashFlow], as_of: date, curve: Curve, rounding: Rounding = "half_up"
) -> int:
    """The sum of the discounted flows in fen, rounded once; no flow may be before `as_of`."""
    refuse_earlier(flows, as_of)
    return round_fen(discount(flows, as_of, curve), rounding)


def discount(flows: Sequence[CashFlow], as_of: date, curve: Curve) -> Fraction:
    """The sum of the discounted flows in fen, not rounded: right to 20 decimals of a fen."""
    with localcontext(_PRECISE):
        values = (
            flow.amount_fen / _growth(curve, flow.payment_date, as_of, flow.payment_date)
            for flow in flows
        )
        return _without_noise(sum(values, start=Decimal(0)))


def future_value(
    flows: Sequence[CashFlow], on: date, curve: Curve, rounding: Rounding = "half_up"
) -> int:
    """The flows of the time up to `on`, each grown to that day at its rate, in fen, rounded once."""
    for flow in flows:
        if flow.payment_date > on:
            raise PricingError(
                f"a cash flow on {flow.payment_date} is after {on}; expected none, leave it out"
            )
    with localcontext(_PRECISE):
        values = (flow.amount_fen * _growth(curve, on, flow.payment_date, on) for flow in flows)
        return round_fen(_without_noise(sum(values, start=Decimal(0))), rounding)


def amount_for_irr(
    flows: Sequence[CashFlow], on: date, irr: Decimal, rounding: Rounding = "half_up"
) -> int:
    """The amount on that day with which the flows before it have the given IRR (ACT/365F)."""
    return -future_value(flows, on, flat_curve(irr), rounding)


def survival_factor(annual_rate: Decimal, start: date, day: date) -> float:
    """What is left on `day` of one that loses `annual_rate` of itself a year: (1 - r)^(days/365)."""
    return float(1 - annual_rate) ** ((day - start).days / 365)


def _growth(curve: Curve, rate_date: date, start: date, end: date) -> Decimal:
    """What one becomes from `start` to `end` at the rate of `rate_date`."""
    return _compound(curve.rate_on(rate_date), *day_count_fraction(start, end, curve.day_count))


@lru_cache(maxsize=2**16)
def _compound(rate: Decimal, days: int, year: int) -> Decimal:
    """(1 + rate)^(days / year), kept: the scenarios of a grid are paid on the same dates."""
    with localcontext(_PRECISE):
        return (1 + rate) ** (Decimal(days) / year)


def _without_noise(amount: Decimal) -> Fraction:
    """The amount without its last digits, which a power makes uncertain.

    Three thirds of a fen, 0.999…, would be nothing by rounding down.
    """
    return Fraction(amount.quantize(_NOISE))
