"""Kinds of dirt of a file in its columns on servicing, which a synthetic tape has by these alone."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tapes.synthetic.dirt.kind import FileKind

if TYPE_CHECKING:
    import polars as pl

Cell = Decimal | date | str | int | bool
Which = Literal["third", "open", "ended"]


def _told(which: Which, **cells: Cell) -> Callable[["pl.DataFrame"], "pl.DataFrame"]:
    """Columns with these cells in the rows of such loans; in the others as they were, or empty."""

    def tell(frame: "pl.DataFrame") -> "pl.DataFrame":
        import polars as pl

        owed = pl.col("closing_balance")
        rows = {
            "third": pl.col("loan_id").str.slice(1).cast(pl.Int64) % 3 == 0,
            "open": owed > 0,
            "ended": owed == 0,
        }
        return frame.with_columns(
            pl.when(rows[which])
            .then(_literal(cell))
            .otherwise(pl.col(name) if name in frame.columns else None)
            .alias(name)
            for name, cell in cells.items()
        )

    return tell


def _literal(cell: Cell) -> "pl.Expr":
    """The cell in the type of its column: money of two decimals, counts of 32 bits."""
    import polars as pl

    if isinstance(cell, Decimal):
        return pl.lit(cell, dtype=pl.Decimal(18, 2))
    is_count = isinstance(cell, int) and not isinstance(cell, bool)
    return pl.lit(cell, dtype=pl.Int32 if is_count else None)


ADVANCED = Decimal("25.00")

SERVICING = (
    FileKind(
        "advance_method_of_another_list",
        "advance_method_code_unknown",
        "servicer_advance_method_code",
        rows=_told("third", servicer_advance_method_code="4"),
    ),
    FileKind(
        "modification_code_in_digits",
        "modification_code_unknown",
        "modification_codes",
        rows=_told("third", modification_codes="9, 8"),
    ),
    FileKind(
        "demand_status_of_another_list",
        "demand_status_code_unknown",
        "demand_status_code",
        rows=_told("third", demand_status_code="Rejected"),
    ),
    FileKind(
        "reason_of_another_list",
        "repurchase_reason_code_unknown",
        "repurchase_reason_codes",
        rows=_told("third", repurchase_reason_codes="fraud, 7"),
    ),
    FileKind(
        "extension_in_days",
        "extended_months_out_of_range",
        "extended_months",
        rows=_told("third", extended_months=30),
    ),
    FileKind(
        "advance_on_an_ended_loan",
        "advance_without_balance",
        "servicer_advance_amount",
        rows=_told("ended", servicer_advance_amount=ADVANCED),
    ),
    FileKind(
        "advance_of_who_makes_none",
        "advance_against_method",
        "servicer_advance_balance",
        rows=_told(
            "open", servicer_advance_method_code="no_advance", servicer_advance_balance=ADVANCED
        ),
    ),
    FileKind(
        "modification_without_its_mark",
        "modification_not_marked",
        "modification_codes",
        rows=_told("third", modification_codes="rate, term", is_renegotiated=False),
    ),
    FileKind(
        "demand_status_without_demand",
        "demand_status_alone",
        "demand_status_code",
        rows=_told("third", is_repurchase_demanded=False, demand_status_code="pending"),
    ),
    FileKind(
        "demand_without_its_resolution",
        "demand_resolution_missing",
        "demand_status_code",
        rows=_told("third", is_repurchase_demanded=True, demand_status_code="rejected"),
    ),
    FileKind(
        "demand_resolved_before_the_loan",
        "demand_resolution_contradicts",
        "demand_resolution_date",
        rows=_told(
            "third",
            is_repurchase_demanded=True,
            demand_status_code="withdrawn",
            demand_resolution_date=date(2001, 1, 1),
        ),
    ),
    FileKind(
        "demand_met_and_owing",
        "demand_met_with_balance",
        "demand_status_code",
        rows=_told("open", is_repurchase_demanded=True, demand_status_code="repurchased"),
    ),
    FileKind(
        "repurchaser_of_nothing",
        "repurchaser_without_repurchase",
        "repurchaser_name",
        rows=_told("third", repurchaser_name="Acme Bank"),
    ),
)
"""Two of them in one tape may write over each other."""
