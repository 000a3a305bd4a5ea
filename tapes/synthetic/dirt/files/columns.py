"""Kinds of dirt in columns of a file: in every row, or in those of a third of the loans."""

from typing import TYPE_CHECKING

from tapes.synthetic.dirt.files.tell import after, plus, times, told
from tapes.synthetic.dirt.kind import NO_FLOWS, FileKind

if TYPE_CHECKING:
    import polars as pl

_PAID = (
    "scheduled_principal_paid",
    "prepaid_principal_paid",
    "overdue_principal_paid",
    "interest_paid",
    "fee_paid",
)


def _named(frame: "pl.DataFrame") -> "pl.DataFrame":
    """A column that no format declares."""
    import polars as pl

    return frame.with_columns(pl.lit("x").alias("Modication"))


def _with_total(frame: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    total = pl.sum_horizontal(*_PAID).cast(pl.Decimal(18, 2))
    return frame.with_columns(total.alias("total_paid"))


def _with_moves(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Balances that move by 25.00 of which no flow tells."""
    import polars as pl

    none = pl.lit("0.00").cast(pl.Decimal(18, 2))
    moved = after(plus("unexplained_amount", "25.00"), plus("closing_balance", "25.00"))
    return moved(frame.with_columns(none.alias("unexplained_amount")))


def _two_as_one(frame: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    return frame.with_columns(pl.col("region_code").replace("CN-FJ", "CN-GD"))


def _without_balance_moves(frame: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    return told("all", **NO_FLOWS)(frame).with_columns(
        pl.col("opening_balance").alias("closing_balance")
    )


COLUMNS = (
    FileKind("misspelt_column", "unknown_column", "Modication", rows=_named),
    FileKind(
        "one_borrower",
        "borrower_of_too_many_loans",
        "borrower_id",
        rows=told("all", borrower_id="/user/"),
    ),
    FileKind(
        "total_not_of_its_parts",
        "total_paid_differs",
        "total_paid",
        rows=after(_with_total, plus("total_paid", "25.00")),
    ),
    FileKind(
        "moves_that_no_flow_tells",
        "balance_move_unexplained",
        "unexplained_amount",
        rows=_with_moves,
    ),
    FileKind(
        "adjustment_code_without_amount",
        "adjustment_code_alone",
        "adjustment_code",
        rows=told("third", adjustment_code="waived"),
    ),
    FileKind(
        "adjustment_code_of_another_list",
        "adjustment_code_unknown",
        "adjustment_code",
        rows=told("third", adjustment_code="9"),
    ),
    FileKind(
        "currency_in_words",
        "currency_code_malformed",
        "currency_code",
        rows=told("all", currency_code="元"),
    ),
    FileKind(
        "two_currencies",
        "currencies_mixed",
        "currency_code",
        rows=after(told("all", currency_code="CNY"), told("third", currency_code="USD")),
    ),
    FileKind(
        "status_of_another_list",
        "quarantined_share_too_high",
        "status_code",
        rows=told("third", status_code="-1"),
    ),
)

LAST_MONTH = (
    FileKind(
        "column_blanked", "column_emptied", "credit_score", rows=told("all", credit_score=None)
    ),
    FileKind(
        "column_blanked_in_part",
        "column_thinned",
        "gender_code",
        rows=told("third", gender_code=None),
    ),
    FileKind(
        "critical_column_blanked_in_part",
        "critical_column_incomplete",
        "days_past_due",
        rows=told("third", days_past_due=None),
    ),
    FileKind(
        "class_of_another_meaning",
        "status_share_moved",
        "five_class_code",
        rows=told("third", five_class_code="substandard"),
    ),
    FileKind(
        "product_of_another_name",
        "product_share_moved",
        "product_code",
        rows=told("third", product_code="auto_loan"),
    ),
    FileKind(
        "region_for_unknown",
        "region_share_moved",
        "region_code",
        rows=told("third", region_code="CN-ZJ"),
    ),
    FileKind(
        "region_of_another_list", "code_is_new", "region_code", rows=told("third", region_code="33")
    ),
    FileKind(
        "two_regions_as_one",
        "code_is_gone",
        "region_code",
        rows=_two_as_one,
    ),
    FileKind(
        "rates_halved", "annual_rate_drifted", "annual_rate", rows=times("0.5", "annual_rate")
    ),
    FileKind(
        "amounts_in_fen",
        "contract_amount_drifted",
        "contract_amount",
        rows=times("100", "contract_amount"),
    ),
    FileKind(
        "balances_in_ten_thousands",
        "closing_balance_drifted",
        "closing_balance",
        rows=times("0.0001", "opening_balance", "closing_balance", *NO_FLOWS),
    ),
    FileKind(
        "balances_doubled",
        "balance_total_moved",
        "closing_balance",
        rows=times("2", "opening_balance", "closing_balance", *NO_FLOWS),
    ),
    FileKind(
        "openings_too_low",
        "opening_total_differs",
        "opening_balance",
        rows=times("0.5", "opening_balance"),
    ),
    FileKind("nobody_paid", "nothing_paid", "closing_balance", rows=_without_balance_moves),
    FileKind(
        "terms_in_days", "term_months_drifted", "term_months", rows=times("30", "term_months")
    ),
    FileKind(
        "ages_of_another_scale",
        "borrower_age_drifted",
        "borrower_age",
        rows=times("2", "borrower_age"),
    ),
    FileKind(
        "score_of_another_scale",
        "credit_score_drifted",
        "credit_score",
        rows=times("0.5", "credit_score"),
    ),
)
