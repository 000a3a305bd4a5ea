"""Ask the lake in SQL: one query, or a prompt. Nothing but the lake is read, and nothing is written."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flows.lake.as_known import AsKnown
from flows.lake.connection import is_damage, lake_columns, open_lake, open_locked_lake
from flows.lake.tables import published_tables
from flows.refusals import UsageError
from tapes.sql_text import quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")
NOW = AsKnown()
PROMPT, CONTINUED = "tapehouse> ", "       ..> "
MAX_ROWS = 10_000
ANY_WIDTH = 100_000
GAP = r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)"
EXPLAIN = re.compile(
    rf"{GAP}*explain(?:{GAP}+analyze\b)?(?:{GAP}*\([^)]*\))?{GAP}*", re.IGNORECASE | re.DOTALL
)
# The table functions that look at the lake or at nothing. Others read files, settings or secrets, write
# logs and profiles, or run a text as SQL; a new version of DuckDB may bring more of them.
ALLOWED_FUNCTIONS = frozenset(
    [
        "unnest",
        "range",
        "generate_series",
        "repeat",
        "repeat_row",
        "summary",
        "pragma_table_info",
        "duckdb_tables",
        "duckdb_views",
        "duckdb_columns",
        "duckdb_schemas",
        "duckdb_types",
        "duckdb_functions",
        "duckdb_keywords",
        "snapshots",
        "table_info",
        "table_changes",
        "table_insertions",
        "table_deletions",
        "current_snapshot",
        "ducklake_snapshots",
        "ducklake_table_info",
        "ducklake_table_changes",
        "ducklake_table_insertions",
        "ducklake_table_deletions",
        "ducklake_current_snapshot",
    ]
)
# What a spreadsheet takes for a formula at the start of a cell.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def print_query(lake: Path, query: str, *, as_csv: bool, moment: AsKnown = NOW) -> None:
    """Print the query's result; UsageError with the database's message when it is wrong."""
    with open_locked_lake(lake, _snapshot_of(lake, moment)) as connection:
        _ask(connection, query, _print_csv if as_csv else _print_table)


def _snapshot_of(lake: Path, moment: AsKnown) -> int | None:
    if moment.is_now:
        return None
    with open_lake(lake) as connection:
        return moment.find(connection)


def run_shell(lake: Path, moment: AsKnown = NOW) -> None:
    """Read statements that end in `;` until the end of the input or `exit`; Ctrl-C drops one."""
    import readline  # noqa: F401  (gives input() its history and editing)

    snapshot = _snapshot_of(lake, moment)
    with open_locked_lake(lake, snapshot) as connection:
        at = "" if snapshot is None else f" as it stood at snapshot {snapshot}"
        print(
            f"The lake{at} is attached read-only. A statement ends in `;`. Leave with `exit`. Tables:"
        )
        print(_tables_by_schema(connection))
        while True:
            try:
                statement = _read_statement()
                if statement is None:
                    return
                _ask(connection, statement, _print_table)
            except UsageError as error:
                print(error)
            except KeyboardInterrupt:
                print("\ninterrupted: the statement is dropped")


def _tables_by_schema(connection: "DuckDBPyConnection") -> str:
    """A line for each stop of the route, in its order, with the names of its tables."""
    known = lake_columns(connection)
    schemas: dict[str, list[str]] = {}
    for table in published_tables():
        if table.full_name in known:
            schemas.setdefault(table.schema, []).append(table.name)
    return "\n".join(f"  {schema}: {', '.join(names)}" for schema, names in schemas.items())


def _ask(
    connection: "DuckDBPyConnection", query: str, show: "Callable[[DuckDBPyConnection, str], None]"
) -> None:
    """Show what one reading statement gives; errors may come as late as the last row."""
    with _told_as_usage():
        refuse_all_but_reading(connection, query)
        show(connection, query)


def _wait(connection: "DuckDBPyConnection", work: Callable[[], T]) -> T:
    """Carry out the work in a thread: DuckDB may not look for a Ctrl-C until it is done."""
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(work)
        try:
            return running.result()
        except KeyboardInterrupt:
            # What has not begun yet takes no notice, and begins.
            while not running.done():
                connection.interrupt()
                wait([running], timeout=0.1)
            raise


@contextmanager
def _told_as_usage() -> Iterator[None]:
    """What the database says of a query is one line; what it says of the lake's files passes through."""
    import duckdb

    try:
        yield
    except duckdb.PermissionException:
        raise UsageError(
            "query: a file outside the lake is asked for, expected tables of the lake alone; "
            "read other files with a DuckDB of your own, and attach the lake there (read-only)"
        ) from None
    except duckdb.Error as error:
        if is_damage(error):
            raise  # A file of the lake, of which `open_locked_lake` tells.
        # DuckDB repeats the statement below its message, with a caret that needs lines of its own.
        words = re.split(r"\n+LINE \d+:", str(error).strip())[0]
        raise UsageError(
            f"query: {' '.join(words.split())}; correct it "
            '(`tapehouse sql "show all tables"` lists the tables)'
        ) from None


