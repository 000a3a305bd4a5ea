"""No row is lost on the way: what is in the file was read, is malformed, or is of another month."""

from pathlib import Path

import duckdb
import pytest

from tapes import TapeError
from tapes.land.tape import list_landed
from tapes.read.casting import Cast
from tapes.read.checks import check_row_count
from tapes.read.tape import take_month_of
from tapes.recognise.load import load_formats
from tests.tapes.tape_files import CUT_OFF, cells, csv_text, read_text

LINES = [cells(loan_id=f"L{number}") for number in (1, 2, 3)]


@pytest.fixture
def read(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """Three rows, and a line that is no row of cells."""
    return read_text(tmp_path, csv_text(*LINES) + "cut,short\n")


def check(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    [tape] = list_landed(folder / "landed")
    check_row_count(connection, tape)


def test_rows_read_and_malformed_are_those_of_the_file(
    read: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    check(read, tmp_path)
    counts = read.sql("select row_count, left_out_row_count from landed.tape_file").fetchall()
    assert counts == [(4, 0)]


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (
            "update landed.tape_file set row_count = 5",
            "5 rows are in the file, but 3 were read and 1",
        ),
        (
            "update landed.tape_file set left_out_row_count = 1",
            "3 rows are in the file, but 3 were",
        ),
        ("delete from landed.malformed_row", "4 rows are in the file, but 3 were read and 0"),
        (
            "create or replace view landed.tape_row as "
            "select * from read_parquet((select file_path from landed.part)) where row_number < 3",
            "4 rows are in the file, but 2 were read and 1 are malformed; the file is damaged",
        ),
    ],
    ids=["one more in the file", "one of another month", "no malformed one", "one not read"],
)
def test_a_file_whose_counts_do_not_add_up_is_refused(
    read: duckdb.DuckDBPyConnection, tmp_path: Path, lost: str, words: str
) -> None:
    [(part,)] = read.sql("select file_path from landed.part").fetchall()
    read.execute(lost.replace("(select file_path from landed.part)", f"'{part}'"))
    with pytest.raises(TapeError, match=words):
        check(read, tmp_path)


def many_months(connection: duckdb.DuckDBPyConnection, folder: Path) -> Cast:
    """The cast of a file of many months, whose part of four rows has one of another month."""
    connection.execute(f"""
        copy (
            select
                number as row_number, date '2017-06-30' as stated_as_of_date,
                case when number = 4 then 'other_month' end as left_out
            from range(1, 5) as row(number)
        ) to '{folder / "part.parquet"}' (format parquet)""")
    [tape] = list_landed(folder / "landed")
    tape_format = load_formats()["ppdai_listings"]
    return Cast(connection, tape, tape_format, folder, "CNY", CUT_OFF)


def test_rows_of_the_month_and_those_left_out_are_those_of_the_file(
    read: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    [taken] = take_month_of(many_months(read, tmp_path), [tmp_path / "part.parquet"], 4)
    assert read.sql(f"select count(*) from read_parquet('{taken}')").fetchall() == [(3,)]
    left_out = read.sql("select reason, row_count from landed.left_out").fetchall()
    assert left_out == [("other_month", 1)]


@pytest.mark.parametrize("row_count", [3, 5])
def test_a_file_of_many_months_whose_counts_do_not_add_up_is_refused(
    read: duckdb.DuckDBPyConnection, tmp_path: Path, row_count: int
) -> None:
    words = (
        f"{row_count} rows and groups are in the file, but 3 were read and 1 left out; the file is"
    )
    with pytest.raises(TapeError, match=words):
        take_month_of(many_months(read, tmp_path), [tmp_path / "part.parquet"], row_count)
