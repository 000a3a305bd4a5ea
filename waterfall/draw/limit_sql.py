"""What the limits of a deal count, as SQL over loans: the group that a loan is in, or its value.

The loans have the columns that `deals.terms.purchase.DIMENSIONS` names, but for `seasoning_months`, which
is counted from `origination_date` to `as_of_date`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from deals.terms.purchase import Condition, Dimension, Limit

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

NOT_COUNTED = ""
"""The group of a loan that the limit does not count; null is the group of one that cannot be told."""
UNKNOWN_BORROWER = "(unknown)"
"""Loans of unknown borrowers count as those of one borrower."""
COUNTED = "counted"
"""The one group of a limit on the share of loans that meet conditions."""


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

SEASONING_MONTHS = (
    "(12 * (year(as_of_date) - year(origination_date)) "
    "+ month(as_of_date) - month(origination_date))"
)


NOTHING = """
    select
        null::integer as limit_number, null::varchar as group_name,
        null::decimal(38, 8) as before_amount, null::decimal(38, 8) as purchased_amount
    where false"""


def sum_limits(limits: Sequence[Limit], pool: "DuckDBPyRelation") -> "DuckDBPyRelation":
    """One row per limit and group of the pool: what the limit counts of it, before and as bought.

    That is the balance; of an average, which has one group, the sum of balance x value. `pool` has
    `outstanding_balance` and `is_purchased` beside the columns of the groups. Of borrowers only those
    are told that are among the largest before or after.
    """
    parts = [_sum_sql(number, limit) for number, limit in enumerate(limits, start=1)]
    return pool.query("pool", " union all ".join([NOTHING, *parts]))


def _sum_sql(number: int, limit: Limit) -> str:
    group, amount = group_sql(limit), "outstanding_balance"
    if limit.kind in AVERAGES:
        value = f"{value_sql(limit)}::decimal(18, 6)"
        group, amount = _text("all"), f"outstanding_balance::decimal(28, 2) * {value}"
    sums = f"""
    select
        {number} as limit_number,
        {group} as group_name,
        sum(case when is_purchased then 0 else {amount} end)::decimal(38, 8) as before_amount,
        sum(case when is_purchased then {amount} else 0 end)::decimal(38, 8) as purchased_amount
    from pool
    where outstanding_balance > 0
    group by 2
    having group_name is distinct from {_text(NOT_COUNTED)}"""
    return sums if not limit.borrower_count else _largest_sql(sums, limit.borrower_count)


def _largest_sql(sums: str, count: int) -> str:
    """The groups that are among so many largest, before or after."""
    return f"""
    select limit_number, group_name, before_amount, purchased_amount
    from (
        select *,
            row_number() over (order by before_amount desc, group_name) as before_rank,
            row_number() over (
                order by before_amount + purchased_amount desc, group_name
            ) as after_rank
        from ({sums})
    )
    where least(before_rank, after_rank) <= {count}"""


def value_sql(limit: Limit) -> str:
    """A loan's value in an average; one that is unknown counts as the worst that the terms could hold."""
    average = AVERAGES[limit.kind]
    worst = average.least if limit.is_floor else average.most
    return f"coalesce({average.column}, {worst})"


def group_sql(limit: Limit) -> str:
    """The name of a loan's group: its borrower, its value or combination of values, or `COUNTED`."""
    if limit.borrower_count:
        return "borrower_id"
    if limit.kind == "share_where":
        is_counted = " and ".join(f"({_condition_sql(item)})" for item in limit.conditions)
        return _named(f"when {is_counted}", COUNTED, f"when not ({is_counted})")
    name = " || ' / ' || ".join(map(_dimension_sql, limit.dimensions))
    if not limit.values:
        return name
    listed = ", ".join(_text(" / ".join(value)) for value in limit.values)
    return f"case when ({name}) in ({listed}) then {name} when ({name}) is not null then '' end"


def _named(is_counted: str, name: str, is_not: str) -> str:
    return f"case {is_counted} then {_text(name)} {is_not} then {_text(NOT_COUNTED)} end"


def _column_sql(dimension: str) -> str:
    return SEASONING_MONTHS if dimension == "seasoning_months" else dimension


def _dimension_sql(dimension: Dimension) -> str:
    """A code as it is; the band of a number."""
    column = _column_sql(dimension.code)
    if not dimension.edges:
        return column
    *names, last = dimension.bands()
    cases = " ".join(
        f"when {column} <= {_number(edge)} then {_text(name)}"
        for edge, name in zip(dimension.edges, names, strict=True)
    )
    return f"case {cases} when {column} is not null then {_text(last)} end"


def _condition_sql(condition: Condition) -> str:
    column = _column_sql(condition.dimension)
    if condition.values:
        return f"{column} in ({', '.join(map(_text, condition.values))})"
    bounds = {"<": condition.below, ">": condition.above}
    return " and ".join(
        f"{column} {sign} {_number(bound)}" for sign, bound in bounds.items() if bound is not None
    )


def _number(number: Decimal) -> str:
    """A number as an SQL literal of an exact type."""
    return f"{number:f}"


def _text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
