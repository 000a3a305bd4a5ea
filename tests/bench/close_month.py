"""What a close costs: its rows against a floor of the same run, its start, and one more month of a backfill.

The floor is DuckDB alone turning the same file into Parquet, taken before and after the close, since the
speed of a shared machine drifts. The month measured is the second one: the pool is owned, its loans move,
and loans are bought. Seconds are CPU seconds of whole processes, the judge's included; wall time stands
beside them. Run by `make bench`; it prints, and asserts nothing.
"""

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.cli.demo import write_synthetic_tapes
from flows.cli.progress import Stopwatch
from flows.close.month import CloseRequest
from flows.close.route import close_month
from flows.home import Home, find_deals
from flows.imports import without_pandas

DEAL, SEED = "huabei_2017_1", 1
FIRST, SECOND = "2017-06", "2017-07"
MANY, SMALL, TINY = 1_000_000, 10_000, 2_000
BACKFILL = ("2017-06", "2017-07", "2017-08", "2017-09", "2017-10", "2017-11")


@dataclass(frozen=True)
class Cost:
    """Of one process: CPU and wall seconds, peak memory in GiB, and wall seconds by step."""

    cpu: float
    wall: float
    peak: float
    by_step: dict[str, float]


def in_new_process(work: Callable[..., dict[str, float]], *args: Any) -> Cost:
    """What the work costs in a fresh process, from its start."""
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[Cost] = context.Queue()
    process = context.Process(target=_measured, args=(results, work, *args))
    process.start()
    result = results.get(timeout=1800)
    process.join()
    return result


def _measured(results: "multiprocessing.Queue", work: Callable[..., Any], *args: Any) -> None:
    start = time.perf_counter()
    by_step = work(*args)
    wall = time.perf_counter() - start
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    results.put(Cost(cpu, wall, own.ru_maxrss / 2**20, by_step))


def close(home: Home, months: Sequence[str]) -> dict[str, float]:
    """Close the months one after the other; wall seconds of the last by step."""
    from expectations.judge import the_judge

    stopwatch = Stopwatch()
    with without_pandas():  # As a command.
        for month in months:
            stopwatch = Stopwatch()
            close_month(CloseRequest(home, find_deals(), DEAL, month), stopwatch)
    the_judge().end()
    return stopwatch.seconds


def to_parquet(tape: Path, folder: Path) -> dict[str, float]:
    """The floor: DuckDB alone turns the file into Parquet."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"copy (from '{tape}') to '{folder / 'floor.parquet'}'")
    return {}


def make_home(folder: Path, loans: int, months: int, file_format: Any) -> Home:
    """A home with tapes in its inbox."""
    home = Home(folder / f"{loans}_{file_format}")
    write_synthetic_tapes(DEAL, find_deals(), months, loans, SEED, home.inbox, file_format, {})
    return home


def measure_rows(folder: Path, loans: int, file_format: Any) -> None:
    """Close the second month of a large book, stop by stop, against the floor of its file."""
    home = make_home(folder, loans, 2, file_format)
    tape = next(home.inbox.glob(f"*{SECOND}*.{file_format}"))
    size = tape.stat().st_size / 2**20
    in_new_process(close, home, [FIRST])
    before = in_new_process(to_parquet, tape, home.root)
    cost = in_new_process(close, home, [SECOND])
    after = in_new_process(to_parquet, tape, home.root)
    floor, wall_floor = (before.cpu + after.cpu) / 2, (before.wall + after.wall) / 2
    print(f"{loans:,} open loans, {size:,.0f} MiB of {file_format}")
    for name, seconds in cost.by_step.items():
        print(f"  {name:<22}{seconds:7.2f} s wall{seconds / wall_floor:7.1f} x floor")
    print(f"  {'in all':<22}{cost.wall:7.2f} s wall{cost.wall / wall_floor:7.1f} x floor")
    print(f"  {'in all':<22}{cost.cpu:7.2f} s CPU {cost.cpu / floor:7.1f} x floor")
    print(f"  floor {wall_floor:.2f} s wall, {floor:.2f} s CPU; peak memory {cost.peak:.2f} GiB")


def measure_start(folder: Path) -> None:
    """Close one month of few loans in a fresh process: what does not depend on the rows."""
    home = make_home(folder, SMALL, 2, "csv")
    in_new_process(close, home, [FIRST])
    cost = in_new_process(close, home, [SECOND])
    print(f"{SMALL:,} open loans, fresh process: {cost.cpu:.1f} s CPU, {cost.wall:.1f} s wall")


def measure_backfill(folder: Path) -> None:
    """Close months in a row in one process: what one more costs."""
    home = make_home(folder, TINY, len(BACKFILL), "csv")
    first = in_new_process(close, home, BACKFILL[:2])
    again = make_home(folder / "again", TINY, len(BACKFILL), "csv")
    every = in_new_process(close, again, BACKFILL)
    more = (every.cpu - first.cpu) / (len(BACKFILL) - 2)
    print(f"{TINY:,} open loans, one more month of a backfill: {more:.1f} s CPU")


def main() -> None:
    """Measure each, from the smallest to the largest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_backfill(folder)
        measure_start(folder)
        measure_rows(folder, MANY, "csv")
        measure_rows(folder, MANY, "parquet")


if __name__ == "__main__":
    main()
