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

from waterfall.money import LARGEST_FEN, Fen, WaterfallError, format_fen

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
    millionths, months, a score. `opening_sum` is the sum of balance x value over the pool before the
    draw and `opening_balance` the sum of its balances, in fen. It is judged exactly, as
    sum of balance x (value - bound) in 128 bits.
    """

    name: str
    values: NDArray[np.int32]
    side: Literal["min", "max"]
    bound: int
    opening_sum: int
    opening_balance: int

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


def check_limit(limit: Limit, balance: Fen) -> None:
    """Raise WaterfallError naming the limit and the value that it cannot be judged by.

    So much must be true for the arithmetic to stay exact: a group's opening balance and all
    candidates together fit int64 fen, and so does one candidate's balance x (value - bound).
    """
    if isinstance(limit, AverageLimit):
        _check_average(limit, balance)
        return
    grouping = limit.grouping
    _check_array(limit, "codes", grouping.codes, np.int32, balance.size)
    _check_array(limit, "opening balances", grouping.opening, np.int64, grouping.opening.size)
    lowest = int(grouping.codes.min(initial=NO_GROUP))
    highest = int(grouping.codes.max(initial=NO_GROUP))
    if lowest < UNDECIDABLE or highest >= grouping.opening.size:
        raise WaterfallError(
            f"limit {limit.name}: group codes go from {lowest} to {highest}; expected {UNDECIDABLE} to"
            f" {grouping.opening.size - 1}, the groups that have an opening balance"
        )
    if (grouping.opening < 0).any():
        raise WaterfallError(
            f"limit {limit.name}: a group opens with {format_fen(grouping.opening.min())};"
            " expected zero or more"
        )
    total = sum_exactly(grouping.opening) + sum_exactly(balance)
    if total > LARGEST_FEN:
        raise WaterfallError(
            f"limit {limit.name}: pool and candidates hold {format_fen(total)}, more than int64 fen;"
            " draw from fewer candidates"
        )
    _check_bounds(limit)


def _check_bounds(limit: GroupCap | TopCap | GroupShare | TopShare) -> None:
    groups = limit.grouping.opening.size
    if isinstance(limit, TopCap | TopShare) and limit.count < 1:
        raise WaterfallError(f"limit {limit.name}: count is {limit.count}; expected 1 or more")
    if isinstance(limit, GroupShare | TopShare):
        shares = limit.share if isinstance(limit.share, tuple) else (limit.share,)
        if isinstance(limit.share, tuple) and len(shares) != groups:
            raise WaterfallError(
                f"limit {limit.name}: {len(shares)} shares for {groups} groups; expected one a group"
            )
        for share in shares:
            if share is not None and not 0 <= share <= 1:
                raise WaterfallError(f"limit {limit.name}: share is {share}; expected 0 to 1")
    elif isinstance(limit, GroupCap):
        _check_array(limit, "caps", limit.cap, np.int64, groups)


def _check_average(limit: AverageLimit, balance: Fen) -> None:
    _check_array(limit, "values", limit.values, np.int32, balance.size)
    reach = abs(UNKNOWN_VALUE) + abs(limit.bound)
    if reach > LARGEST_FEN or int(balance.max(initial=0)) * reach > LARGEST_FEN:
        # The bound above is coarse; the values that are there decide.
        known = limit.values[limit.values != UNKNOWN_VALUE]
        highest, lowest = int(known.max(initial=0)), int(known.min(initial=0))
        reach = max(abs(highest - limit.bound), abs(lowest - limit.bound))
    if int(balance.max(initial=0)) * reach > LARGEST_FEN or abs(limit.bound) > LARGEST_FEN:
        raise WaterfallError(
            f"limit {limit.name}: a balance of {format_fen(balance.max(initial=0))} times values so far"
            f" from {limit.bound} leaves int64; give the values in a coarser unit"
        )
    if abs(limit.opening_sum - limit.bound * limit.opening_balance) >= 2**126:
        raise WaterfallError(
            f"limit {limit.name}: the opening sum {limit.opening_sum} leaves 128 bits; check its unit"
        )


def _check_array(limit: Limit, what: str, array: np.ndarray, dtype: type, size: int) -> None:
    if array.dtype != dtype or array.shape != (size,):
        raise WaterfallError(
            f"limit {limit.name}: {what} are {array.dtype} of shape {array.shape};"
            f" expected {np.dtype(dtype)} of shape ({size},)"
        )


def sum_exactly(amounts: Fen) -> int:
    """The sum of int64 amounts that are not negative, even where it leaves int64."""
    high, low = np.divmod(amounts, 1 << 32)
    return (int(high.sum()) << 32) + int(low.sum())


def sum_largest(amounts: Fen, count: int) -> int:
    """The sum of the `count` largest amounts, or of all where there are fewer."""
    if amounts.size > count:
        amounts = np.partition(amounts, amounts.size - count)[-count:]
    return int(amounts.sum())
