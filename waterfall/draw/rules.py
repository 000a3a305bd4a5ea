"""A draw stated by rules on columns: what both front doors read, and what they give back.

Candidates have `loan_id`, each once, `outstanding_balance`, and `price_amount` where they are not sold at
par; the loans of the pool before the draw have `outstanding_balance`. Both have a column for each rule:
the name of the loan's group, or the number that is averaged. The group NOT_COUNTED is that of a loan which
the rule does not count. Null is a group or number that cannot be told: a candidate is then passed over, and
a loan of the pool counts in every group, but its number must be known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from waterfall.draw.greedy import Draw
from waterfall.draw.limits import AverageLimit, Grouping, GroupShare, Limit, TopShare
from waterfall.money import WaterfallError

BALANCE, PRICE = "outstanding_balance", "price_amount"

NOT_COUNTED = ""
"""The group of a loan that a rule does not count."""

NAMED_GROUPS = 1000
"""A column's groups are named in the result when there are no more than this."""


@dataclass(frozen=True)
class ShareRule:
    """Each group of `column`, or the `largest_count` largest together, is at most `share` of the pool."""

    code: str
    column: str
    share: Decimal
    largest_count: int | None = None


@dataclass(frozen=True)
class AverageRule:
    """The balance-weighted average of `column` is at least (min) or at most (max) `bound`.

    `places` is the most decimals that the column's values and the bound have; values are counted in
    units of the last place, as int32.
    """

    code: str
    column: str
    side: Literal["min", "max"]
    bound: Decimal
    places: int = 0


Rule = ShareRule | AverageRule


@dataclass(frozen=True, eq=False)
class LimitArrays:
    """What the rules need of some candidates, in draw order, and of the pool before them.

    `groupings` by column of the share rules, with the names of the groups by code where they are few;
    by code of the average rules the candidates' `values` (UNKNOWN_VALUE where null) and the pool's sums
    of fen x value.
    """

    groupings: Mapping[str, Grouping]
    group_names: Mapping[str, tuple[str, ...]]
    values: Mapping[str, NDArray[np.int32]]
    opening_sums: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class DrawnLoans:
    """The loans taken, and the draw behind them.

    `loans` is an Arrow table or a Polars frame, as the front door: `draw_number` (from 1, among all
    candidates), `loan_id`, `balance_amount`, `price_amount`, in draw order. `group_names` gives, by
    column of the share rules, the names of the outcomes' groups where they are few; a group that
    neither the pool has nor a candidate that the cash could reach is not among them.
    """

    loans: Any
    draw: Draw
    group_names: Mapping[str, tuple[str, ...]]


def read_limits(rules: Sequence[Rule], arrays: LimitArrays) -> list[Limit]:
    """The limits of the rules, in their order."""
    return [_limit(rule, arrays) for rule in rules]


def group_columns(rules: Sequence[Rule]) -> list[str]:
    """The columns of the share rules, each once."""
    return list(dict.fromkeys(rule.column for rule in rules if isinstance(rule, ShareRule)))


def average_rules(rules: Sequence[Rule]) -> list[AverageRule]:
    """The rules on averages, in their order."""
    return [rule for rule in rules if isinstance(rule, AverageRule)]


def refuse_unknown(column: str, rows: str, count: int) -> None:
    """Raise WaterfallError when `count` of the rows (what they are) have no value where all must."""
    if count:
        raise WaterfallError(
            f"draw: {count:,} {rows} have no {column}; expected a value in every row, for nothing can"
            " be told of the pool without; correct those rows or leave them out"
        )


def refuse_inexact(column: str, type_name: str, places: int) -> None:
    """Raise WaterfallError for a column whose type is not made of numbers to `places` decimals."""
    raise WaterfallError(
        f"draw: {column} is {type_name}; expected whole numbers or decimals of at most {places} places"
    )


def _limit(rule: Rule, arrays: LimitArrays) -> Limit:
    if isinstance(rule, AverageRule):
        bound = rule.bound.scaleb(rule.places)
        if bound != bound.to_integral_value():
            raise WaterfallError(
                f"draw: the bound of {rule.code} is {rule.bound}, more than {rule.places} decimals;"
                " give the rule more places"
            )
        return AverageLimit(
            rule.code,
            arrays.values[rule.code],
            rule.side,
            int(bound),
            arrays.opening_sums[rule.code],
        )
    grouping = arrays.groupings[rule.column]
    if rule.largest_count is None:
        return GroupShare(rule.code, grouping, rule.share)
    return TopShare(rule.code, grouping, rule.largest_count, rule.share)
