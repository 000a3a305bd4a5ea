"""What of last month's tape lies beside a month is what the lake keeps of it."""

from datetime import date

import duckdb
import pytest

from deals.dates.calendar import Period, period_of
from deals.load import load_deal
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from flows.lake.last_tape import NARROW, find_returned, lay_last_tape, make_tables

DEAL = "huabei_2017_1"


@pytest.fixture
def scratch() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema closed; create schema landed")
    make_tables(connection)
    connection.execute("""
        create table landed.tape_row (
            loan_id varchar, origination_date date, opening_balance decimal(18, 2),
            closing_balance decimal(18, 2)
        )""")
    return connection


def period(month: str) -> Period:
    return period_of(load_deal(DEAL, find_deals()).terms, month)


def test_the_whole_book_of_last_month_is_laid_beside_with_its_columns_counted(
    closed_home: Home, scratch: duckdb.DuckDBPyConnection
) -> None:
    with open_lake(closed_home.lake) as lake:
        lay_last_tape(scratch, lake, period("2017-08"))
        columns = ", ".join(NARROW)
        of_july = "from lake.intake.loan_tape where as_of_date = date '2017-07-31'"
        expected = lake.execute(f"select {columns} {of_july} order by all").fetchall()
        counts = lake.execute(
            f"select count(*), count(currency_code), count(adjustment_code) {of_july}"
        )
        row_count, currencies, adjustments = counts.fetchall()[0]
    assert len(expected) > 2000
    assert scratch.execute("from closed.last_tape order by all").fetchall() == expected
    filled = scratch.execute("""
        select column_name, filled_count, row_count from closed.last_column
        where column_name in ('currency_code', 'adjustment_code') order by column_name""").fetchall()
    assert filled == [
        ("adjustment_code", adjustments, row_count),
        ("currency_code", currencies, row_count),
    ]
    assert scratch.execute("select count(*) from closed.last_file").fetchall() == [(1,)]
    rules = scratch.execute("select count(*) from closed.last_verdict where failing_count = 0")
    assert rules.fetchall()[0][0] > 200


def test_beside_the_first_month_lies_nothing(
    closed_home: Home, scratch: duckdb.DuckDBPyConnection
) -> None:
    with open_lake(closed_home.lake) as lake:
        lay_last_tape(scratch, lake, period("2017-06"))
        find_returned(scratch, lake, period("2017-06"))
    for table in ("last_tape", "last_column", "last_file", "last_verdict", "returned_loan"):
        assert scratch.execute(f"from closed.{table}").fetchall() == []


def test_a_loan_that_june_had_and_july_had_not_came_back_in_august(
    closed_home: Home, scratch: duckdb.DuckDBPyConnection
) -> None:
    with open_lake(closed_home.lake) as lake:
        lay_last_tape(scratch, lake, period("2017-08"))
        june, july = (
            lake.execute(
                "select min(loan_id) from lake.intake.loan_tape where as_of_date = ?::date "
                "and loan_id not in (select loan_id from lake.intake.loan_tape where as_of_date <> ?::date)",
                [day, day],
            ).fetchall()[0][0]
            for day in ("2017-06-30", "2017-07-31")
        )
        scratch.execute(
            "insert into landed.tape_row values (?, ?, 5, 4), (?, ?, 5, 4), ('new', ?, 5, 4)",
            [june, date(2016, 1, 1), july, date(2016, 1, 1), date(2016, 1, 1)],
        )
        find_returned(scratch, lake, period("2017-08"))
        returned = scratch.execute("from closed.returned_loan").fetchall()
        assert returned == [(june, date(2017, 6, 30))]
        # A row that was set aside last month is no absence.
        scratch.execute("delete from closed.returned_loan")
        scratch.execute("insert into closed.last_set_aside values (?)", [june])
        find_returned(scratch, lake, period("2017-08"))
        assert scratch.execute("from closed.returned_loan").fetchall() == []


@pytest.mark.parametrize("deleted", [0, 1])
def test_the_lake_s_own_files_are_shown_only_where_they_are_its_rows(
    home: Home, scratch: duckdb.DuckDBPyConnection, deleted: int
) -> None:
    of_july = "from lake.intake.loan_tape where as_of_date = date '2017-07-31'"
    with open_lake(home.lake, write=True) as lake:
        if deleted:
            [(loan_id,)] = lake.execute(f"select min(loan_id) {of_july}").fetchall()
            lake.execute(f"delete {of_july} and loan_id = ?", [loan_id])
        lay_last_tape(scratch, lake, period("2017-08"))
        expected = lake.execute(f"select {', '.join(NARROW)} {of_july} order by all").fetchall()
    views = scratch.execute("select count(*) from duckdb_views() where schema_name = 'closed'")
    assert views.fetchall() == [(1 - deleted,)]
    assert scratch.execute("from closed.last_tape order by all").fetchall() == expected
