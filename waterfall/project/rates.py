"""The shares of each month, for scenarios side by side.

A yearly CPR or CDR r becomes 1 - (1 - r)^(days / 365) with the month's actual days, computed once
to 12 decimals, half up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from waterfall.money import ONE, Integers
from waterfall.project.assumptions import (
    DECIMALS,
    VECTORS,
    AssumptionError,
    Assumptions,
    Vector,
)


@dataclass(frozen=True, eq=False)
class Grid:
    """Scenarios side by side: for each vector the distinct ones and which one a scenario uses."""

    scenarios: tuple[Assumptions, ...]
    distinct: Mapping[str, tuple[Vector, ...]]
    position: Mapping[str, NDArray[np.intp]]
    delinquency_months: NDArray[np.intp]
    recovery_lag: NDArray[np.intp]

    @property
    def size(self) -> int:
        """The number of scenarios."""
        return len(self.scenarios)


def lay_out(scenarios: Sequence[Assumptions]) -> Grid:
    """The grid of one or more scenarios."""
    if not scenarios:
        raise AssumptionError("there is no scenario; expected one or more")
    distinct: dict[str, tuple[Vector, ...]] = {}
    position: dict[str, NDArray[np.intp]] = {}
    for name in VECTORS:
        found: dict[Vector, int] = {}
        indices = [found.setdefault(getattr(one, name), len(found)) for one in scenarios]
        distinct[name] = tuple(found)
        position[name] = np.array(indices, dtype=np.intp)
    return Grid(
        tuple(scenarios),
        distinct,
        position,
        np.array([one.delinquency_months for one in scenarios], dtype=np.intp),
        np.array([one.recovery_lag for one in scenarios], dtype=np.intp),
    )


@dataclass(frozen=True, eq=False)
class MonthRates:
    """The shares of one month, in 1e-15, arrays of shape (scenarios,)."""

    prepayment: Integers
    default: Integers
    delinquency: Integers
    roll: Integers
    recovery: Integers


def rates_of_month(grid: Grid, month: int, days: int) -> MonthRates:
    """The shares of projected month `month` (from 1), which has `days` days."""

    def look_up(name: str, to_share: Callable[[Decimal], int]) -> Integers:
        shares = [to_share(v[min(month, len(v)) - 1]) for v in grid.distinct[name]]
        return np.array(shares, dtype=np.int64)[grid.position[name]]

    return MonthRates(
        prepayment=look_up("cpr", lambda rate: period_share(rate, days)),
        default=look_up("cdr", lambda rate: period_share(rate, days)),
        delinquency=look_up("delinquency", _to_share),
        roll=look_up("roll", _to_share),
        recovery=look_up("recovery", _to_share),
    )


def _to_share(value: Decimal) -> int:
    return int(value * ONE)


@lru_cache(maxsize=65536)
def period_share(annual_rate: Decimal, days: int) -> int:
    """1 - (1 - r)^(days / 365) to 12 decimals, half up, in 1e-15; `days` is 1 or more."""
    with localcontext() as context:
        context.prec = 40
        survival = (1 - annual_rate) ** (Decimal(days) / 365)
        share = (1 - survival).quantize(Decimal(1).scaleb(-DECIMALS), ROUND_HALF_UP)
    return _to_share(share)
