"""Commit a month to the lake: one transaction that replaces the deal and month in every table."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.lake.connection import LakeError, attach_beside, lake_columns, tables_with_rows
from flows.lake.files import add_files
from flows.lake.rows import list_files
from flows.lake.tables import Table, published_tables
from flows.lake.transaction import write_alone
from flows.lake.upgrade.missing import missing_parts
from flows.lake.upgrade.version import keep_version, refuse_other_version, version_written
from tapes.sql_text import quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


Facts = Mapping[str, Any]
DECIMAL = re.compile(r"DECIMAL\((\d+), (\d+)\)")


def publish_month(
    folder: Path, scratch_database: Path, deal_id: str, as_of_date: str, run: Facts
) -> int:
    """Replace one deal and month in every table, in one transaction; return the snapshot.

    The scratch database keeps the name `build` under which its views know their tables.
    `run` goes into the snapshot's message (its `run_id` finds the snapshot again). Another writer is
    waited for; a reader sees the old month until the commit. LakeBusy when the wait is too long.
    """

    def commit(connection: "DuckDBPyConnection") -> int:
        refuse_other_version(connection, folder)
        connection.execute(f"attach {quote_text(scratch_database)} as build (read_only)")
        had = tables_with_rows(connection)
        connection.execute("begin")
        _replace_month(connection, folder, deal_id, as_of_date, had)
        _set_message(connection, f"close {deal_id} {as_of_date[:7]}", run)
        connection.execute("commit")
        return snapshot_of_run(connection, run["run_id"])

    return write_alone(folder, f"{deal_id} {as_of_date[:7]}", commit)


def adopt_months(
    folder: Path, rehearsed: Path, months: Sequence[tuple[str, date]], what: str, facts: Facts
) -> int:
    """Replace deals and months by what another lake has of them, all in one transaction; the snapshot.

    `rehearsed` is a copy of the lake in which they were closed; `what` says it in the snapshot's message,
    `facts` stand in it (the `run_id` of each finds the snapshot again). LakeBusy as `publish_month`.
    """

    def commit(connection: "DuckDBPyConnection") -> int:
        refuse_other_version(connection, folder)
        attach_beside(connection, rehearsed, "build")
        had, has = tables_with_rows(connection), tables_with_rows(connection, "build")
        connection.execute("begin")
        for table in published_tables():
            if table.full_name in had and not table.is_view:
                _delete_months(connection, table, months)
            if table.full_name in has and not table.is_view:
                _adopt_table(connection, folder, table, months)
        _replace_views(connection)
        _set_message(connection, what, facts)
        connection.execute("commit")
        return last_snapshot(connection)

    return write_alone(folder, what, commit)


def _adopt_table(
    connection: "DuckDBPyConnection",
    folder: Path,
    table: Table,
    months: Sequence[tuple[str, date]],
) -> None:
    """Put in the rehearsed months of one table at once: other writers wait for as long as this takes."""
    if not table.files_in:
        condition, values = _of_months(months)
        _insert(connection, table, condition, *values)
        return
    listed = [str(path) for path, _ in list_files(connection, table.schema, table.name, "build")]
    for deal_id, as_of_date in months:
        place = f"/deal_id={deal_id}/as_of_date={as_of_date}/"
        files = [path for path in listed if place in path]
        add_files(connection, folder, table, deal_id, as_of_date.isoformat(), files)


def _delete_months(
    connection: "DuckDBPyConnection", table: Table, months: Sequence[tuple[str, date]]
) -> None:
    condition, values = _of_months(months)
    connection.execute(f"delete from lake.{table.full_name} {condition}", values)


def _of_months(months: Sequence[tuple[str, date]]) -> tuple[str, list[str]]:
    """The condition of rows of these deals and months, with its values."""
    days = [as_of_date.isoformat() for _, as_of_date in months]
    own = " or ".join(["(deal_id = ? and as_of_date = ?)"] * len(months))
    # The first and the last day let the lake pass over the files of other months.
    values = [
        text for (deal_id, _), day in zip(months, days, strict=True) for text in (deal_id, day)
    ]
    return f"where as_of_date between ? and ? and ({own})", [min(days), max(days), *values]


def _replace_month(
    connection: "DuckDBPyConnection",
    folder: Path,
    deal_id: str,
    as_of_date: str,
    had: frozenset[str],
) -> None:
    """`had`: the tables that ever had a row."""
    known = lake_columns(connection)
    if "close.run" not in known:
        _make_lake(connection)
    is_new = not _is_closed(connection, known, deal_id, as_of_date)
    has = _filled_tables(connection)
    for table in published_tables():
        if not table.is_view:
            if not is_new and table.full_name in had:
                _delete(connection, table, deal_id, as_of_date)
            if table.files_in or table.full_name in has:
                _put_in(connection, folder, table, deal_id, as_of_date)
    _replace_views(connection)


def _set_message(connection: "DuckDBPyConnection", what: str, facts: Facts) -> None:
    connection.execute(
        "call lake.set_commit_message('tapehouse', ?, extra_info => ?)",
        [what, json.dumps(dict(facts), sort_keys=True)],
    )


def _make_lake(connection: "DuckDBPyConnection") -> None:
    """Make every table of a lake in which nothing is yet, and say of which version it is.

    Its files are as the landed ones are: a third smaller than the default's, for no more CPU time.
    """
    for option, value in (("compression", "zstd"), ("compression_level", 1), ("version", 2)):
        connection.execute(f"call lake.set_option('parquet_{option}', ?)", [value])
    for change in missing_parts({}):
        for statement in change.statements:
            connection.execute(statement)
    keep_version(connection, version_written())


def last_snapshot(connection: "DuckDBPyConnection") -> int:
    """The lake's latest snapshot."""
    found = connection.execute("select max(snapshot_id) from lake.snapshots()").fetchone()
    return found[0] if found and found[0] is not None else 0


