"""How long money is out, and how a price answers to the rate: lives, durations, convexity, DV01."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from deals.dates.day_counts import day_count_fraction
from deals.terms.payments import DayCount, Rounding
from waterfall.value.cash_flows import (
    CashFlow,
    PricingError,
    refuse_earlier,
    round_fen,
)
from waterfall.value.discounting import Curve, discount, flat_curve, present_value

BASIS_POINT = Decimal("0.0001")

_DAYS = {"years": 365, "months": 30}


def weighted_average_life(
    principal: Sequence[CashFlow], as_of: date, unit: Literal["years", "months"] = "years"
) -> Fraction:
    """The mean time to the repayments, weighted by them; a year has 365 days here, a month 30.

    Principal that is never repaid has no time and no weight. PricingError when none is repaid.
    """
    refuse_earlier(principal, as_of)
    total = sum(flow.amount_fen for flow in principal)
    if total <= 0 or min(flow.amount_fen for flow in principal) < 0:
        raise PricingError(
            f"the principal repaid after {as_of} sums to {total} fen; expected repayments of zero"
            " or more and one above zero"
        )
    weighted = sum(flow.amount_fen * (flow.payment_date - as_of).days for flow in principal)
    return Fraction(weighted, total * _DAYS[unit])


def macaulay_duration(
    flows: Sequence[CashFlow], as_of: date, curve: Curve, rounding: Rounding = "half_up"
) -> Fraction:
    """The mean time in years to the flows, weighted by present values, each rounded to the fen."""
    refuse_earlier(flows, as_of)
    weights = [round_fen(discount([flow], as_of, curve), rounding) for flow in flows]
    times = [
        Fraction(*day_count_fraction(as_of, flow.payment_date, curve.day_count)) for flow in flows
    ]
    _refuse_worthless(sum(weights), as_of)
    weighted = (weight * time for weight, time in zip(weights, times, strict=True))
    return sum(weighted, start=Fraction(0)) / sum(weights)


def modified_duration(
    flows: Sequence[CashFlow],
    as_of: date,
    annual_rate: Decimal,
    day_count: DayCount = "ACT/365F",
    rounding: Rounding = "half_up",
) -> Fraction:
    """The share of its price that is lost per unit of yearly compounded rate: Macaulay / (1 + r)."""
    curve = flat_curve(annual_rate, day_count)
    return macaulay_duration(flows, as_of, curve, rounding) / (1 + Fraction(annual_rate))


def convexity(
    flows: Sequence[CashFlow],
    as_of: date,
    annual_rate: Decimal,
    day_count: DayCount = "ACT/365F",
    rounding: Rounding = "half_up",
) -> float:
    """The second derivative of the price by the yearly compounded rate, over the price in fen.

    Sum of t(t+1) x flow / (1 + r)^(t+2), with t in years.
    """
    curve = flat_curve(annual_rate, day_count)
    price = present_value(flows, as_of, curve, rounding)
    _refuse_worthless(price, as_of)
    weighted = Fraction(0)
    for flow in flows:
        time = Fraction(*day_count_fraction(as_of, flow.payment_date, day_count))
        weighted += time * (time + 1) * discount([flow], as_of, curve)
    return float(weighted / (1 + Fraction(annual_rate)) ** 2 / price)


def dv01(
    flows: Sequence[CashFlow], as_of: date, curve: Curve, rounding: Rounding = "half_up"
) -> int:
    """What the flows lose, in fen, when every rate rises by one basis point; rounded once."""
    refuse_earlier(flows, as_of)
    shifted = discount(flows, as_of, curve.shift(BASIS_POINT))
    return round_fen(discount(flows, as_of, curve) - shifted, rounding)


def _refuse_worthless(value_fen: int, as_of: date) -> None:
    if value_fen <= 0:
        raise PricingError(
            f"the flows are worth {value_fen} fen on {as_of}; expected more than zero"
        )
