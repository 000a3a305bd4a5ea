"""How a pool stands to each limit before and after a draw, and whether a draw has broken one."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from waterfall.draw.limits import AverageLimit, FixedLimit, GroupCap, Limit, sum_largest
from waterfall.money import Fen

Measure = Fen | int
"""A group cap's balances, int64 fen (groups,); the largest groups' balance; a sum of balance x value."""


@dataclass(frozen=True, eq=False)
class LimitOutcome:
    """A limit before the draw and after it; the cap of a share is that of the pool at the time.

    `before`, `after` and their caps are, for a cap on groups, int64 fen (groups,); for the largest
    groups, fen; for an average, the exact average and its bound in the bound's unit, None while the pool
    is empty (which keeps to every limit). `passed_over_count` is how many candidates this limit stopped
    that no earlier one did.
    """

    name: str
    before: Fen | int | Fraction | None
    cap_before: Fen | int
    is_met_before: bool
    after: Fen | int | Fraction | None
    cap_after: Fen | int
    is_met_after: bool
    passed_over_count: int


def measure_opening(limits: Sequence[Limit]) -> tuple[Measure, ...]:
    """What the pool before the draw has of what each limit counts."""
    return tuple(_measure_opening(limit.at(0)) for limit in limits)


def breaks_a_limit(
    limits: Sequence[Limit], before: Sequence[Measure], after: Sequence[Measure], pool: int
) -> bool:
    """Whether something was bought that some limit does not allow in a resulting pool of `pool` fen.

    What was above its cap before the draw, and got nothing more, is not broken by the draw.
    """
    return any(map(_breaks, (limit.at(pool) for limit in limits), before, after))


def judge(
    limit: Limit,
    before: Measure,
    after: Measure,
    pool_before: int,
    pool_after: int,
    passed_over_count: int,
) -> LimitOutcome:
    """How the pools before and after the draw, of so many fen, stand to the limit."""
    return LimitOutcome(
        limit.name,
        *_stand(limit.at(pool_before), before, pool_before),
        *_stand(limit.at(pool_after), after, pool_after),
        passed_over_count,
    )


def _stand(
    limit: FixedLimit, measure: Measure, pool: int
) -> tuple[Fen | int | Fraction | None, Fen | int, bool]:
    """The value, its cap, and whether the value keeps to it, in a pool of `pool` fen."""
    if not isinstance(limit, AverageLimit):
        return measure, limit.cap, bool(np.all(measure <= limit.cap))
    if pool == 0:
        return None, limit.bound, True
    average = Fraction(int(measure), pool)
    return average, limit.bound, limit.keeps(average)


def _measure_opening(limit: FixedLimit) -> Measure:
    if isinstance(limit, AverageLimit):
        return limit.opening_sum
    opening = limit.grouping.opening
    return opening if isinstance(limit, GroupCap) else sum_largest(opening, limit.count)


def _breaks(limit: FixedLimit, before: Measure, after: Measure) -> bool:
    # An average is judged candidate by candidate at the pool as it is, so a draw cannot break it.
    if isinstance(limit, AverageLimit):
        return False
    return bool(np.any((after > limit.cap) & (after > before)))
