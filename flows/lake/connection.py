"""The warehouse: a DuckLake with a SQLite catalog."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tapes.land.disk import is_disk_full, naming_full_disk
from tapes.quiet import hide_progress_bar
from tapes.sql_text import first_line, quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXTENSIONS = {
    "sqlite_scanner": "duckdb_extension_sqlite_scanner",
    "ducklake": "duckdb_extension_ducklake",
}
CATALOG = "catalog.sqlite"
BUSY_MILLISECONDS = 5000
# All but one of DuckDB's errors of a Parquet file name it.
DAMAGED_FILE = re.compile(r"/data/.*\.parquet|TProtocolException")


class LakeError(Exception):
    """The lake cannot be used as asked: one line that says what, where and what to do."""


class LakeBusy(LakeError):
    """Another writer holds the lake: it may pass."""


class LakeDamaged(LakeError):
    """A Parquet file of the lake cannot be read: its catalog can."""


@cache
def _instance() -> "DuckDBPyConnection":
    """This process's DuckDB for the lake, with its extensions loaded once: that takes longer than a query."""
    import duckdb

    connection = duckdb.connect()
    load_extensions(connection)
    # Most that is read are the facts of months, for which a second thread costs more than it brings.
    connection.execute("set threads = 1")
    return connection


@contextmanager
def on_threads(count: int | None) -> Iterator[None]:
    """Let this process's queries of the lake take so many threads; None: as many as the machine has cores."""
    _instance().execute("reset threads" if count is None else f"set threads = {count}")
    try:
        yield
    finally:
        _instance().execute("set threads = 1")


def load_extensions(connection: "DuckDBPyConnection") -> None:
    """Load DuckLake and its SQLite catalog from the wheels that carry them: no download."""
    for name, package in EXTENSIONS.items():
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise LakeError(
                f"DuckDB extension {name}: the package {package.replace('_', '-')} is not installed, "
                "expected it from uv.lock; run `uv sync`"
            )
        file = next(Path(spec.origin).parent.rglob(f"{name}.duckdb_extension"))
        connection.execute(f"load {quote_text(file)}")


def lake_exists(folder: Path) -> bool:
    """Whether anything was ever published into the lake.

    A catalog of 0 bytes without data is what a first publish leaves that was killed at once.
    """
    catalog = folder / CATALOG
    return catalog.is_file() and (
        catalog.stat().st_size > 0 or any((folder / "data").rglob("*.parquet"))
    )


def lake_columns(connection: "DuckDBPyConnection") -> dict[str, set[str]]:
    """The names of the columns of every table and view of the lake, by `schema.table`."""
    # Not duckdb_tables(): it counts the rows of every table, which takes a lake ten times as long.
    rows = connection.execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() "
        "where database_name = 'lake' group by all"
    ).fetchall()
    return {name: set(columns) for name, columns in rows}


def tables_with_rows(connection: "DuckDBPyConnection", database: str = "lake") -> frozenset[str]:
    """The tables of the lake, or of one attached beside it, as `schema.table`, that ever had a row.

    To read one that never had takes the lake longer than one with rows: two tables of its catalog tell.
    Source: the DuckLake specification, tables `ducklake_table` and `ducklake_table_stats`.
    """
    catalog = f"__ducklake_metadata_{database}"
    rows = connection.execute(
        f"select schema_name || '.' || table_name from {catalog}.ducklake_table_stats "
        f"join {catalog}.ducklake_table using (table_id) "
        f"join {catalog}.ducklake_schema using (schema_id)"
    ).fetchall()
    return frozenset(name for (name,) in rows)


def has_table(connection: "DuckDBPyConnection", full_name: str) -> bool:
    """Whether the lake has the table `schema.table`: not before the first publish that knew it."""
    return full_name in lake_columns(connection)


@contextmanager
def open_lake(folder: Path, *, write: bool = False) -> Iterator["DuckDBPyConnection"]:
    """A connection with the lake attached as `lake` and in use; read-only unless `write`.

    A lake that does not exist yet is made by the first writer and is a LakeError for a reader, as is
    one whose files are damaged.
    """
    if write:
        folder.mkdir(parents=True, exist_ok=True)
    else:
        _check_exists(folder)
    # With a write-ahead log a commit locks no reader out; the mode stays with the catalog's file.
    # Rows lie in files alone: those that the catalog holds take longer to read.
    mode = ", meta_journal_mode 'wal', data_inlining_row_limit 0" if write else ", read_only"
    with _attached(_instance().cursor(), folder, mode) as connection:
        yield connection


