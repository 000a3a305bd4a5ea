"""Change cells of a column in some rows of a frame, as a kind of spoilt files does in all its parts alike."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

Rows = Callable[["pl.DataFrame"], "pl.DataFrame"]
Cell = Decimal | date | str | int | bool | None
Which = Literal["all", "third", "open", "ended"]


def told(which: Which, **cells: Cell) -> Rows:
    """Columns with these cells in the rows of such loans; in the others as they were, or empty."""

    def tell(frame: "pl.DataFrame") -> "pl.DataFrame":
        import polars as pl

        is_told = rows_of(which)
        return frame.with_columns(
            pl.when(is_told)
            .then(_literal(frame, name, cell))
            .otherwise(pl.col(name) if name in frame.columns else None)
            .alias(name)
            for name, cell in cells.items()
        )

    return tell


def rows_of(which: Which) -> "pl.Expr":
    """Whether a row is of such a loan; a third of the loans by their number."""
    import polars as pl

    owed = pl.col("closing_balance")
    match which:
        case "all":
            return pl.lit(True)
        case "third":
            return pl.col("loan_id").str.slice(1).cast(pl.Int64) % 3 == 0
        case "open":
            return owed > 0
        case "ended":
            return owed == 0


def _literal(frame: "pl.DataFrame", name: str, cell: Cell) -> "pl.Expr":
    """The cell in the type of its column; of a new one money of two decimals, counts of 32 bits."""
    import polars as pl

    if name in frame.columns:
        return pl.lit(cell, dtype=frame.schema[name])
    if isinstance(cell, Decimal):
        return pl.lit(cell, dtype=pl.Decimal(18, 2))
    is_count = isinstance(cell, int) and not isinstance(cell, bool)
    return pl.lit(cell, dtype=pl.Int32 if is_count else None)


def plus(column: str, amount: str, which: Which = "third") -> Rows:
    """A column of amounts that is greater by so much in the rows of such loans."""

    def add(frame: "pl.DataFrame") -> "pl.DataFrame":
        import polars as pl

        more = pl.lit(Decimal(amount), dtype=pl.Decimal(18, 2))
        other = pl.when(rows_of(which)).then(pl.col(column) + more).otherwise(pl.col(column))
        return frame.with_columns(other.cast(pl.Decimal(18, 2)).alias(column))

    return add


def times(factor: str, *columns: str) -> Rows:
    """Columns of numbers, each times a factor, in their own types: a unit or a scale of another file."""

    def multiply(frame: "pl.DataFrame") -> "pl.DataFrame":
        import polars as pl

        by = pl.lit(Decimal(factor))
        return frame.with_columns(
            (pl.col(name) * by).floor().cast(frame.schema[name])
            if frame.schema[name].is_integer()
            else (pl.col(name) * by).cast(frame.schema[name])
            for name in columns
        )

    return multiply


def after(*changes: Rows) -> Rows:
    """One change after the other."""

    def change_all(frame: "pl.DataFrame") -> "pl.DataFrame":
        for change in changes:
            frame = change(frame)
        return frame

    return change_all
