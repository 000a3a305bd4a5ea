"""The draw from Polars frames: the same answer as `draw_relations`, without a database.

DuckDB only orders the candidates, since Polars has no hash that stays the same from version to version.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from waterfall.draw.greedy import Candidates
from waterfall.draw.limits import NO_GROUP, UNDECIDABLE, UNKNOWN_VALUE, Grouping
from waterfall.draw.reach import draw_in_reach
from waterfall.draw.rules import (
    BALANCE,
    NAMED_GROUPS,
    NOT_COUNTED,
    PRICE,
    AverageRule,
    DrawnLoans,
    LimitArrays,
    Rule,
    average_rules,
    group_columns,
    refuse_inexact,
    refuse_unknown,
)

if TYPE_CHECKING:
    import polars as pl


def draw_from_frames(
    candidates: "pl.DataFrame",
    pool: "pl.DataFrame",
    cash: int,
    rules: Sequence[Rule],
    order_by: str,
) -> DrawnLoans:
    """Draw from frames with the columns that `draw_rules` tells; `cash` in fen.

    `order_by` is as `draw_relations.order_key` gives it. Raises WaterfallError as `drawing.draw` does, and
    where a balance, a price or the pool's averaged value is null or has more decimals than it may.
    """
    _check(candidates, pool, rules)
    order = _order(candidates, order_by)
    balance = _read_whole(candidates, BALANCE, 2, np.int64)[order]
    price = balance
    if PRICE in candidates.columns:
        price = _read_whole(candidates, PRICE, 2, np.int64)[order]
    opening_pool = int(_read_whole(pool, BALANCE, 2, np.int64).sum())
    columns = list(dict.fromkeys(rule.column for rule in rules))

    def read(positions: NDArray[np.int64]) -> LimitArrays:
        return _read_arrays(candidates.select(columns)[order[positions]], pool, rules)

    drawn, arrays = draw_in_reach(Candidates(balance, price), cash, rules, opening_pool, read)
    return DrawnLoans(_find_loans(candidates, order, drawn.taken), drawn, arrays.group_names)


def _check(candidates: "pl.DataFrame", pool: "pl.DataFrame", rules: Sequence[Rule]) -> None:
    """Numbers are exact; every candidate has its amounts, and the pool all that is summed."""
    averaged = {rule.column: rule.places for rule in average_rules(rules)}
    amounts = {column: 2 for column in (BALANCE, PRICE) if column in candidates.columns}
    for frame, places in ((candidates, amounts | averaged), (pool, {BALANCE: 2} | averaged)):
        for column, most in places.items():
            kind = frame.schema[column]
            if not (kind.is_integer() or (kind.is_decimal() and getattr(kind, "scale", 0) <= most)):
                refuse_inexact(column, str(kind), most)
    for column in amounts:
        refuse_unknown(column, "candidates", candidates[column].null_count())
    for column in (BALANCE, *averaged):
        refuse_unknown(column, "loans of the pool", pool[column].null_count())


def _order(candidates: "pl.DataFrame", order_by: str) -> NDArray[np.uint32]:
    """The rows of the frame in draw order."""
    import duckdb

    with duckdb.connect() as connection:
        connection.register("numbered", candidates.select("loan_id").with_row_index("number"))
        ordered = connection.execute(f"select number from numbered order by {order_by}")
        return np.asarray(ordered.fetchnumpy()["number"])


def _read_arrays(
    candidates: "pl.DataFrame", pool: "pl.DataFrame", rules: Sequence[Rule]
) -> LimitArrays:
    """What the rules need of these candidates, in their order, and of the pool."""
    groups = {column: _read_groups(candidates, pool, column) for column in group_columns(rules)}
    averages = average_rules(rules)
    return LimitArrays(
        {column: grouping for column, (grouping, _) in groups.items()},
        {column: names for column, (_, names) in groups.items() if names},
        {r.code: _read_whole(candidates, r.column, r.places, np.int32) for r in averages},
        {rule.code: _sum_products(pool, rule) for rule in averages},
    )


def _read_groups(
    candidates: "pl.DataFrame", pool: "pl.DataFrame", column: str
) -> tuple[Grouping, tuple[str, ...]]:
    """The groups of a column, numbered from 0 in any order, and their names where they are few.

    A loan of the pool whose group cannot be told may be in any of them, and counts in all.
    """
    import polars as pl

    names = pl.concat(
        [frame[column].cast(pl.String).rename("name") for frame in (candidates, pool)],
        rechunk=False,
    )
    is_outside = names == NOT_COUNTED
    codes = np.where(is_outside.fill_null(False).to_numpy(), NO_GROUP, UNDECIDABLE).astype(np.int32)
    groups = (
        pl.LazyFrame([names])
        .with_row_index("row")
        .filter(~is_outside)
        .group_by("name")
        .agg("row")
        .collect()
    )
    numbers = np.arange(groups.height, dtype=np.int32)
    codes[groups["row"].explode().to_numpy()] = np.repeat(numbers, groups["row"].list.len())
    of_pool, balance = codes[candidates.height :], _read_whole(pool, BALANCE, 2, np.int64)
    opening = np.full(groups.height, balance[of_pool == UNDECIDABLE].sum(), dtype=np.int64)
    np.add.at(opening, of_pool[of_pool >= 0], balance[of_pool >= 0])
    few = groups["name"].to_list() if groups.height <= NAMED_GROUPS else []
    return Grouping(codes[: candidates.height], opening), tuple(few)


def _sum_products(pool: "pl.DataFrame", rule: AverageRule) -> int:
    """The pool's sum of fen x value, in 128 bits."""
    import polars as pl

    fen = _whole(pool, BALANCE, 2).cast(pl.Int128)
    return int((fen * _whole(pool, rule.column, rule.places).cast(pl.Int128)).sum())


def _read_whole(frame: "pl.DataFrame", column: str, places: int, dtype: type) -> NDArray[Any]:
    """A column in units of its last place, as an array of its own; null is UNKNOWN_VALUE."""
    import polars as pl

    as_type = pl.Int64 if dtype is np.int64 else pl.Int32
    return _whole(frame, column, places).cast(as_type).fill_null(UNKNOWN_VALUE).to_numpy()


def _whole(frame: "pl.DataFrame", column: str, places: int) -> "pl.Series":
    import polars as pl

    numbers = frame[column]
    # A product of integers would wrap around.
    return (numbers.cast(pl.Decimal(38, 0)) if numbers.dtype.is_integer() else numbers) * 10**places


def _find_loans(
    candidates: "pl.DataFrame", order: NDArray[np.uint32], taken: NDArray[np.bool_]
) -> "pl.DataFrame":
    import polars as pl

    positions = np.flatnonzero(taken)
    price = PRICE if PRICE in candidates.columns else BALANCE
    bought = candidates.select(
        "loan_id", pl.col(BALANCE).alias("balance_amount"), pl.col(price).alias("price_amount")
    )[order[positions]]
    return bought.insert_column(0, pl.Series("draw_number", positions + 1))
