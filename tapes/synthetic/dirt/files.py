"""Kinds of dirt of a whole file: cut short, untied to its control file, a column or a code that moves."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapes.synthetic.dirt.kind import FileKind
from tapes.synthetic.dirt.servicing import SERVICING

if TYPE_CHECKING:
    import polars as pl

SHEET_ROWS = 65_536
REFUSED = "refused"
"""In place of a rule: the file cannot be read, and says so."""


def _without_control(_: dict[str, Any]) -> None:
    return None


def _fewer_rows(control: dict[str, Any]) -> dict[str, Any]:
    return control | {"row_count": control["row_count"] - 795}


def _other_total(control: dict[str, Any]) -> dict[str, Any]:
    return control | {"totals": control["totals"] | {"closing_balance": "1.00"}}


def _cut_last_break(path: Path) -> None:
    _cut(path, path.stat().st_size - 1)


def _cut_at_bytes(path: Path) -> None:
    """At the greatest power of two: where a buffer ends."""
    _cut(path, 1 << ((path.stat().st_size - 1).bit_length() - 1))


def _cut_at_rows(path: Path) -> None:
    """After the rows of a spreadsheet, the header among them."""
    with path.open("rb") as file:
        for _ in range(SHEET_ROWS):
            file.readline()
        _cut(path, file.tell())


def _cut(path: Path, size: int) -> None:
    with path.open("rb+") as file:
        file.truncate(size)


def _filled(column: str, value: object) -> Callable[["pl.DataFrame"], "pl.DataFrame"]:
    def fill(frame: "pl.DataFrame") -> "pl.DataFrame":
        import polars as pl

        return frame.with_columns(pl.lit(value, dtype=frame.schema[column]).alias(column))

    return fill


def _named(frame: "pl.DataFrame") -> "pl.DataFrame":
    """A column that no format declares."""
    import polars as pl

    return frame.with_columns(pl.lit("x").alias("Modication"))


def _third(column: str, value: object) -> Callable[["pl.DataFrame"], "pl.DataFrame"]:
    """Every third loan has another value: a code whose meaning changed."""

    def change(frame: "pl.DataFrame") -> "pl.DataFrame":
        import polars as pl

        is_third = pl.col("loan_id").str.slice(1).cast(pl.Int64) % 3 == 0
        other = pl.lit(value, dtype=frame.schema[column])
        return frame.with_columns(
            pl.when(is_third).then(other).otherwise(pl.col(column)).alias(column)
        )

    return change


def _score_of_another_scale(frame: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    score = pl.col("credit_score")
    return frame.with_columns((score // 2).cast(frame.schema["credit_score"]))


FILE_KINDS: dict[str, FileKind] = {
    kind.name: kind
    for kind in (
        FileKind("no_control_file", "control_file_absent", control=_without_control),
        FileKind("rows_not_as_controlled", "control_row_count_differs", control=_fewer_rows),
        FileKind("total_not_as_controlled", "control_total_differs", control=_other_total),
        FileKind(
            "no_last_line_break",
            "final_line_break_missing",
            file=_cut_last_break,
            only_in_text=True,
        ),
        FileKind(
            "cut_at_rows",
            "file_cut_at_rows",
            file=_cut_at_rows,
            control=_without_control,
            only_in_text=True,
        ),
        FileKind(
            "cut_at_bytes",
            REFUSED,
            file=_cut_at_bytes,
            control=_without_control,
            only_in_text=True,
        ),
        FileKind("misspelt_column", "unknown_column", "Modication", rows=_named),
        FileKind(
            "column_blanked", "column_emptied", "credit_score", rows=_filled("credit_score", None)
        ),
        FileKind(
            "one_borrower",
            "borrower_of_too_many_loans",
            "borrower_id",
            rows=_filled("borrower_id", "/user/"),
        ),
        FileKind(
            "class_of_another_meaning",
            "status_share_moved",
            "five_class_code",
            rows=_third("five_class_code", "substandard"),
        ),
        FileKind(
            "product_of_another_name",
            "product_share_moved",
            "product_code",
            rows=_third("product_code", "auto_loan"),
        ),
        FileKind(
            "region_for_unknown",
            "region_share_moved",
            "region_code",
            rows=_third("region_code", "CN-ZJ"),
        ),
        FileKind(
            "score_of_another_scale",
            "credit_score_drifted",
            "credit_score",
            rows=_score_of_another_scale,
        ),
        *SERVICING,
    )
}
"""Each spoils a whole file, by name."""
