"""A deal's limits as rules of the draw, and the columns that candidates and pool must have for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from deals.terms.purchase import Limit
from waterfall.draw.limit_sql import AVERAGES, UNKNOWN_BORROWER, group_sql, value_sql
from waterfall.draw.rules import AverageRule, Rule, ShareRule

RATE_DECIMALS = 6


@dataclass(frozen=True)
class LimitRules:
    """The rules, in the order of the limits, and the columns that they ask for as SQL.

    A candidate of which a group or a value cannot be told has null there, and is passed over. A loan of
    the pool whose group cannot be told has null too, and counts in every group; an unknown borrower is
    one borrower, and an unknown value the worst.
    """

    rules: tuple[Rule, ...]
    candidate_columns: tuple[str, ...]
    pool_columns: tuple[str, ...]


def read_rules(limits: Sequence[Limit]) -> LimitRules:
    """The rules of a deal's limits; limits on the same groups share a column."""
    columns: dict[tuple[str, str], str] = {}
    rules: list[Rule] = []
    for limit in limits:
        expressions = _expressions(limit)
        column = columns.setdefault(expressions, f"limit_column_{len(columns)}")
        rules.append(_rule(limit, column))
    return LimitRules(
        tuple(rules),
        tuple(f"{of_candidate} as {column}" for (of_candidate, _), column in columns.items()),
        tuple(f"{of_pool} as {column}" for (_, of_pool), column in columns.items()),
    )


def _expressions(limit: Limit) -> tuple[str, str]:
    """What the limit counts, of a candidate and of a loan of the pool."""
    if limit.kind in AVERAGES:
        return AVERAGES[limit.kind].column, value_sql(limit)
    group = group_sql(limit)
    return group, f"coalesce({group}, '{UNKNOWN_BORROWER}')" if limit.borrower_count else group


def _rule(limit: Limit, column: str) -> Rule:
    if limit.kind in AVERAGES:
        return AverageRule(
            limit.code,
            column,
            "min" if limit.is_floor else "max",
            limit.threshold,
            RATE_DECIMALS if limit.kind == "average_rate" else _decimals(limit.threshold),
        )
    largest_count = limit.borrower_count if limit.borrower_count > 1 else None
    return ShareRule(limit.code, column, limit.threshold, largest_count)


def _decimals(number: Decimal) -> int:
    """How many decimals the number has, without trailing zeros."""
    return max(0, -int(number.normalize().as_tuple().exponent))
