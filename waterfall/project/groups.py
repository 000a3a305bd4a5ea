"""Loans as groups that repay alike.

Which loans perform, by their status at the cut-off (tape codes, or the pool's own groups of days):

- current: performing.
- overdue up to 90 days: in the pool, but not paying until the assumed months of delinquency are
  over; then it pays or defaults. What it owes is spread over its remaining months.
- no month remaining: all of it is due, so it is overdue whatever its status says.
- over 90 days, defaulted, written off with a balance: outside the projected pool balance; it brings
  the assumed recovery, the assumed months of lag after the cut-off.
- settled, or a balance of zero: nothing.

Anything else, and a loan that repays by an unknown method or without a rate or remaining months, is
refused by name: no default is guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import polars as pl

from waterfall.money import WaterfallError
from waterfall.schedules import LONGEST_MONTHS, METHODS, RATE_DECIMALS, Repayment

Standing = Literal["performing", "overdue", "matured", "defaulted"]

STANDINGS: Mapping[str, Standing] = {
    "current": "performing",
    "overdue": "overdue",
    "overdue_1_30": "overdue",
    "overdue_31_60": "overdue",
    "overdue_61_90": "overdue",
    "overdue_over_90": "defaulted",
    "defaulted": "defaulted",
    "written_off": "defaulted",
}

COLUMNS = (
    "loan_id",
    "balance",
    "annual_rate",
    "remaining_months",
    "repayment_method_code",
    "status_code",
)
"""A loan at the cut-off; balance DECIMAL(18,2), annual_rate DECIMAL(9,6), remaining_months whole."""


@dataclass(frozen=True)
class PoolGroup:
    """Loans that repay alike, or one loan. `repayment` is None where none is scheduled any more."""

    standing: Standing
    repayment: Repayment | None
    balance_fen: int
    loan_count: int = 1


def group_loans(loans: pl.DataFrame) -> tuple[PoolGroup, ...]:
    """The groups of a frame of loans with COLUMNS, in the order of standing, rate and months.

    Raises WaterfallError in one line, naming a loan, when one cannot be projected.
    """
    _check_types(loans)
    owing = loans.lazy().select(COLUMNS).filter(pl.col("balance").ne_missing(0))
    owing = owing.with_columns(standing=_standing()).collect()
    _refuse_unknown(owing)
    is_scheduled = pl.col("standing").is_in(["performing", "overdue"])
    keys = ("annual_rate", "remaining_months", "repayment_method_code")
    grouped = (
        owing.with_columns(pl.when(is_scheduled).then(pl.col(key)).alias(key) for key in keys)
        .group_by("standing", *keys)
        .agg((pl.col("balance") * 100).cast(pl.Int64).sum(), pl.len().alias("loan_count"))
        .sort("standing", *keys)
    )
    return tuple(_read_group(row) for row in grouped.iter_rows(named=True))


def _check_types(loans: pl.DataFrame) -> None:
    """Refuse a frame without a column, or whose money or rates could hold a float's noise."""
    for column in COLUMNS:
        kind = loans.schema.get(column)
        if kind is None:
            raise WaterfallError(
                f"the loans have no column {column}; expected {', '.join(COLUMNS)}"
            )
        decimals = {"balance": 2, "annual_rate": RATE_DECIMALS}.get(column)
        if decimals is not None and not (isinstance(kind, pl.Decimal) and kind.scale <= decimals):
            raise WaterfallError(
                f"column {column} of the loans is {kind}; expected a decimal of {decimals} places"
                " at most: cast it before"
            )


def _standing() -> pl.Expr:
    by_status = pl.col("status_code").replace_strict(STANDINGS, default=None)
    is_all_due = (by_status != "defaulted") & (pl.col("remaining_months") == 0)
    return pl.when(is_all_due).then(pl.lit("matured")).otherwise(by_status)


def _read_group(row: dict) -> PoolGroup:
    repayment = None
    if row["repayment_method_code"] is not None:
        rate = Decimal(row["annual_rate"])
        repayment = Repayment(rate, row["remaining_months"], row["repayment_method_code"])
    return PoolGroup(row["standing"], repayment, row["balance"], row["loan_count"])


def _refuse_unknown(loans: pl.DataFrame) -> None:
    """Raise WaterfallError for the first rule that a loan breaks, undecidable included."""
    is_scheduled = pl.col("standing").is_in(["performing", "overdue"])
    months, rate = pl.col("remaining_months"), pl.col("annual_rate")
    fine = {
        "balance": (pl.col("balance") > 0, "more than zero"),
        "status_code": (pl.col("standing").is_not_null(), ", ".join(STANDINGS)),
        "annual_rate": (
            ~is_scheduled | rate.is_between(0, 1),
            "a fraction from 0 to 1, such as 0.12 for 12 %",
        ),
        "remaining_months": (
            ~is_scheduled | months.is_between(1, LONGEST_MONTHS),
            f"0 to {LONGEST_MONTHS}",
        ),
        "repayment_method_code": (
            ~is_scheduled | pl.col("repayment_method_code").is_in(list(METHODS)),
            ", ".join(METHODS),
        ),
    }
    for column, (rule, expected) in fine.items():
        broken = loans.filter(~rule.fill_null(False)).sort("loan_id")
        if broken.height:
            loan = broken.row(0, named=True)
            raise WaterfallError(
                f"loan {loan['loan_id']}: {column} is {_show(loan[column])}; expected {expected}"
                f" ({broken.height} such loans): mend them on the tape, or leave them out"
            )


def _show(value: object) -> str:
    return "missing" if value is None else str(value)
