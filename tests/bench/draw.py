"""How long a draw from 20,000,000 eligible loans under binding limits takes, from DuckDB and from Polars.

The floor is DuckDB sorting the same keys alone, taken before and after each draw in the same run, since the
speed of a shared machine drifts. Each draw is made in a new process, from a table of a DuckDB file, or from
a Polars frame that was read before the clock started. Run by `make bench`; it prints, and asserts nothing.
"""

import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

import duckdb

from waterfall.draw.frames import draw_from_frames
from waterfall.draw.relations import draw_from_relations, order_key
from waterfall.draw.rules import AverageRule, DrawnLoans, ShareRule

LOANS, POOL_LOANS, BORROWERS = 20_000_000, 900_000, 8_000_000
ORDER = order_key(20170701, date(2017, 7, 12))
CASES = {"6 billion yuan": 600_000_000_000, "cash for the whole book": 7_000_000_000_000}
AIM_SECONDS, AIM_GIB = 20, 6

RULES = (
    ShareRule("largest borrower", "borrower_id", Decimal("0.0005")),
    ShareRule("region", "region_code", Decimal("0.055")),
    ShareRule("age and product", "age_product", Decimal("0.25")),
    ShareRule("low score", "low_score", Decimal("0.15")),
    AverageRule("average rate", "annual_rate", "min", Decimal("0.125"), 6),
    ShareRule("ten largest", "borrower_id", Decimal("0.002"), largest_count=10),
)

# Uneven, so that every limit binds: a few borrowers with many loans, regions of 2 to 7 %.
LOAN_SQL = """
    select
        '{prefix}' || lpad((number * 7919 % 100000000)::varchar, 9, '0') || lpad(number::varchar, 9, '0')
            as loan_id,
        'B' || lpad((pow(chance(number, 1), 3) * {borrowers})::bigint::varchar, 11, '0') as borrower_id,
        'CN-' || lpad((pow(chance(number, 2), 1.5) * 31)::integer::varchar, 2, '0') as region_code,
        case
            when chance(number, 3) < 0.3 then '<=25'
            when chance(number, 3) < 0.8 then '(25,35]'
            when chance(number, 3) < 0.95 then '(35,45]'
            else '>45'
        end || ' / ' || case when chance(number, 4) < 0.6 then 'bill' else 'transaction' end
            as age_product,
        case when chance(number, 5) < 0.2 then 'counted' else '' end as low_score,
        (chance(number, 6) * 0.24)::decimal(9, 6) as annual_rate,
        (1 + chance(number, 7) * 6500)::decimal(18, 2) as outstanding_balance
    from range({count}) as loan (number)
"""


@dataclass(frozen=True)
class Measured:
    """One draw: seconds of the clock and of the processors, peak memory, and what came of it."""

    seconds: float
    processor_seconds: float
    peak_gib: float
    taken_count: int
    draw_count: int
    passed_over: dict[str, int]


def make_book(folder: Path) -> None:
    """Candidates and pool, in a DuckDB file and in Parquet files."""
    with duckdb.connect(folder / "book.duckdb") as connection:
        connection.execute("""
            set enable_progress_bar = false;
            set memory_limit = '4GB';
            create macro chance(number, use) as
            (hash(number, use) % 1000000007)::double / 1000000007
        """)
        for table, prefix, count in (("candidate", "C", LOANS), ("pool", "P", POOL_LOANS)):
            loans = LOAN_SQL.format(prefix=prefix, borrowers=BORROWERS, count=count)
            connection.execute(f"create table {table} as {loans}")
            connection.execute(f"copy {table} to '{folder / table}.parquet'")


def measure_floor(folder: Path) -> float:
    """Seconds that DuckDB alone takes to sort the candidates' keys."""
    with duckdb.connect(folder / "book.duckdb", read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        start = time.perf_counter()
        connection.execute(
            f"create temp table sorted as select {ORDER} as key from candidate order by key"
        )
        return time.perf_counter() - start


def draw_from_duckdb(folder: Path, cash: int) -> Measured:
    """The draw from tables of the DuckDB file."""
    with duckdb.connect(folder / "book.duckdb", read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        candidates = connection.table("candidate").project("rowid as candidate_number, *")
        pool = connection.table("pool")
        return _measure(
            lambda: draw_from_relations(connection, candidates, pool, cash, RULES, ORDER)
        )


def draw_from_polars(folder: Path, cash: int) -> Measured:
    """The draw from frames in memory."""
    import polars as pl

    candidates = pl.read_parquet(folder / "candidate.parquet")
    pool = pl.read_parquet(folder / "pool.parquet")
    return _measure(lambda: draw_from_frames(candidates, pool, cash, RULES, ORDER))


def _measure(make_draw: Callable[[], DrawnLoans]) -> Measured:
    start, processor_start = time.perf_counter(), time.process_time()
    drawn = make_draw()
    seconds, processor_seconds = time.perf_counter() - start, time.process_time() - processor_start
    return Measured(
        seconds,
        processor_seconds,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        len(drawn.loans),
        drawn.draw.draw_count,
        {"cash": drawn.draw.passed_over_for_cash_count}
        | {outcome.name: outcome.passed_over_count for outcome in drawn.draw.outcomes},
    )


def main() -> None:
    """Make the book, draw from it by both doors, and print what each took."""
    doors = {"DuckDB": draw_from_duckdb, "Polars": draw_from_polars}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"a book of {LOANS:,} eligible loans ...", flush=True)
        make_book(folder)
        for case, cash in CASES.items():
            for door, draw_from in doors.items():
                before = measure_floor(folder)
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
                    measured = executor.submit(draw_from, folder, cash).result()
                _print(f"{door}, {case}", measured, (before + measure_floor(folder)) / 2)
    print(f"aim: {AIM_SECONDS} s and {AIM_GIB} GiB")


def _print(title: str, measured: Measured, floor: float) -> None:
    print(
        f"{title}: {measured.seconds:.1f} s ({measured.processor_seconds:.1f} s of processors),"
        f" {measured.seconds / floor:.1f} x floor of {floor:.1f} s, peak {measured.peak_gib:.2f} GiB;"
        f" {measured.taken_count:,} loans taken in {measured.draw_count} draws"
    )
    print(f"  passed over for {measured.passed_over}", flush=True)


if __name__ == "__main__":
    main()
