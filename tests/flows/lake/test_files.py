"""A Parquet file that a close has written becomes rows of the lake without being written again."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from flows.lake import files
from flows.lake.connection import open_lake
from flows.lake.files import add_files
from flows.lake.tables import Column, Table

DEAL, DAY = "huabei_2017_1", "2017-07-31"
COLUMNS = tuple(
    Column(name, kind, name)
    for name, kind in {
        "deal_id": "varchar",
        "as_of_date": "date",
        "loan_id": "varchar",
        "closing_balance": "decimal(18, 2)",
    }.items()
)
TABLE = Table("intake", "loan_tape", "The tape.", COLUMNS, {})
MONTH = f"data/intake/loan_tape/deal_id={DEAL}/as_of_date={DAY}"
OWNED = f"delete from lake.intake.loan_tape where deal_id = '{DEAL}' and as_of_date = date '{DAY}'"


@pytest.fixture
def written(tmp_path: Path) -> str:
    """Rows, more than the lake keeps in its catalog, with a column more and a date of their own."""
    path = tmp_path / "rows.parquet"
    duckdb.sql("""
        select 'L' || n as loan_id, n::decimal(18, 2) as closing_balance, n as row_id,
            date '1999-01-01' as stated_as_of_date
        from range(1, 101) as row (n)""").write_parquet(str(path))
    return str(path)


def add(
    connection: duckdb.DuckDBPyConnection, lake: Path, *paths: str, deal_id: str = DEAL
) -> None:
    connection.execute("begin")
    if not connection.sql("from duckdb_schemas() where schema_name = 'intake'").fetchall():
        connection.execute(f"""
            create schema lake.intake;
            create table lake.intake.loan_tape ({TABLE.definition()});
            alter table lake.intake.loan_tape set partitioned by (deal_id, as_of_date)""")
    connection.execute(OWNED.replace(DEAL, deal_id))
    add_files(connection, lake, TABLE, deal_id, DAY, paths)
    connection.execute("commit")


ROWS = (
    "select deal_id, as_of_date::varchar, loan_id, closing_balance::varchar from intake.loan_tape"
)
EXPECTED = sorted((DEAL, DAY, f"L{n}", f"{n}.00") for n in range(1, 101))


def test_its_rows_are_of_the_month_in_the_lake_and_in_a_copy_of_it(
    tmp_path: Path, written: str
) -> None:
    lake = tmp_path / "lake"
    with open_lake(lake, write=True) as connection:
        add(connection, lake, written)
        assert connection.sql(f"{ROWS} order by all").fetchall() == EXPECTED
    Path(written).unlink()
    lake.rename(tmp_path / "moved")
    with open_lake(tmp_path / "moved") as connection:
        assert connection.sql(f"{ROWS} order by all").fetchall() == EXPECTED


def test_the_same_rows_of_another_deal_take_no_bytes_of_their_own(
    tmp_path: Path, written: str
) -> None:
    lake, again = tmp_path / "lake", str(tmp_path / "again.parquet")
    shutil.copyfile(written, again)
    with open_lake(lake, write=True) as connection:
        add(connection, lake, written)
        add(connection, lake, again, deal_id="other")
        with open(again, "r+b") as file:  # As long, with another first byte.
            file.write(b"Q")
        [own], [others] = (
            list((lake / MONTH.replace(DEAL, deal_id)).iterdir()) for deal_id in (DEAL, "other")
        )
        assert own.samefile(others)
        assert not own.samefile(files._give(Path(again), own.with_name("third.parquet")))
        connection.execute(OWNED)
        [(count,)] = connection.sql("select count(*) from intake.loan_tape").fetchall()
        assert count == len(EXPECTED)


def test_on_another_disk_it_is_copied(
    tmp_path: Path, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(files.os, "link", refuse)
    with open_lake(tmp_path / "lake", write=True) as connection:
        add(connection, tmp_path / "lake", written)
        assert connection.sql(f"{ROWS} order by all").fetchall() == EXPECTED
    [given] = (tmp_path / "lake" / MONTH).iterdir()
    assert given.read_bytes() == Path(written).read_bytes()
    assert os.stat(given).st_ino != os.stat(written).st_ino


def test_a_month_that_is_replaced_leaves_its_file_to_the_earlier_snapshot(
    tmp_path: Path, written: str
) -> None:
    other = str(tmp_path / "other.parquet")
    duckdb.sql("select 'L0' as loan_id, 0::decimal(18, 2) as closing_balance").write_parquet(other)
    with open_lake(tmp_path / "lake", write=True) as connection:
        add(connection, tmp_path / "lake", written)
        [(before,)] = connection.sql("select max(snapshot_id) from lake.snapshots()").fetchall()
        add(connection, tmp_path / "lake", other)
        assert connection.sql(ROWS).fetchall() == [(DEAL, DAY, "L0", "0.00")]
        earlier = connection.sql(f"{ROWS} at (version => {before}) order by all")
        assert earlier.fetchall() == EXPECTED
        kept = connection.sql(
            "select data_file, delete_file from "
            "ducklake_list_files('lake', 'loan_tape', schema => 'intake')"
        ).fetchall()
    # All of its rows are gone, so the file itself is, and no list of them is written.
    assert [delete_file for _, delete_file in kept] == [None]


def test_a_file_that_was_given_but_not_committed_is_no_row_and_is_taken_away(
    tmp_path: Path, written: str
) -> None:
    lake = tmp_path / "lake"
    with open_lake(lake, write=True) as connection:
        add(connection, lake, written)
        connection.execute("begin")
        add_files(connection, lake, TABLE, DEAL, DAY, [written])
        connection.execute("rollback")
        assert connection.sql(f"{ROWS} order by all").fetchall() == EXPECTED
        connection.execute("call ducklake_delete_orphaned_files('lake', cleanup_all => true)")
        assert connection.sql(f"{ROWS} order by all").fetchall() == EXPECTED
    assert len(list((lake / MONTH).iterdir())) == 1
