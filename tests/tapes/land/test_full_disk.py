"""Landing and reading on a disk that is full: one line says where, and the next run goes through."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tapes.tape_files import cells, csv_text

# Mounts a disk of its own, of so many bytes, and there lands or reads what was landed before.
ON_A_SMALL_DISK = 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"'
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
    small.mkdir(exist_ok=True)
    mount = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh"]
    act_command = [sys.executable, "-c", ACT, act, str(file), str(small), str(folder / "roomy")]
    try:
        done = subprocess.run(
            [*mount, size, str(small), *act_command], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("unshare is absent: this test mounts a small disk")
    if done.returncode:
        assert "unshare" in done.stderr or "mount" in done.stderr, done.stderr
        pytest.skip("a disk of its own cannot be mounted here")
    return done.stdout.strip()


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