def snapshot_of_run(connection: "DuckDBPyConnection", run_id: str) -> int:
    """The lake's snapshot in which the run was committed; LakeError when there is none."""
    found = connection.execute(
        "select max(snapshot_id) from lake.snapshots() where commit_extra_info like ?",
        [f'%"run_id": "{run_id}"%'],
    ).fetchone()
    if not found or found[0] is None:
        raise LakeError(f"lake: no snapshot of run {run_id}, expected one; close the month again")
    return found[0]


def _is_closed(
    connection: "DuckDBPyConnection", known: Mapping[str, set[str]], deal_id: str, as_of_date: str
) -> bool:
    """Whether the lake has the month: only then is there anything of it to delete."""
    if "close.run" not in known:
        return False
    return bool(
        connection.execute(
            "select 1 from lake.close.run where deal_id = ? and as_of_date = ?",
            [deal_id, as_of_date],
        ).fetchone()
    )


def _filled_tables(connection: "DuckDBPyConnection") -> frozenset[str]:
    """The tables of the scratch database that have a row: to insert nothing takes as long as a few rows."""
    counts = " union all ".join(
        f"select '{table.full_name}', count(*) from build.{table.full_name}"
        for table in published_tables()
        if not table.is_view and not table.files_in
    )
    return frozenset(name for name, count in connection.execute(counts).fetchall() if count)


def _delete(connection: "DuckDBPyConnection", table: Table, deal_id: str, as_of_date: str) -> None:
    """Take the month's rows out of the lake: a file of which none is left goes with them."""
    connection.execute(
        f"delete from lake.{table.full_name} where deal_id = ? and as_of_date = ?",
        [deal_id, as_of_date],
    )


def _put_in(
    connection: "DuckDBPyConnection", folder: Path, table: Table, deal_id: str, as_of_date: str
) -> None:
    """Put in the scratch database's rows of the month, or the files in which they lie."""
    if table.files_in:
        query = f"select file_path from build.{table.files_in}"
        files = [file for (file,) in connection.execute(query).fetchall()]
        add_files(connection, folder, table, deal_id, as_of_date, files)
        return
    _insert(connection, table)


def _insert(
    connection: "DuckDBPyConnection", table: Table, condition: str = "", *values: str
) -> None:
    columns = ", ".join(column.name for column in table.columns)
    connection.execute(
        f"insert into lake.{table.full_name} ({columns}) "
        f"select {columns} from build.{table.full_name} {condition}",
        values,
    )


def _replace_views(connection: "DuckDBPyConnection") -> None:
    for view in published_tables():
        if view.is_view:
            _replace_view(connection, view)


def _replace_view(connection: "DuckDBPyConnection", view: Table) -> None:
    """Let the lake's view ask of the lake's tables what the scratch database's asks of its own."""
    query = _view_query(connection, "build", view).replace("build.", "")
    if _even(_view_query(connection, "lake", view)) != _even(query):
        connection.execute(f"create or replace view lake.{view.full_name} as {query}")


def _even(query: str) -> str:
    """DuckDB writes a type with a space or without one, as it has bound the view by then."""
    return DECIMAL.sub(r"DECIMAL(\1,\2)", query)


def _view_query(connection: "DuckDBPyConnection", database: str, view: Table) -> str:
    """The select of a view; empty when there is no such view."""
    found = connection.execute(
        "select sql from duckdb_views() where database_name = ? and schema_name = ? and view_name = ?",
        [database, view.schema, view.name],
    ).fetchone()
    return found[0].partition(" AS ")[2].rstrip(";\n ") if found else ""
