"""A disk that fills up before any step of a close: one line says where, and the next close goes through."""

from pathlib import Path

import pytest

from flows.close.route import STEP_NAMES
from flows.home import Home
from tests.small_disk import run_on_small_disk

# Closes the month on a copy of the home, with all but some bytes of the disk filled before a step; then
# again with the space freed.
CLOSE = """
import shutil, sys
from pathlib import Path
from flows.close.month import CloseRequest
from flows.close.route import close_month
from flows.errors import describe, exit_code
from flows.home import Home, find_deals

kept, small, target, left = sys.argv[1:]
home, filler = Home(Path(small) / "home"), Path(small) / "filler"
shutil.copytree(kept, home.root)

def fill():
    with open(filler, "wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2
        file.truncate(max(0, file.tell() - int(left)))

def run_step(name, step, /, *args, **kwargs):
    if name == target:
        fill()
    return step(*args, **kwargs)

request = CloseRequest(home, find_deals(), "huabei_2017_1", "2017-08")
try:
    close_month(request, run_step)
except Exception as error:
    print(exit_code(error), describe(error))
filler.unlink()
print((home.scratch("huabei_2017_1") / "2017-08").exists())
target = ""
print(close_month(request, run_step).month)
"""
# Reads a closed month from a disk without a byte left.
READ = """
import shutil, sqlite3, sys
from pathlib import Path
kept, small, *arguments = sys.argv[1:]
home = Path(small) / "home"
shutil.copytree(kept, home)
# The index of the catalog's log may lie there still, if another process had it open.
catalog = sqlite3.connect(home / "lake" / "catalog.sqlite")
catalog.execute("pragma wal_checkpoint(truncate)")
catalog.close()
with open(Path(small) / "filler", "wb", buffering=0) as file:
    size = 1 << 20
    while size:
        try:
            file.write(bytes(size))
        except OSError:
            size //= 2
import os
from flows.cli.app import main
os.environ["TAPEHOUSE_HOME"] = str(home)
sys.argv = ["tapehouse", *arguments]
sys.stderr = sys.stdout
try:
    main()
except SystemExit as ended:
    print(ended.code)
"""
PLACES = {
    ("take its turn", 0): "scratch/huabei_2017_1/holder.txt",
    ("land the tape", 0): "landed/huabei_2017/2017-08/.incoming/tape.csv",
    ("read and cast", 0): "scratch/huabei_2017_1/2017-08/build.duckdb",
    (
        "check the tape",
        400_000,
    ): "",  # The pages, or the scratch database, which is written meanwhile.
    ("transform and pay", 0): "scratch/huabei_2017_1/2017-08/build.duckdb",
    ("check the figures", 0): "",
    ("commit to the lake", 0): "lake/commit.unfinished",
    ("commit to the lake", 100_000): "lake/data/",
    ("publish the report", 0): "published/huabei_2017_1/.2017-08.publishing/",
}


@pytest.mark.slow
@pytest.mark.parametrize(("step", "left"), PLACES)
def test_a_disk_that_fills_up_in_a_close_is_one_line_and_the_next_close_goes_through(
    closed_home: Home, tmp_path: Path, step: str, left: int
) -> None:
    small = tmp_path / "small"
    said = run_on_small_disk("400m", small, CLOSE, closed_home.root, small, step, left)
    reason, is_scratch_left, month = said.splitlines()
    assert step in STEP_NAMES
    assert reason.startswith(f"1 disk full at {small}/home/{PLACES[step, left]}")
    assert reason.endswith(": free space and run again")
    assert (is_scratch_left, month) == ("False", "2017-08")


@pytest.mark.parametrize(
    "arguments",
    [["status"], ["sql", "select 1"], ["report", "huabei_2017_1", "2017-07"]],
    ids=lambda each: each[0],
)
def test_a_full_disk_is_no_damage_to_a_lake_that_is_read(
    closed_home: Home, tmp_path: Path, arguments: list[str]
) -> None:
    small = tmp_path / "small"
    said = run_on_small_disk("400m", small, READ, closed_home.root, small, *arguments)
    full = f"disk full at {small}/home/lake/catalog.sqlite: free space and run again"
    assert said.splitlines() == [f"tapehouse: {full}", "1"]
