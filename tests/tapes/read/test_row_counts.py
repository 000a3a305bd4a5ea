"""No row is lost on the way: what is in the file was read, is malformed, or is of another month."""

from pathlib import Path

import duckdb
import pytest

from tapes import TapeError
from tapes.land.tape import list_landed
from tapes.read.checks import check_row_count
from tests.tapes.tape_files import cells, csv_text, read_text

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
