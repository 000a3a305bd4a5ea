"""Last month's tape beside the month's: the lake's own files where they are its rows, else a copy."""

import duckdb
import pytest

from deals.dates.calendar import period_of
from deals.load import load_terms
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from flows.lake.last_tape import lay_last_tape, make_tables

DEAL, MONTH = "huabei_2017_1", "2017-08"
OF_LAST = f"lake.intake.loan_tape where deal_id = '{DEAL}' and as_of_date = date '2017-07-31'"


@pytest.mark.parametrize("deleted", [0, 1])
def test_last_months_tape_has_the_rows_of_the_lake_whether_copied_or_not(
    home: Home, deleted: int
) -> None:
    period = period_of(load_terms(DEAL, find_deals()), MONTH)
    with open_lake(home.lake, write=True) as lake, duckdb.connect() as scratch:
        if deleted:
            [(loan_id,)] = lake.execute(f"select min(loan_id) from {OF_LAST}").fetchall()
            lake.execute(f"delete from {OF_LAST} and loan_id = ?", [loan_id])
        scratch.execute("create schema closed")
        make_tables(scratch)
        lay_last_tape(scratch, lake, period)
        [(is_view,)] = scratch.execute(
            "select count(*) from duckdb_views() where schema_name = 'closed'"
        ).fetchall()
        assert bool(is_view) == (not deleted)
        columns = ", ".join(scratch.sql("from closed.last_tape").columns)
        expected = lake.execute(f"select {columns} from {OF_LAST} order by loan_id").fetchall()
        found = scratch.execute(
            f"select {columns} from closed.last_tape order by loan_id"
        ).fetchall()
    assert len(found) > 1_000
    assert found == expected
