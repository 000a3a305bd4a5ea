"""How long a close of a month of 1,000,000 loans takes, stop by stop, against a floor of the same run.

The floor is DuckDB alone turning the same Parquet file into Parquet, taken before and after the close,
since the speed of a shared machine drifts. The month measured is the second one: the pool is owned,
its loans move, and loans are bought. Run by `make bench`; it prints, and asserts nothing.
"""

import multiprocessing
import resource
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from flows.cli.demo import write_synthetic_tapes
from flows.cli.progress import Stopwatch
from flows.close.month import CloseRequest
from flows.close.route import close_month
from flows.home import Home, find_deals

DEAL, LOANS, SEED = "huabei_2017_1", 1_000_000, 1
MONTHS = ("2017-06", "2017-07")
AIM_TIMES, AIM_FIXED_SECONDS = 6, 10


def measure_floor(tape: Path, folder: Path) -> float:
    """Seconds that DuckDB alone takes to turn the tape into a Parquet file."""
    import duckdb

    start = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(f"copy (from '{tape}') to '{folder / 'floor.parquet'}'")
    return time.perf_counter() - start


def close_in_new_process(home: Home, month: str) -> tuple[float, dict[str, float], float]:
    """Seconds in all, seconds by step, and peak memory in GiB, of one close as a user starts it."""
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[float, dict[str, float], float]] = context.Queue()
    process = context.Process(target=_close, args=(home, month, results))
    process.start()
    result = results.get(timeout=600)
    process.join()
    return result


def _close(home: Home, month: str, results: "multiprocessing.Queue") -> None:
    stopwatch = Stopwatch()
    start = time.perf_counter()
    close_month(CloseRequest(home, find_deals(), DEAL, month), stopwatch)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    results.put((seconds, stopwatch.seconds, peak))


def main() -> None:
    """Make the tapes, close both months, and print where the second one's time went."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        print(f"two tapes of a book of {LOANS:,} open loans ...", flush=True)
        tapes = write_synthetic_tapes(
            DEAL, find_deals(), len(MONTHS), LOANS, SEED, home.inbox, "parquet", Decimal(0)
        )
        close_in_new_process(home, MONTHS[0])
        before = measure_floor(tapes[1], home.root)
        seconds, by_step, peak = close_in_new_process(home, MONTHS[1])
        floor = (before + measure_floor(tapes[1], home.root)) / 2
        _print(tapes[1], floor, seconds, by_step, peak)


def _print(
    tape: Path, floor: float, seconds: float, by_step: dict[str, float], peak: float
) -> None:
    import pyarrow.parquet as parquet

    rows = parquet.read_metadata(tape).num_rows
    aim = AIM_TIMES * floor + AIM_FIXED_SECONDS
    print(f"tape: {rows:,} rows, {tape.stat().st_size / 2**20:.0f} MiB of Parquet")
    for name, step_seconds in by_step.items():
        print(f"  {name:<22}{step_seconds:7.2f} s{step_seconds / floor:7.1f} x floor")
    print(f"  {'in all':<22}{seconds:7.2f} s{seconds / floor:7.1f} x floor")
    print(f"floor: {floor:.2f} s; aim: {AIM_TIMES} x floor + {AIM_FIXED_SECONDS} s = {aim:.2f} s")
    print(f"peak memory: {peak:.2f} GiB")


if __name__ == "__main__":
    main()
