"""What each limit counts of the pool that results from a month's purchases, measured without the draw."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from deals.terms.purchase import Limit
from waterfall.draw.frames import BALANCE, decimals, read_fen, read_frame, whole
from waterfall.draw.limit_columns import (
    AVERAGES,
    NOT_COUNTED,
    RATE_DECIMALS,
    group_name,
    source_columns,
    worst_value,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

PLACES = 2 + RATE_DECIMALS
AMOUNT = pl.Decimal(38, PLACES)
SCHEMA = pl.Schema(
    {
        "limit_number": pl.Int32(),
        "group_name": pl.String(),
        "before_amount": AMOUNT,
        "purchased_amount": AMOUNT,
    }
)

VALUE_SCHEMA = pl.Schema(
    {
        "limit_number": pl.Int32(),
        "before_amount": AMOUNT,
        "after_amount": AMOUNT,
        "purchased_group_amount": AMOUNT,
        "before_group_name": pl.String(),
        "after_group_name": pl.String(),
    }
)


def sum_limits(limits: Sequence[Limit], pool: "DuckDBPyRelation") -> pl.DataFrame:
    """One row per limit and group of the pool: what the limit counts of it, before and as bought.

    That is the balance; of an average, which has one group, the sum of balance x value. `pool` has
    `outstanding_balance` and `is_purchased` beside the columns that the limits look at. Of borrowers only
    those are given that are among the largest before or after.
    """
    columns = dict.fromkeys((BALANCE, "is_purchased", *source_columns(limits)))
    loans = read_frame(
        pool.filter(f"{BALANCE} > 0 or {BALANCE} is null").project(", ".join(columns))
    )
    loans = loans.with_columns(pl.Series("balance", read_fen(loans, "loans of the pool")))
    sums = [
        _sum(limit, loans).select(pl.lit(number).alias("limit_number"), pl.all())
        for number, limit in enumerate(limits, start=1)
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *(part.cast(SCHEMA) for part in sums)])


def _sum(limit: Limit, loans: pl.DataFrame) -> pl.DataFrame:
    """Exact sums by group."""
    if limit.kind in AVERAGES:
        group, value = pl.lit("all"), _value(limit, loans)
    else:
        group, value = group_name(limit), pl.lit(10**RATE_DECIMALS)
    amount = pl.col("balance").cast(pl.Int128) * value.cast(pl.Int128)
    is_purchased = pl.col("is_purchased")
    sums = (
        loans.select(group.alias("group_name"), amount.alias("amount"), is_purchased)
        .filter(pl.col("group_name").ne_missing(NOT_COUNTED))
        .group_by("group_name")
        .agg(
            pl.col("amount").filter(~is_purchased).sum().alias("before_amount"),
            pl.col("amount").filter(is_purchased).sum().alias("purchased_amount"),
        )
    )
    if limit.borrower_count:
        sums = _largest(sums, limit.borrower_count)
    return sums.with_columns(
        decimals(sums[name], PLACES) for name in ("before_amount", "purchased_amount")
    )


def _value(limit: Limit, loans: pl.DataFrame) -> pl.Expr:
    """What an average weighs, in millionths; one that is unknown counts as the worst that it could be."""
    value = whole(loans[AVERAGES[limit.kind].column], RATE_DECIMALS)
    return pl.lit(value.fill_null(worst_value(limit) * 10**RATE_DECIMALS))


def _largest(sums: pl.DataFrame, count: int) -> pl.DataFrame:
    """The groups that are among so many largest, before or after."""
    after = pl.col("before_amount") + pl.col("purchased_amount")
    return pl.concat(
        _order_largest(sums, amount).head(count) for amount in (pl.col("before_amount"), after)
    ).unique()


def _order_largest(sums: pl.DataFrame, amount: pl.Expr) -> pl.DataFrame:
    return sums.sort(amount, "group_name", descending=[True, False], nulls_last=True)


def compare_limits(limits: Sequence[Limit], sums: pl.DataFrame) -> pl.DataFrame:
    """One row per limit: what is compared with its threshold, before the purchases and after them.

    `sums` are those of `sum_limits`. Of a limit on groups it is the balance of the largest group, or
    groups; `purchased_group_amount` is the most that a group has of which something was bought. Loans
    whose group cannot be told count in every group; those of unknown borrowers are one borrower's.
    """
    sums = sums.with_columns(after_amount=pl.col("before_amount") + pl.col("purchased_amount"))
    rows = [
        {"limit_number": number}
        | _compare(limit, sums.filter(pl.col("limit_number") == number).drop("limit_number"))
        for number, limit in enumerate(limits, start=1)
    ]
    return pl.DataFrame(rows, schema=VALUE_SCHEMA)


def _compare(limit: Limit, sums: pl.DataFrame) -> dict[str, Any]:
    is_known = pl.col("group_name").is_not_null() | pl.lit(bool(limit.borrower_count))
    groups, unknown = sums.filter(is_known), sums.filter(~is_known)
    has_groups = limit.kind not in AVERAGES and limit.borrower_count < 2
    row: dict[str, Any] = {}
    for when in ("before", "after"):
        amount = f"{when}_amount"
        largest = _order_largest(groups, pl.col(amount)).head(max(limit.borrower_count, 1))
        row[amount] = pl.concat([largest[amount], unknown[amount]]).sum()
        named = largest.head(1).filter(pl.col(amount) > 0)["group_name"].to_list()
        row[f"{when}_group_name"] = named[0] if has_groups and named else None
    bought = groups.filter(pl.col("purchased_amount") > 0)["after_amount"].sort().tail(1)
    row["purchased_group_amount"] = (
        pl.concat([bought, unknown["after_amount"]]).sum() if bought.len() else 0
    )
    return row
