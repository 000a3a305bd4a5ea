"""What a version of a month restates: each figure of its report that is not as it was published.

close.restatement       one row per version that took the place of a published one
close.restated_figure   one row per figure of it that is not as published
"""

from collections.abc import Sequence
from dataclasses import astuple, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.close.month import Month
from flows.close.stage import insert_rows
from flows.lake.connection import open_lake
from flows.lake.rows import cells_of_month, columns_of, rows_on
from flows.lake.tables import Table, published_tables
from reports.comparison import EXACT, Difference, find_differences
from reports.pack import RestatedFigure

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from reports.pack import ReportPack

PLACES = Decimal("0.00000001")
"""No figure of a report has more places."""
RESTATEMENT, FIGURE = "close.restatement", "close.restated_figure"
FIGURE_COLUMNS = (
    "report_table_id",
    "figure_row_name",
    "figure_name",
    "published_text",
    "corrected_text",
    "figure_difference",
)
"""The columns of a row that are the fields of a RestatedFigure."""


def stage_restatement(
    connection: "DuckDBPyConnection",
    month: Month,
    pack: "ReportPack",
    published: "ReportPack | None",
) -> "ReportPack":
    """Write both tables into the database of the month; the pack with what it restates.

    `published` is the version that was published last, None where none was: then the tables are empty. What
    earlier versions restated stays in them, but for a draft that was never published.
    """
    for table in _tables():
        connection.execute(f"create table {table.full_name} ({table.definition()})")
    if published is None:
        return pack
    for table in _tables():
        earlier = _earlier_rows(month, table, published.lake_snapshot)
        insert_rows(connection, table.full_name, earlier)
    figures = [_restated(one) for one in find_differences(pack, published)]
    insert_rows(connection, RESTATEMENT, [_version_row(month, pack, published, len(figures))])
    version = (
        pack.deal_id,
        pack.as_of_date,
        published.lake_snapshot,
        published.run_id,
        pack.run_id,
    )
    rows = [(*version, number, *astuple(one)) for number, one in enumerate(figures, start=1)]
    insert_rows(connection, FIGURE, rows)
    return replace(pack, restated=tuple(figures))


def read_restated(
    connection: "DuckDBPyConnection",
    deal_id: str,
    month: str,
    run_id: str,
    at: str,
) -> tuple[RestatedFigure, ...] | None:
    """What the run restated when it was committed, as the lake has it; None where it restated nothing.

    `at` says the snapshot, as `cells_of_month` wants it behind a table.
    """
    if not columns_of(connection, f"lake.{RESTATEMENT} {at}"):
        return None  # A month of an earlier release.
    own = ("published_snapshot_id", "run_id")
    versions = cells_of_month(connection, own, f"lake.{RESTATEMENT} {at}", deal_id, month, own[0])
    if not versions or versions[-1][1] != run_id:
        return None
    columns = (own[0], *FIGURE_COLUMNS)
    rows = cells_of_month(connection, columns, f"lake.{FIGURE} {at}", deal_id, month, "line_number")
    return tuple(RestatedFigure(*row) for last, *row in rows if last == versions[-1][0])


def _tables() -> list[Table]:
    return [table for table in published_tables() if table.full_name in (RESTATEMENT, FIGURE)]


def find_superseded(connection: "DuckDBPyConnection", pack: "ReportPack") -> int | None:
    """The snapshot of the published version whose place this one takes; None where it takes none's."""
    at = f"lake.{RESTATEMENT} at (version => {pack.lake_snapshot})"
    if not columns_of(connection, at):
        return None  # A month of an earlier release.
    own = ("published_snapshot_id", "run_id")
    rows = cells_of_month(connection, own, at, pack.deal_id, pack.month, own[0])
    return next((snapshot for snapshot, run_id in reversed(rows) if run_id == pack.run_id), None)


def _earlier_rows(month: Month, table: Table, published: int) -> Sequence[tuple[Any, ...]]:
    """What the versions up to that snapshot restated: what drafts since would have is of no version."""
    with open_lake(month.request.home.lake) as lake:
        rows = rows_on(lake, table.full_name, month.run.deal_id, month.run.as_of_date)
        rows = rows.filter(f"published_snapshot_id < {published}")
        return rows.project(", ".join(column.name for column in table.columns)).fetchall()


def _version_row(
    month: Month, pack: "ReportPack", published: "ReportPack", count: int
) -> tuple[Any, ...]:
    with open_lake(month.request.home.lake) as lake:
        source = f"lake.close.run at (version => {published.lake_snapshot})"
        cells = ("tape_sha256",)
        [(tape_sha256,)] = cells_of_month(lake, cells, source, pack.deal_id, pack.month)
    return (
        pack.deal_id,
        pack.as_of_date,
        published.lake_snapshot,
        published.run_id,
        pack.run_id,
        tape_sha256,
        month.run.tape_sha256,
        published.terms_sha256,
        pack.terms_sha256,
        published.code_version,
        pack.code_version,
        count,
    )


def _restated(one: Difference) -> RestatedFigure:
    published, corrected = _as_text(one.other), _as_text(one.one)
    amount = None if one.amount is None else one.amount.quantize(PLACES, context=EXACT)
    return RestatedFigure(one.table_id, one.row, one.column, published, corrected, amount)


def _as_text(value: Any) -> str | None:
    """As DuckDB shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"  # Never 0E-8.
    return None if value is None else str(value)
