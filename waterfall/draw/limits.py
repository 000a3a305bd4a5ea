"""What a draw must keep to: caps on groups of loans, on the largest groups, and weighted averages.

Every limit counts what the pool has before the draw. Balances and caps are int64 fen; a share of the
pool becomes fen only at a pool of a stated size, `limit.at(pool)`, rounded down.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from waterfall.money import LARGEST_FEN, Fen

NO_GROUP = -1
"""The code of a candidate that a grouping does not count."""
UNDECIDABLE = -2
"""The code of a candidate whose group is unknown: the grouping's limits pass it over."""
UNKNOWN_VALUE = int(np.iinfo(np.int32).min)
"""The value of a candidate whose value is unknown: the average's limit passes it over."""

TAKEN, CASH = -1, -2
"""What stopped a candidate: nothing, the cash; 0 and up is a limit's position in the list of limits."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which group each candidate is in, and what each group has in the pool already.

    `codes` int32 (candidates,): 0 to groups - 1, NO_GROUP or UNDECIDABLE. `opening` int64 fen (groups,).
    Limits on the same groups share one grouping, so that it is counted once.
    """

    codes: NDArray[np.int32]
    opening: Fen


@dataclass(frozen=True, eq=False)
class GroupCap:
    """Each group's balance is at most its `cap`, int64 fen (groups,)."""

    name: str
    grouping: Grouping
    cap: Fen

    def at(self, pool: int) -> "GroupCap":
        """Itself: a cap in fen is the same at every size of the pool."""
        return self


@dataclass(frozen=True, eq=False)
class TopCap:
    """The balances of the `count` largest groups together are at most `cap` fen."""

    name: str
    grouping: Grouping
    count: int
    cap: int

    def at(self, pool: int) -> "TopCap":
        """Itself: a cap in fen is the same at every size of the pool."""
        return self


@dataclass(frozen=True, eq=False)
class GroupShare:
    """Each group's balance is at most a share of the pool; None sets no limit to that group.

    `share` holds one share for all groups, or one a group.
    """

    name: str
    grouping: Grouping
    share: Decimal | tuple[Decimal | None, ...]

    def at(self, pool: int) -> GroupCap:
        """The caps at a pool of so many fen."""
        groups = self.grouping.opening.size
        if isinstance(self.share, Decimal):
            cap = np.broadcast_to(np.int64(floor_share(self.share, pool)), groups)
        else:
            caps = [LARGEST_FEN if s is None else floor_share(s, pool) for s in self.share]
            cap = np.array(caps, dtype=np.int64)
        return GroupCap(self.name, self.grouping, cap)


@dataclass(frozen=True, eq=False)
class TopShare:
    """The balances of the `count` largest groups together are at most `share` of the pool."""

    name: str
    grouping: Grouping
    count: int
    share: Decimal

    def at(self, pool: int) -> TopCap:
        """The cap at a pool of so many fen."""
        return TopCap(self.name, self.grouping, self.count, floor_share(self.share, pool))


@dataclass(frozen=True, eq=False)
class AverageLimit:
    """The balance-weighted average of a whole number is at least (min) or at most (max) `bound`.

    `values` int32 (candidates,), above UNKNOWN_VALUE or equal to it, in the unit of `bound`: a rate in
    millionths, months, a score. `opening_sum` is the sum of fen x value over the pool before the draw. It
    is judged exactly, as the sum of balance x (value - bound) in 128 bits.
    """

    name: str
    values: NDArray[np.int32]
    side: Literal["min", "max"]
    bound: int
    opening_sum: int

    def at(self, pool: int) -> "AverageLimit":
        """Itself: an average does not depend on the size of the pool."""
        return self

    def keeps(self, average: Fraction) -> bool:
        """Whether an average, in the unit of `bound`, keeps to it."""
        return average >= self.bound if self.side == "min" else average <= self.bound


FixedLimit = GroupCap | TopCap | AverageLimit
Limit = FixedLimit | GroupShare | TopShare


def floor_share(share: Decimal, pool: int) -> int:
    """share x pool in fen, exactly, rounded down."""
    numerator, denominator = share.as_integer_ratio()
    return pool * numerator // denominator


def sum_exactly(amounts: Fen) -> int:
    """The sum of int64 amounts that are not negative, even where it leaves int64."""
    if amounts.size * int(amounts.max(initial=0)) <= LARGEST_FEN:
        return int(amounts.sum())
    high, low = np.divmod(amounts, 1 << 32)
    return (int(high.sum()) << 32) + int(low.sum())


def sum_largest(amounts: Fen, count: int) -> int:
    """The sum of the `count` largest amounts, or of all where there are fewer."""
    if amounts.size > count:
        amounts = np.partition(amounts, amounts.size - count)[-count:]
    return int(amounts.sum())
