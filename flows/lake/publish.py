"""Commit a month to the lake: one transaction that replaces the deal and month in every table."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from flows.lake.connection import CATALOG, LakeBusy, LakeError, lake_columns, open_lake
from flows.lake.files import add_files
from flows.lake.tables import Table, published_tables
from tapes.land.disk import naming
from tapes.sql_text import quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PUBLISH_ATTEMPTS = 12
WAIT_SECONDS = 60.0
"""A commit of 10,000,000 loans takes a few seconds."""
UNFINISHED = "commit.unfinished"


def publish_month(
    folder: Path, scratch_database: Path, deal_id: str, as_of_date: str, run: Mapping[str, Any]
) -> int:
    """Replace one deal and month in every table, in one transaction; return the snapshot.

    The scratch database keeps the name `build` under which its views know their tables.
    `run` goes into the snapshot's message (its `run_id` finds the snapshot again). Another writer is
    waited for; a reader sees the old month until the commit. LakeBusy when the wait is too long.
    """
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "commit.lock", timeout=WAIT_SECONDS, thread_local=False):
            for attempt in range(PUBLISH_ATTEMPTS):
                try:
                    return _commit(folder, scratch_database, deal_id, as_of_date, run)
                except (duckdb.Error, LakeError) as error:
                    if "locked" not in str(error) and "conflict" not in str(error).lower():
                        raise
                    time.sleep(min(0.1 * 2**attempt, 5))
    except Timeout:
        pass
    raise LakeBusy(
        f"{folder / CATALOG}: another writer holds the lake, expected a short wait; let it end and run "
        "the same command again"
    )


def _commit(
    folder: Path, scratch_database: Path, deal_id: str, as_of_date: str, run: Mapping[str, Any]
) -> int:
    # It is there while a commit is under way, so what finds it comes after one that was cut off.
    marker = folder / UNFINISHED
    was_cut_off = marker.exists()
    with naming(marker):
        marker.write_text(f"{deal_id} {as_of_date[:7]}\n", encoding="utf-8")
    with open_lake(folder, write=True) as connection:
        if was_cut_off:
            # One commit at a time: what no snapshot knows of was left by the one that was cut off.
            connection.execute("call ducklake_delete_orphaned_files('lake', cleanup_all => true)")
        connection.execute(f"attach {quote_text(scratch_database)} as build (read_only)")
        connection.execute("begin")
        known = lake_columns(connection)
        is_new = not _is_closed(connection, known, deal_id, as_of_date)
        for table in published_tables():
            if not table.is_view:
                _make_ready(connection, table, known.get(table.full_name))
                if not is_new:
                    _delete(connection, table, deal_id, as_of_date)
                if table.files_in:
                    query = f"select file_path from build.{table.files_in}"
                    files = [file for (file,) in connection.execute(query).fetchall()]
                    add_files(connection, folder, table, deal_id, as_of_date, files)
                else:
                    _insert(connection, table)
        for view in published_tables():
            if view.is_view:
                _replace_view(connection, view)
        connection.execute(
            "call lake.set_commit_message('tapehouse', ?, extra_info => ?)",
            [f"close {deal_id} {as_of_date[:7]}", json.dumps(dict(run), sort_keys=True)],
        )
        connection.execute("commit")
        marker.unlink()
        return snapshot_of_run(connection, run["run_id"])


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


def _make_ready(connection: "DuckDBPyConnection", table: Table, known: set[str] | None) -> None:
    """Make the table, or the columns that it lacks."""
    if known is None:
        _create(connection, table)
        return
    for column in table.columns:
        if column.name not in known:
            connection.execute(
                f"alter table lake.{table.full_name} add column {column.name} {column.data_type}"
            )


def _delete(connection: "DuckDBPyConnection", table: Table, deal_id: str, as_of_date: str) -> None:
    """Take the month's rows out of the lake: a file of which none is left goes with them."""
    connection.execute(
        f"delete from lake.{table.full_name} where deal_id = ? and as_of_date = ?",
        [deal_id, as_of_date],
    )


def _insert(connection: "DuckDBPyConnection", table: Table) -> None:
    """Put in the scratch database's rows of the month."""
    columns = ", ".join(column.name for column in table.columns)
    connection.execute(
        f"insert into lake.{table.full_name} ({columns}) "
        f"select {columns} from build.{table.full_name}"
    )


def _replace_view(connection: "DuckDBPyConnection", view: Table) -> None:
    """Let the lake's view ask of the lake's tables what the scratch database's asks of its own."""
    query = _view_query(connection, "build", view).replace("build.", "")
    if _view_query(connection, "lake", view) != query:
        connection.execute(f"create or replace view lake.{view.full_name} as {query}")


def _view_query(connection: "DuckDBPyConnection", database: str, view: Table) -> str:
    """The select of a view; empty when there is no such view."""
    found = connection.execute(
        "select sql from duckdb_views() where database_name = ? and schema_name = ? and view_name = ?",
        [database, view.schema, view.name],
    ).fetchone()
    return found[0].partition(" AS ")[2].rstrip(";\n ") if found else ""


def _create(connection: "DuckDBPyConnection", table: Table) -> None:
    """Make the table, partitioned by deal and month, with its meaning as comments."""
    name = f"lake.{table.full_name}"
    connection.execute(f"create schema if not exists lake.{table.schema}")
    connection.execute(f"create table {name} ({table.definition()})")
    connection.execute(f"alter table {name} set partitioned by (deal_id, as_of_date)")
    connection.execute(f"comment on table {name} is {quote_text(table.description)}")
    for column in table.columns:
        connection.execute(
            f"comment on column {name}.{column.name} is {quote_text(column.description)}"
        )