@contextmanager
def one_snapshot(connection: "DuckDBPyConnection") -> Iterator[None]:
    """Read several tables of the lake as of one snapshot, which is looked up once and not for each."""
    connection.execute("begin")
    try:
        yield
    finally:
        connection.execute("rollback")


@contextmanager
def open_locked_lake(folder: Path, snapshot: int | None = None) -> Iterator["DuckDBPyConnection"]:
    """The lake for a query that anybody wrote: no file but the lake's, no network, no setting.

    It is as it stands, or as it stood at a snapshot. LakeError as `open_lake` says. What a query spills lies
    in a folder of its own, and goes with it.
    """
    import duckdb

    _check_exists(folder)
    own = duckdb.connect()
    load_extensions(own)
    mode = ", read_only" + (f", snapshot_version {snapshot}" if snapshot is not None else "")
    with TemporaryDirectory(prefix="tapehouse-") as spill, _attached(own, folder, mode):
        own.execute(f"set temp_directory = {quote_text(spill)}")
        own.execute(f"set allowed_directories = [{quote_text(folder)}, {quote_text(spill)}]")
        own.execute("set enable_external_access = false")
        own.execute("set lock_configuration = true")
        yield own


def _check_exists(folder: Path) -> None:
    if not lake_exists(folder):
        raise LakeError(
            f"{folder}: there is no lake yet, expected {CATALOG}; close a first month with "
            "`tapehouse close`, or set TAPEHOUSE_HOME to the folder that holds one"
        )


def is_damage(error: Exception) -> bool:
    """Whether DuckDB's error is of a Parquet file of a lake that it cannot read, not of a query."""
    return DAMAGED_FILE.search(str(error)) is not None


@contextmanager
def _attached(
    connection: "DuckDBPyConnection", folder: Path, mode: str
) -> Iterator["DuckDBPyConnection"]:
    """The connection with the lake attached; what its files lack is a LakeError."""
    import duckdb

    hide_progress_bar(connection)
    try:
        with naming_full_disk(folder / CATALOG):
            _attach(connection, folder, mode)
            yield connection
    except duckdb.Error as error:
        _raise_if_busy(folder, error)
        if not is_damage(error) or is_disk_full(error):
            raise
        raise LakeDamaged(
            f"{folder}: a file of the lake is damaged or gone ({first_line(error)}), expected it as it "
            "was written; `tapehouse check` lists such files: restore them from a backup, or move the "
            "lake away and close its months again from the landed tapes"
        ) from error
    finally:
        _detach_all(connection)
        connection.close()


def _attach(connection: "DuckDBPyConnection", folder: Path, mode: str) -> None:
    import duckdb

    try:
        with naming_full_disk(folder / CATALOG):
            connection.execute(
                f"attach {quote_text(f'ducklake:sqlite:{folder / CATALOG}')} as lake "
                f"(data_path {quote_text(folder / 'data')}, override_data_path true, "
                f"meta_busy_timeout {BUSY_MILLISECONDS}{mode})"
            )
    except duckdb.Error as error:
        _raise_if_busy(folder, error)
        if is_disk_full(error):
            raise
        raise LakeError(
            f"{folder / CATALOG}: expected the catalog of a lake, found {first_line(error)}; "
            "restore it from a backup, or move the lake away and close its months again from the "
            "landed tapes"
        ) from error
    connection.execute("use lake")


def attach_beside(connection: "DuckDBPyConnection", folder: Path, name: str) -> None:
    """Attach another lake to a connection that has one, read-only."""
    connection.execute(
        f"attach {quote_text(f'ducklake:sqlite:{folder / CATALOG}')} as {name} "
        f"(data_path {quote_text(folder / 'data')}, override_data_path true, read_only)"
    )


def _raise_if_busy(folder: Path, error: Exception) -> None:
    if "locked" in str(error):
        raise LakeBusy(
            f"{folder / CATALOG}: another process holds the lake's catalog ({first_line(error)}), "
            "expected a short wait; let it end and run the same command again"
        ) from error


def _detach_all(connection: "DuckDBPyConnection") -> None:
    """Let go of every file, after whatever happened: the instance stays, its databases do not."""
    import duckdb

    with suppress(duckdb.TransactionException):  # There is none to roll back, mostly.
        connection.rollback()
    connection.execute("use memory")
    attached = connection.execute(
        "select database_name from duckdb_databases() where not internal and database_name != 'memory'"
    ).fetchall()
    for (name,) in attached:
        connection.execute(f"detach {name}")
