"""The limits of a deal as arrays: groups as small integers, values as whole numbers."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from deals.terms import purchase as terms
from waterfall.draw.frames import read_fen, whole
from waterfall.draw.limit_columns import (
    AVERAGES,
    NOT_COUNTED,
    group_key,
    group_name,
    group_name_of_pool,
    value_places,
    worst_value,
)
from waterfall.draw.limits import (
    UNDECIDABLE,
    UNKNOWN_VALUE,
    AverageLimit,
    Grouping,
    GroupShare,
    Limit,
    TopShare,
)
from waterfall.money import Fen

Part = tuple[NDArray[np.int64], pl.DataFrame]
"""Candidates, and where each of them is in the draw order."""


def read_limits(
    limits: Sequence[terms.Limit], pool: pl.DataFrame, candidates: Iterable[Part], count: int
) -> list[Limit]:
    """The limits for a draw from `count` candidates into a pool.

    Pool and candidates have `limit_columns.source_columns`, the pool `outstanding_balance` too. A candidate
    of which a group or a value cannot be told is passed over. A loan of the pool whose group cannot be
    told counts in every group; an unknown borrower is one borrower, and an unknown value the worst.
    """
    balance = read_fen(pool, "loans of the pool")
    averages = {limit: _Values(limit, count) for limit in limits if limit.kind in AVERAGES}
    groups = {
        group_key(limit): _Groups(limit, pool, count) for limit in limits if limit not in averages
    }
    for places, frame in candidates:
        for column in (*groups.values(), *averages.values()):
            column.read(places, frame)
    groupings = {key: column.close(balance) for key, column in groups.items()}
    return [
        averages[limit].close(pool, balance)
        if limit in averages
        else _share(limit, groupings[group_key(limit)])
        for limit in limits
    ]


class _Groups:
    """The groups of some limits, numbered from 0 in the order in which they are met."""

    def __init__(self, limit: terms.Limit, pool: pl.DataFrame, count: int) -> None:
        self.group_name = group_name(limit)
        # The first name that it knows is that of no group, so that the first group's code is one more.
        self.known = pl.Series([NOT_COUNTED], dtype=pl.Categorical(pl.Categories.random()))
        self.count = 0
        self.of_pool = self._number(pool.select(group_name_of_pool(limit)).to_series())
        self.codes = np.full(count, UNDECIDABLE, dtype=np.int32)

    def read(self, places: NDArray[np.int64], candidates: pl.DataFrame) -> None:
        self.codes[places] = self._number(candidates.select(self.group_name).to_series())

    def close(self, pool_balance: Fen) -> Grouping:
        """A loan of the pool whose group cannot be told may be in any of them, and counts in all."""
        unknown = pool_balance[self.of_pool == UNDECIDABLE].sum()
        opening = np.full(self.count, unknown, dtype=np.int64)
        is_in_group = self.of_pool >= 0
        np.add.at(opening, self.of_pool[is_in_group], pool_balance[is_in_group])
        return Grouping(self.codes, opening)

    def _number(self, names: pl.Series) -> NDArray[np.int32]:
        codes = names.cast(self.known.dtype).to_physical().cast(pl.Int32) - 1
        numbers = codes.fill_null(UNDECIDABLE).to_numpy()
        self.count = max(self.count, int(numbers.max(initial=-1)) + 1)
        return numbers


class _Values:
    """The values that an average weighs, in units of their last place."""

    def __init__(self, limit: terms.Limit, count: int) -> None:
        self.limit = limit
        self.places = value_places(limit)
        self.values = np.full(count, UNKNOWN_VALUE, dtype=np.int32)

    def read(self, places: NDArray[np.int64], candidates: pl.DataFrame) -> None:
        values = self._whole(candidates).cast(pl.Int32)
        self.values[places] = values.fill_null(UNKNOWN_VALUE).to_numpy()

    def close(self, pool: pl.DataFrame, pool_balance: Fen) -> AverageLimit:
        unit = 10**self.places
        value = self._whole(pool).fill_null(worst_value(self.limit) * unit).cast(pl.Int128)
        opening_sum = int((pl.Series(pool_balance).cast(pl.Int128) * value).sum())
        side = "min" if self.limit.is_floor else "max"
        bound = int(self.limit.threshold * unit)
        return AverageLimit(self.limit.code, self.values, side, bound, opening_sum)

    def _whole(self, loans: pl.DataFrame) -> pl.Series:
        return whole(loans[AVERAGES[self.limit.kind].column], self.places)


def _share(limit: terms.Limit, grouping: Grouping) -> Limit:
    if limit.borrower_count > 1:
        return TopShare(limit.code, grouping, limit.borrower_count, limit.threshold)
    return GroupShare(limit.code, grouping, limit.threshold)