def refuse_all_but_reading(connection: "DuckDBPyConnection", query: str) -> None:
    """UsageError for anything but one statement that reads the lake: no write, no file, no setting."""
    if not query.isprintable() and any(0xD800 <= ord(letter) <= 0xDFFF for letter in query):
        raise UsageError(
            "query: not UTF-8, expected text; send it from a terminal that is in UTF-8"
        )
    # A pivot is two statements, of which the first was not written by the user.
    statements = [
        one
        for one in connection.extract_statements(query)
        if one.query or one.type.name == "SELECT"
    ]
    if len(statements) != 1:
        raise UsageError(
            f"query: {len(statements)} statements, expected one SELECT; ask them one by one"
        )
    kind = statements[0].type.name
    if kind == "EXPLAIN" and (explained := EXPLAIN.sub("", query, count=1)) != query:
        refuse_all_but_reading(connection, explained)
    elif kind != "SELECT":
        raise UsageError(
            f"query: {kind} is refused, expected SELECT, SHOW, DESCRIBE, SUMMARIZE or EXPLAIN: "
            "the lake is read-only; `tapehouse close` is what writes it"
        )
    for name in _table_functions(connection, query):
        if name not in ALLOWED_FUNCTIONS:
            raise UsageError(
                f"query: the table function {name} is refused, expected tables of the lake, or what looks "
                "at them alone (unnest, range, duckdb_columns, ducklake_snapshots); ask for a table"
            )


def _table_functions(connection: "DuckDBPyConnection", query: str) -> set[str]:
    """The table functions that a query calls, in lower case, wherever in it they stand."""
    # A literal and not a parameter: DuckDB imports pandas to bind one.
    row = connection.execute(f"select json_serialize_sql({quote_text(query)}::varchar)").fetchone()
    assert row is not None
    tree = json.loads(row[0])
    if not tree["error"]:
        return {name.lower() for name in _functions_below(tree)}
    # A pivot or an explanation has no tree: any word that is such a function's name counts.
    rows = connection.execute(
        "select distinct lower(function_name) from duckdb_functions() "
        "where function_type in ('table', 'table_macro', 'pragma')"
    ).fetchall()
    words = set(re.findall(r"\w+", query.lower()))
    return {
        name for (name,) in rows if name in words and re.search(rf"\b{name}\b\W*\(", query.lower())
    }


def _functions_below(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "TABLE_FUNCTION":
            yield node["function"]["function_name"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _functions_below(child)


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


def _print_table(connection: "DuckDBPyConnection", query: str) -> None:
    rows = _wait(connection, connection.sql(query).execute)
    rows.show(max_rows=MAX_ROWS, max_width=_width(), max_col_width=60)


def _print_csv(connection: "DuckDBPyConnection", query: str) -> None:
    import csv

    rows = _wait(connection, lambda: connection.execute(query))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([name for name, *_ in rows.description or ()])
    while found := rows.fetchmany(MAX_ROWS):
        writer.writerows([_disarmed(cell) for cell in row] for row in found)


def _disarmed(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV Injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _width() -> int:
    """The terminal's width; output that goes elsewhere loses no column."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else ANY_WIDTH
