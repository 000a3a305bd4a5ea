"""The version of a lake: kept in it, and told apart from the one that this release writes."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from flows.home import shorten
from flows.lake.connection import LakeError, lake_columns
from flows.lake.tables import published_tables
from flows.lake.upgrade.change import Known
from flows.lake.upgrade.missing import missing_parts
from flows.lake.upgrade.steps import all_steps

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VERSIONS = "close.lake_version"
"""One row per version that the lake has had: its number, and the release that brought it there."""
FIRST = 1
"""Of a lake that keeps no version."""


def release() -> str:
    """This release, as `tapehouse --version` begins."""
    return version("tapehouse")


def version_written() -> int:
    """The version of the lakes that this release writes."""
    return all_steps()[-1].version


def version_of(connection: "DuckDBPyConnection", known: Known) -> tuple[int, str]:
    """The lake's version and the release that brought it there; of one that keeps none, 1 and empty."""
    if VERSIONS not in known:
        return FIRST, ""
    [row] = connection.execute(
        f"select version, release from lake.{VERSIONS} order by version desc limit 1"
    ).fetchall()
    return row


def keep_version(connection: "DuckDBPyConnection", number: int) -> None:
    """Write into the lake of which version it is now."""
    connection.execute("create schema if not exists lake.close")
    connection.execute(
        f"create table if not exists lake.{VERSIONS} (version integer, release varchar)"
    )
    connection.execute(f"insert into lake.{VERSIONS} values (?, ?)", [number, release()])


def refuse_other_version(connection: "DuckDBPyConnection", folder: Path) -> None:
    """LakeError where the lake is not of the version that this release writes; one line that names both."""
    if problem := describe_other_version(connection, folder, lake_columns(connection)):
        raise LakeError(problem)


def refuse_later_version(connection: "DuckDBPyConnection", folder: Path, known: Known) -> None:
    """LakeError where a later release wrote the lake."""
    if problem := _describe_later(connection, folder, known):
        raise LakeError(problem)


def describe_other_version(connection: "DuckDBPyConnection", folder: Path, known: Known) -> str:
    """Why this release may not write to the lake; empty where it may, or where nothing is in it yet."""
    if "close.run" not in known:
        return ""
    if problem := _describe_later(connection, folder, known):
        return problem
    what = _found_and_expected(connection, folder, known)
    if version_of(connection, known)[0] == version_written():
        missing = missing_parts(known)
        if not missing:
            return ""
        named = ", ".join(sorted({change.table for change in missing})[:3])
        what += f" with more tables or columns ({named}{', …' if len(missing) > 3 else ''})"
    return (
        f"{what}: an earlier release wrote it; see what changes with `tapehouse upgrade`, then run "
        "`tapehouse upgrade --apply`"
    )


def _describe_later(connection: "DuckDBPyConnection", folder: Path, known: Known) -> str:
    number, own = version_of(connection, known)[0], version_written()
    if number < own or (number == own and not _unknown_columns(known)):
        return ""
    return (
        f"{_found_and_expected(connection, folder, known)}: a later release wrote it; use that one "
        "(`tapehouse --version` names yours); sql, shell, report and status still read it"
    )


def _found_and_expected(connection: "DuckDBPyConnection", folder: Path, known: Known) -> str:
    number, by = version_of(connection, known)
    found = f"{shorten(folder)}: a lake of version {number}" + (f" (release {by})" if by else "")
    return f"{found}, expected version {version_written()} (release {release()})"


def _unknown_columns(known: Known) -> bool:
    """Whether a table has a column that this release does not know."""
    return any(
        known[table.full_name] - {column.name for column in table.columns}
        for table in published_tables()
        if table.full_name in known
    )
