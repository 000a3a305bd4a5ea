"""A full disk is one line that says where, whichever library met it; the data is not to blame."""

import importlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet as parquet
import pytest

from flows.errors import REFUSED, describe, exit_code
from tapes import TapeError
from tapes.land.disk import naming, naming_full_disk
from tapes.land.files import copy_file, write_file

FULL = Path("/dev/full")


def by_a_write() -> None:
    write_file(FULL, b"x")


def by_a_copy() -> None:
    copy_file(Path(__file__), FULL, "the file")


def by_duckdb() -> None:
    duckdb.sql("copy (select range from range(1000000)) to '/dev/full' (format csv)")


def by_arrow() -> None:
    with naming(FULL), open(FULL, "wb") as file:  # Arrow deletes a path that it could not write.
        parquet.write_table(pyarrow.table({"x": [1]}), file)


def under_a_refusal() -> None:
    try:
        write_file(FULL, b"x")
    except OSError:
        raise TapeError("x.csv: cannot be read; send it again") from None


def by_sqlite() -> None:
    with naming_full_disk(FULL):
        raise duckdb.Error('Failed to execute query "insert into x": database or disk is full')


@pytest.mark.parametrize(
    "fill",
    [by_a_write, by_a_copy, by_duckdb, by_arrow, under_a_refusal, by_sqlite],
    ids=lambda f: f.__name__,
)
def test_a_full_disk_is_one_line_that_names_the_place(fill: Callable[[], None]) -> None:
    with pytest.raises(Exception) as caught:
        fill()
    assert exit_code(caught.value) == REFUSED
    assert describe(caught.value) == "disk full at /dev/full: free space and run again"


def test_a_refused_tape_on_a_disk_with_space_is_told_in_its_own_words() -> None:
    assert describe(TapeError("x.csv: damaged; send it again")) == "x.csv: damaged; send it again"


def test_bytes_of_a_file_name_that_are_no_utf8_are_printed_as_escapes() -> None:
    error = TapeError("\udcbb\udca8.csv: the file is empty")
    assert describe(error) == "\\udcbb\\udca8.csv: the file is empty"


def test_what_a_terminal_would_obey_is_named_and_not_sent() -> None:
    error = TapeError("x.csv row 3: status_code is '\x1b[2Jgone\x07', expected\none of current")
    assert describe(error) == (
        "x.csv row 3: status_code is '[U+001B][2Jgone[U+0007]', expected one of current"
    )


def test_a_module_of_our_own_that_is_absent_is_a_fault_with_its_traceback() -> None:
    with pytest.raises(ImportError) as caught:
        importlib.import_module("flows.absent")
    assert exit_code(caught.value) is None
