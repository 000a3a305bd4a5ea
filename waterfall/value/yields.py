"""The rate at which cash flows are worth nothing, or a given price."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import expm1, log1p

import numpy as np

from deals.dates.day_counts import day_count_fraction
from deals.terms.payments import DayCount
from waterfall.value.cash_flows import CashFlow, PricingError, refuse_earlier

LEAST_RATE, LARGEST_RATE = -0.9999, 1e6


def xirr(flows: Sequence[CashFlow], day_count: DayCount = "ACT/365F") -> float:
    """The yearly compounded rate at which the flows are worth nothing, by their dates.

    PricingError when the flows, each date's netted, do not change sign exactly once: then no rate
    or more than one may solve them (Descartes' rule); and when the rate is out of range.
    """
    netted: dict[date, int] = {}
    for flow in sorted(flows):
        netted[flow.payment_date] = netted.get(flow.payment_date, 0) + flow.amount_fen
    dated = [(day, amount) for day, amount in netted.items() if amount]
    changes = sum(one * other < 0 for (_, one), (_, other) in pairwise(dated))
    if changes != 1:
        raise PricingError(
            f"the cash flows change sign {changes} times; expected once, so that one rate solves"
            " them: money out, then money in"
        )
    start = dated[0][0]
    years = [day_count_fraction(start, day, day_count) for day, _ in dated]
    return _solve_rate(
        np.array([numerator / denominator for numerator, denominator in years]),
        np.array([float(amount) for _, amount in dated]),
    )


def yield_at_price(
    flows: Sequence[CashFlow], as_of: date, price_fen: int, day_count: DayCount = "ACT/365F"
) -> float:
    """The yearly compounded rate at which the flows are worth the dirty price on `as_of`."""
    refuse_earlier(flows, as_of)
    return xirr([CashFlow(as_of, -price_fen), *flows], day_count)


def _solve_rate(years: np.ndarray, amounts: np.ndarray) -> float:
    """The root of the present value, found in the logarithm of the growth of a year."""
    from scipy.optimize import brentq

    def value(log_growth: float) -> float:
        return float(amounts @ np.exp(-log_growth * years))

    low, high = log1p(LEAST_RATE), log1p(LARGEST_RATE)
    if value(low) * value(high) > 0:
        raise PricingError(
            f"no rate from {LEAST_RATE:.2%} to {LARGEST_RATE:,.0%} solves the cash flows; expected"
            " flows that are further apart or less uneven"
        )
    log_growth, _ = brentq(value, low, high, xtol=1e-15, full_output=True)
    return expm1(log_growth)
