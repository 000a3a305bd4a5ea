"""What the limits of a deal count, as Polars expressions over loans: a loan's group, or its value.

Loans have the columns that `deals.terms.purchase.DIMENSIONS` names, but for `seasoning_months`, which is
counted from `origination_date` to `as_of_date`, and `borrower_id`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_

import polars as pl

from deals.terms.purchase import Condition, Dimension, Limit

NOT_COUNTED = ""
"""The group of a loan that the limit does not count; null is the group of one that cannot be told."""
UNKNOWN_BORROWER = "(unknown)"
"""Loans of unknown borrowers count as those of one borrower."""
COUNTED = "counted"
"""The one group of a limit on the share of loans that meet conditions."""

RATE_DECIMALS = 6


@dataclass(frozen=True)
class Average:
    """The column that an average weighs, and the least and most that it could be."""

    column: str
    least: int
    most: int


AVERAGES: Mapping[str, Average] = {
    "average_rate": Average("annual_rate", 0, 1),
    "average_remaining_months": Average("remaining_months", 0, 600),
    "average_score": Average("credit_score", 0, 1000),
}


def source_columns(limits: Sequence[Limit]) -> list[str]:
    """The columns of loans that the limits look at, each once."""
    names = [
        name
        for limit in limits
        for name in (
            [AVERAGES[limit.kind].column]
            if limit.kind in AVERAGES
            else group_name(limit).meta.root_names()
        )
    ]
    return list(dict.fromkeys(names))


def group_key(limit: Limit) -> object:
    """Limits with the same key divide loans into the same groups."""
    return bool(limit.borrower_count), limit.dimensions, limit.values, limit.conditions


def group_name(limit: Limit) -> pl.Expr:
    """The name of a loan's group: its borrower, its value or combination of values, or `COUNTED`."""
    if limit.borrower_count:
        return pl.col("borrower_id")
    if limit.kind == "share_where":
        is_counted = reduce(and_, map(_meets, limit.conditions))
        return pl.when(is_counted).then(pl.lit(COUNTED)).when(~is_counted).then(pl.lit(NOT_COUNTED))
    name = pl.concat_str(*map(_dimension, limit.dimensions), separator=" / ")
    if not limit.values:
        return name
    is_listed = name.is_in([" / ".join(value) for value in limit.values])
    return pl.when(is_listed).then(name).when(~is_listed).then(pl.lit(NOT_COUNTED))


def group_name_of_pool(limit: Limit) -> pl.Expr:
    """The name of the group of a loan that the pool has; null is one that may be in any group."""
    name = group_name(limit)
    return name.fill_null(UNKNOWN_BORROWER) if limit.borrower_count else name


def worst_value(limit: Limit) -> int:
    """What a value of an average could be at worst: an unknown one of the pool counts as that."""
    average = AVERAGES[limit.kind]
    return average.least if limit.is_floor else average.most


def value_places(limit: Limit) -> int:
    """In how many decimals an average's values are counted, which is enough for its threshold too."""
    decimals = -int(limit.threshold.normalize().as_tuple().exponent)
    return max(decimals, RATE_DECIMALS if limit.kind == "average_rate" else 0)


def _column(dimension: str) -> pl.Expr:
    if dimension != "seasoning_months":
        return pl.col(dimension)
    begun, ended = pl.col("origination_date"), pl.col("as_of_date")
    months = ended.dt.month().cast(pl.Int32) - begun.dt.month().cast(pl.Int32)
    return 12 * (ended.dt.year() - begun.dt.year()) + months


def _dimension(dimension: Dimension) -> pl.Expr:
    """A code as it is; the band of a number."""
    column = _column(dimension.code)
    if not dimension.edges:
        return column.cast(pl.String)
    *names, last = dimension.bands()
    band = pl.when(column > _number(dimension.edges[-1])).then(pl.lit(last))
    for edge, name in zip(dimension.edges, names, strict=True):
        band = band.when(column <= _number(edge)).then(pl.lit(name))
    return band


def _meets(condition: Condition) -> pl.Expr:
    column = _column(condition.dimension)
    if condition.values:
        return column.is_in(list(condition.values))
    bounds = []
    if condition.below is not None:
        bounds.append(column < _number(condition.below))
    if condition.above is not None:
        bounds.append(column > _number(condition.above))
    return reduce(and_, bounds)


def _number(number: Decimal) -> pl.Expr:
    """A number of an exact type."""
    return pl.lit(number)
