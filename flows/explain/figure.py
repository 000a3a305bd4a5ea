"""Find the figure that is asked for: a table of the report, a row of it by name or number, a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.close.report import is_stated_once, read_borrowers
from flows.explain.trace import Place, Step, trace
from flows.lake.publish import snapshot_of_run
from flows.lake.rows import cells_of_month, columns_of
from flows.lake.tables import Table, published_tables
from flows.refusals import UsageError
from reports.comparison import call_rows
from reports.formatting import NUMBERS
from reports.pack import ReportTable
from reports.publish.suppression import find_small_cells
from reports.words import load_words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ORDERS = ("line_number", "round_number")


@dataclass(frozen=True)
class Figure:
    """Which figure is asked for, as a user names it."""

    deal_id: str
    month: str
    table: str
    row: str
    column: str

    @property
    def place(self) -> str:
        return f"{self.deal_id} {self.month}"


def explain(lake: "DuckDBPyConnection", figure: Figure) -> tuple[Table, Step, int | None]:
    """The report table and the figure with all that is behind it; UsageError names what is not there.

    Where the published report does not state the figure, of how many borrowers it would have to be.
    """
    table = _find_table(figure)
    place = find_place(lake, figure)
    rows = place.ask(f"select * from {place.rows(table.full_name)}{_order(table)}")
    at = _find_row(table, rows, figure)
    if figure.column not in figure_columns(table):
        raise UsageError(
            f"{table.meta['table_id']}: {figure.column!r} is no figure of it, expected one of "
            f"{', '.join(figure_columns(table)) or 'none: it has words alone'}"
        )
    below = _suppress_below(place)
    is_small = below is not None and _is_small(place, figure, table, rows, at, below)
    return (
        table,
        trace(place, table.full_name, rows[at], figure.column),
        below if is_small else None,
    )


def _is_small(
    place: Place,
    figure: Figure,
    table: Table,
    rows: Sequence[dict[str, Any]],
    at: int,
    below: int,
) -> bool:
    """Whether the figure is left out of what is published, with or for one of too few borrowers."""
    columns = tuple(each.name for each in table.columns)
    values = tuple(tuple(row[name] for name in columns) for row in rows)
    stated = ReportTable(
        table.meta["table_id"],
        table.name,
        "",
        "",
        "rows",
        columns,
        values,
        divides=table.meta.get("divides", ""),
        scope="initial" if is_stated_once(table) else "pool",
    )
    as_closed = f"at (version => {place.snapshot})"
    borrowers = read_borrowers(place.lake, figure.deal_id, figure.month, "lake.", as_closed)
    return (at, columns.index(figure.column)) in find_small_cells(stated, below, borrowers)


def _suppress_below(place: Place) -> int | None:
    """Of how many borrowers a figure of the month must be to be published; None where every one is."""
    known = columns_of(place.lake, "lake.close.run")
    if "suppress_below_count" not in known:  # the lake of an earlier release
        return None
    return place.ask(f"select suppress_below_count from {place.rows('close.run')}")[0][
        "suppress_below_count"
    ]


def figure_columns(table: Table) -> tuple[str, ...]:
    """The columns of a report table that hold figures: amounts, counts, rates, months; not keys or words."""
    words = load_words()
    return tuple(
        column.name
        for column in table.columns
        if words.kind(column.name) in NUMBERS and not column.name.endswith("_number")
    )


def report_tables() -> tuple[Table, ...]:
    """The tables of the report, in its order."""
    return tuple(table for table in published_tables() if "table_id" in table.meta)


def _find_table(figure: Figure) -> Table:
    tables = report_tables()
    for table in tables:
        if figure.table.lower() in (table.meta["table_id"].lower(), table.name):
            return table
    known = ", ".join(table.meta["table_id"] for table in tables)
    raise UsageError(f"{figure.table}: no table of the report, expected one of {known}")


def find_place(lake: "DuckDBPyConnection", figure: Figure) -> Place:
    """The month of the figure in the lake, as its run committed it; UsageError where it is not closed."""
    facts = ("run_id", "as_of_date")
    found = cells_of_month(lake, facts, "lake.close.run", figure.deal_id, figure.month)
    if not found:
        raise UsageError(
            f"{figure.place}: not in the lake, expected a closed month (`tapehouse status` lists them); "
            f"run `tapehouse close {figure.deal_id} {figure.month}`"
        )
    [(run_id, as_of_date)] = found
    place = Place(lake, figure.deal_id, as_of_date, None, snapshot_of_run(lake, run_id))
    return place.after_last()


def _order(table: Table) -> str:
    names = [column.name for column in table.columns]
    order = next((name for name in ORDERS if name in names), "")
    return f" order by {order}" if order else ""


def _find_row(table: Table, rows: Sequence[dict[str, Any]], figure: Figure) -> int:
    """The place of the row, from 0."""
    columns = tuple(column.name for column in table.columns)
    called = call_rows(columns, [tuple(row[name] for name in columns) for row in rows])
    names = {name: number for number, name in enumerate(called)}
    if figure.row in names:
        return names[figure.row]
    if figure.row.isdecimal() and 0 < int(figure.row) <= len(rows):
        return int(figure.row) - 1
    alike = [number for name, number in names.items() if figure.row in name.split()]
    if len(alike) == 1:
        return alike[0]
    known = ", ".join(repr(name) for name in names if not name.isdecimal())
    raise UsageError(
        f"{figure.place} {table.meta['table_id']}: no row {figure.row!r}, expected a number from 1 to "
        f"{len(rows)}" + (f" or one of {known}" if known else "")
    )
