"""The rows of a tape lie in files, and those of them that are accepted in files of their own."""

from pathlib import Path

import duckdb
import pytest

from tapes.read.landed.parts import accept_rows
from tests.tapes.tape_files import cells, csv_text, read_text

FAILED = """
    create table landed.failed_row as
    select tape_sha256, row_number from landed.tape_row where row_number in (select unnest(?::int[]))
"""


@pytest.fixture
def read(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return read_text(tmp_path, csv_text(*(cells(loan_id=f"L{n}") for n in (1, 2, 3))))


@pytest.mark.parametrize("failed", [[], [2], [1, 2, 3]], ids=str)
def test_a_file_of_accepted_rows_holds_no_failed_row(
    read: duckdb.DuckDBPyConnection, failed: list[int]
) -> None:
    read.execute(FAILED, [failed])
    accept_rows(read)
    [(path,)] = read.sql("select file_path from landed.accepted_part").fetchall()
    kept = [(number, f"L{number}") for number in (1, 2, 3) if number not in failed]
    rows = f"select row_number, loan_id from read_parquet('{path}') order by all"
    assert read.sql(rows).fetchall() == kept
    rows = "select row_number, loan_id from landed.accepted_row order by all"
    assert read.sql(rows).fetchall() == kept
    assert read.sql("select count(*) from landed.tape_row").fetchall() == [(3,)]


def test_a_part_without_a_failed_row_is_taken_as_it_is(read: duckdb.DuckDBPyConnection) -> None:
    read.execute(FAILED, [[]])
    accept_rows(read)
    parts = read.sql("select file_path from landed.part").fetchall()
    assert read.sql("select file_path from landed.accepted_part").fetchall() == parts
