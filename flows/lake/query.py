"""Ask the lake in SQL: one query, or a prompt."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flows.lake.connection import open_lake
from flows.refusals import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation, Statement

PROMPT, CONTINUED = "tapehouse> ", "       ..> "
MAX_ROWS = 10_000
ANY_WIDTH = 100_000
EXPLAIN = re.compile(r"\s*explain(\s+analyze)?(\s*\([^)]*\))?\s+", re.IGNORECASE)


def print_query(lake: Path, query: str, *, as_csv: bool) -> None:
    """Print the query's result; UsageError with the database's message when it is wrong."""
    with open_lake(lake) as connection:
        _ask(connection, query, _print_csv if as_csv else _print_table)


def run_shell(lake: Path) -> None:
    """Read statements that end in `;` until the end of the input or `exit`."""
    import readline  # noqa: F401  (gives input() its history and editing)

    with open_lake(lake) as connection:
        print("The lake is attached read-only. Tables: `show all tables;`. Leave with `exit`.")
        while (statement := _read_statement()) is not None:
            try:
                _ask(connection, statement, _print_table)
            except UsageError as error:
                print(error)


def _ask(
    connection: "DuckDBPyConnection", query: str, show: "Callable[[DuckDBPyRelation], None]"
) -> None:
    """Show what one reading statement gives; errors may come as late as the last row."""
    import duckdb

    try:
        _refuse_all_but_reading(connection, query)
        show(connection.sql(query))
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and "/data/" in str(error):
            raise  # A file of the lake, of which `open_lake` tells.
        # DuckDB repeats the statement below its message, with a caret that needs lines of its own.
        words = re.split(r"\n+LINE \d+:", str(error).strip())[0]
        raise UsageError(
            f"query: {' '.join(words.split())}; correct it "
            '(`tapehouse sql "show all tables"` lists the tables)'
        ) from None


def _refuse_all_but_reading(connection: "DuckDBPyConnection", query: str) -> None:
    """UsageError for anything that could write, be it to the lake, to a file or to a setting."""
    # A pivot is two statements, of which the first was not written by the user.
    statements = [one for one in connection.extract_statements(query) if one.query or _reads(one)]
    if len(statements) != 1:
        raise UsageError(
            f"query: {len(statements)} statements, expected one SELECT; ask them one by one"
        )
    kind = statements[0].type.name
    if kind == "EXPLAIN":
        _refuse_all_but_reading(connection, EXPLAIN.sub("", query, count=1))
    elif not _reads(statements[0]):
        raise UsageError(
            f"query: {kind} is refused, expected SELECT, SHOW, DESCRIBE, SUMMARIZE or EXPLAIN: "
            "the lake is read-only; `tapehouse close` is what writes it"
        )


def _reads(statement: "Statement") -> bool:
    return statement.type.name == "SELECT"


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


def _print_table(result: "DuckDBPyRelation") -> None:
    result.show(max_rows=MAX_ROWS, max_width=_width(), max_col_width=60)


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
