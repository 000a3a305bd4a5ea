"""The pool while a draw goes on: limits laid out as arrays for the loop, and read back."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waterfall.draw.limits import (
    CASH,
    AverageLimit,
    FixedLimit,
    GroupCap,
    Grouping,
    TopCap,
    sum_largest,
)
from waterfall.draw.loop import AVERAGE, GROUP_CAP, TOP_CAP, Running, choose_loop
from waterfall.money import Fen

BLOCK = 1 << 12
"""Candidates handed to the loop at once: their codes lie side by side in a copy of this size only, and
what is read ahead of their groups stays in the processor's cache."""

LOW_BITS = (1 << 64) - 1


class RunningPool:
    """What the pool has in each group, in its largest groups and in its averages, candidate by candidate."""

    def __init__(self, limits: Sequence[FixedLimit], opening_pool: int) -> None:
        self.limits = limits
        self.opening_pool = opening_pool
        self.averages = [limit for limit in limits if isinstance(limit, AverageLimit)]
        grouped = [limit for limit in limits if not isinstance(limit, AverageLimit)]
        self.groupings = list(dict.fromkeys(limit.grouping for limit in grouped))
        self.running = self._open()

    def pass_through(self, balance: Fen, price: Fen, cash: int) -> tuple[NDArray[np.int16], int]:
        """Decide every candidate in order: `stopped_by` int16 (candidates,), and the cash left."""
        stopped_by = np.full(balance.size, CASH, dtype=np.int16)
        codes = np.empty((BLOCK, len(self.groupings)), dtype=np.int32)
        values = np.empty((BLOCK, len(self.averages)), dtype=np.int32)
        take_block = choose_loop(balance.size)
        for start in range(0, balance.size, BLOCK):
            block = slice(start, min(start + BLOCK, balance.size))
            if price[block].min() > cash:
                continue
            size = block.stop - start
            for column, grouping in enumerate(self.groupings):
                codes[:size, column] = grouping.codes[block]
            for column, average in enumerate(self.averages):
                values[:size, column] = average.values[block]
            with np.errstate(over="ignore"):  # The low half of a sum is meant to wrap.
                cash = take_block(
                    self.running,
                    price[block],
                    balance[block],
                    codes[:size],
                    values[:size],
                    cash,
                    stopped_by[block],
                )
        return stopped_by, int(cash)

    def close(self, pool: int) -> tuple[Fen | int, ...]:
        """For each limit what the pool, now of so many fen, has of what the limit counts.

        A group cap's balances, int64 fen (groups,); the largest groups' balance in fen; an average's
        sum of balance x value.
        """
        return tuple(self._close(limit, pool) for limit in self.limits)

    def _close(self, limit: FixedLimit, pool: int) -> Fen | int:
        if isinstance(limit, AverageLimit):
            row = self.averages.index(limit)
            surplus = (int(self.running.surplus_high[row]) << 64) + int(
                self.running.surplus_low[row]
            )
            return _sign(limit) * surplus + limit.bound * pool
        start = int(self.running.used_from[self.groupings.index(limit.grouping)])
        used = self.running.used[start : start + limit.grouping.opening.size]
        return used.copy() if isinstance(limit, GroupCap) else sum_largest(used, limit.count)

    def _open(self) -> Running:
        caps = [limit for limit in self.limits if isinstance(limit, GroupCap)]
        tops = [limit for limit in self.limits if isinstance(limit, TopCap)]
        sizes = [grouping.opening.size for grouping in self.groupings]
        used_from = _starts(sizes)
        cap_arrays = [_distinct_caps(limit) for limit in caps]
        cap_from = _starts([array.size for array in cap_arrays])
        rules = np.zeros((len(self.limits), 4), dtype=np.int64)
        for row, limit in enumerate(self.limits):
            if isinstance(limit, AverageLimit):
                rules[row] = AVERAGE, self.averages.index(limit), self.averages.index(limit), 0
            elif isinstance(limit, TopCap):
                rules[row] = TOP_CAP, self.groupings.index(limit.grouping), tops.index(limit), 0
            else:
                column = self.groupings.index(limit.grouping)
                place = caps.index(limit)
                step = 1 if cap_arrays[place].size == limit.cap.size else 0
                rules[row] = GROUP_CAP, column, cap_from[place], step
        top_place, top_sum = _open_tops(tops, self.groupings, used_from)
        surplus = [
            _sign(limit) * (limit.opening_sum - limit.bound * self.opening_pool)
            for limit in self.averages
        ]
        return Running(
            rules=rules,
            used_from=used_from,
            used=_join([grouping.opening for grouping in self.groupings]),
            caps=_join(cap_arrays),
            top_rule=_rows([(self.groupings.index(t.grouping), t.count, t.cap) for t in tops], 3),
            top_place=top_place,
            top_sum=top_sum,
            top_total=top_sum.sum(axis=1),
            top_floor=np.array(
                [top_sum[row, : limit.count].min() for row, limit in enumerate(tops)],
                dtype=np.int64,
            ),
            average_rule=_rows([(_sign(limit), limit.bound) for limit in self.averages], 2),
            surplus_high=np.array([part >> 64 for part in surplus], dtype=np.int64),
            surplus_low=np.array([part & LOW_BITS for part in surplus], dtype=np.uint64),
        )


def _open_tops(
    tops: Sequence[TopCap], groupings: Sequence[Grouping], used_from: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places in `used` and balances of each top cap's largest groups, (tops, most groups)."""
    most = max((limit.count for limit in tops), default=0)
    places = np.full((len(tops), most), -1, dtype=np.int64)
    sums = np.zeros((len(tops), most), dtype=np.int64)
    for row, limit in enumerate(tops):
        opening = limit.grouping.opening
        count = min(limit.count, opening.size)
        if count:
            largest = np.argpartition(opening, opening.size - count)[-count:]
            places[row, :count] = used_from[groupings.index(limit.grouping)] + largest
            sums[row, :count] = opening[largest]
    return places, sums


def _distinct_caps(limit: GroupCap) -> NDArray[np.int64]:
    """One cap a group, or the one that a share gives to all groups: a second far place less to read."""
    return limit.cap[:1] if limit.cap.strides == (0,) else limit.cap


def _sign(limit: AverageLimit) -> int:
    return 1 if limit.side == "min" else -1


def _starts(sizes: Sequence[int]) -> NDArray[np.int64]:
    """Where each of several arrays starts when they lie one after the other."""
    return np.cumsum([0, *sizes], dtype=np.int64)[:-1]


def _join(arrays: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])


def _rows(rows: Sequence[tuple[int, ...]], columns: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(len(rows), columns)
