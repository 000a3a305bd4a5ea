"""Months that were rehearsed come into the lake: nothing is asked of a table that never had a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from flows.home import Home
from flows.lake.connection import _instance, open_lake, tables_with_rows
from flows.lake.files import copy_lake
from flows.lake.publish import adopt_months
from flows.lake.tables import published_tables

DEAL = "huabei_2017_1"
MONTHS = [(DEAL, date(2017, 6, 30)), (DEAL, date(2017, 7, 31))]
TABLES = [table.full_name for table in published_tables() if not table.is_view]
OWN, REHEARSED = "close.restatement", "pool.event"
"""Two tables of which no close so far made a row."""


@contextmanager
def log_of_questions() -> Iterator[list[str]]:
    """What DuckDB is asked meanwhile."""
    asked: list[str] = []
    duckdb = _instance().cursor()
    duckdb.execute("call enable_logging('QueryLog')")
    try:
        yield asked
    finally:
        duckdb.execute("call disable_logging()")
        found = duckdb.execute("select message from duckdb_logs where type = 'QueryLog'")
        asked += [message for (message,) in found.fetchall()]


def rows(lake: Path) -> dict[str, int]:
    with open_lake(lake) as connection:
        found = {name: connection.sql(f"select count(*) from lake.{name}") for name in TABLES}
        return {name: relation.fetchall()[0][0] for name, relation in found.items()}


def filled(lake: Path) -> set[str]:
    with open_lake(lake) as connection:
        return set(tables_with_rows(connection)) & set(TABLES)


@pytest.fixture
def lakes(closed_home: Home, tmp_path: Path) -> tuple[Path, Path]:
    """The lake with two closed months, and a rehearsal of it."""
    own, rehearsed = tmp_path / "own", tmp_path / "rehearsed"
    for lake in (own, rehearsed):
        copy_lake(closed_home.lake, lake)
    return own, rehearsed


def add_row(lake: Path, table: str) -> None:
    with open_lake(lake, write=True) as connection:
        connection.execute(
            f"insert into lake.{table} (deal_id, as_of_date) values ('{DEAL}', date '2017-07-31')"
        )


def test_nothing_is_asked_of_tables_that_never_had_a_row(lakes: tuple[Path, Path]) -> None:
    own, rehearsed = lakes
    before = rows(own)
    assert {OWN, REHEARSED} < set(TABLES) - filled(own)
    with log_of_questions() as asked:
        adopt_months(own, rehearsed, MONTHS, "restate", {})
    words = {word for question in asked for word in question.split()}
    assert {name for name in TABLES if f"lake.{name}" in words} == filled(own)
    assert rows(own) == before


def test_what_one_of_the_lakes_alone_has_goes_or_comes(lakes: tuple[Path, Path]) -> None:
    own, rehearsed = lakes
    before = rows(own)
    add_row(own, OWN)
    add_row(rehearsed, REHEARSED)
    adopt_months(own, rehearsed, MONTHS, "restate", {})
    assert rows(own) == before | {REHEARSED: 1}
