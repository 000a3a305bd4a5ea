"""Landing and reading on a disk that is full: one line says where, and the next run goes through."""

import gzip
from pathlib import Path

import pytest

from tests.small_disk import run_on_small_disk
from tests.tapes.tape_files import cells, csv_text

ACT = """
import sys
from datetime import date
from pathlib import Path
import duckdb
from flows.errors import describe, exit_code
from tapes.land.tape import land_tape
from tapes.read.tape import read_tape
from tapes.recognise.load import load_formats

act, file, small, roomy = sys.argv[1], *map(Path, sys.argv[2:])
try:
    tape = land_tape(file, "deal", "2017-06", small if act == "land" else roomy)
    if act == "read":
        formats = load_formats()
        read_tape(duckdb.connect(), [tape], formats["canonical"], date(2017, 6, 30), small)
    print("done")
except Exception as error:
    print(exit_code(error), describe(error))
"""


def run(size: str, act: str, file: Path, folder: Path) -> str:
    """What the act says on a disk of `size` bytes."""
    small = folder / "small"
    return run_on_small_disk(size, small, ACT, act, file, small, folder / "roomy")


@pytest.mark.parametrize("act", ["land", "read"])
def test_a_full_disk_is_one_line_and_the_next_run_goes_through(tmp_path: Path, act: str) -> None:
    file = tmp_path / "x.csv.gz"
    rows = csv_text(*[cells(loan_id=f"L{number}") for number in range(2_000)]).encode()
    file.write_bytes(gzip.compress(rows) if act == "read" else rows)
    said = run("64k", act, file, tmp_path)
    assert said.startswith(f"1 disk full at {tmp_path}/small/")
    assert said.endswith(": free space and run again")
    assert "\n" not in said
    assert run("8m", act, file, tmp_path) == "done"
