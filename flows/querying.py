"""Ask the lake in SQL: one query, or a prompt."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.lake import open_lake
from flows.usage import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

PROMPT, CONTINUED = "tapehouse> ", "       ..> "
MAX_ROWS = 10_000
ANY_WIDTH = 100_000


def print_query(lake: Path, query: str, *, as_csv: bool) -> None:
    """Print the query's result; UsageError with the database's message when it is wrong."""
    with open_lake(lake) as connection:
        result = _ask(connection, query)
        if result is None:
            return
        if as_csv:
            _print_csv(result)
        else:
            result.show(max_rows=MAX_ROWS, max_width=_width(), max_col_width=60)


def run_shell(lake: Path) -> None:
    """Read statements that end in `;` until the end of the input or `exit`."""
    import readline  # noqa: F401  (gives input() its history and editing)

    with open_lake(lake) as connection:
        print("The lake is attached read-only. Tables: `show all tables;`. Leave with `exit`.")
        while (statement := _read_statement()) is not None:
            try:
                result = _ask(connection, statement)
            except UsageError as error:
                print(error)
                continue
            if result is not None:
                result.show(max_rows=MAX_ROWS, max_width=_width())


def _ask(connection: "DuckDBPyConnection", query: str) -> "DuckDBPyRelation | None":
    import duckdb

    try:
        return connection.sql(query)
    except duckdb.Error as error:
        lines = str(error).strip().splitlines()
        raise UsageError(
            f"query: {' '.join(line.strip() for line in lines if line.strip())}; "
            '`tapehouse sql "show all tables"` lists the tables'
        ) from None


def _read_statement() -> str | None:
    """The next statement, over several lines if need be; None when the user leaves."""
    lines: list[str] = []
    while True:
        try:
            line = input(CONTINUED if lines else PROMPT)
        except EOFError:
            return None
        if not lines and line.strip().rstrip(";") in ("exit", "quit"):
            return None
        lines.append(line)
        if line.rstrip().endswith(";"):
            return "\n".join(lines)


def _print_csv(result: "DuckDBPyRelation") -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(result.columns)
    while rows := result.fetchmany(MAX_ROWS):
        writer.writerows(rows)


def _width() -> int:
    """The terminal's width; output that goes elsewhere loses no column."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else ANY_WIDTH
