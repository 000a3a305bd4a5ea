"""How long a draw from 20,000,000 eligible loans under binding limits takes, and how much memory.

The floor is DuckDB sorting the same keys alone, taken before and after each draw in the same run, since the
speed of a shared machine drifts. Each draw is made in a new process, from tables of a DuckDB file. Run by
`make bench`; it prints, and asserts nothing.
"""

import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb

from deals.terms.purchase import Condition, Dimension, Limit, LimitKind, Purchase
from waterfall.draw.frames import BALANCE, order_key, read_frame, read_offer
from waterfall.draw.limit_columns import source_columns
from waterfall.draw.purchases import draw_loans

LOANS, POOL_LOANS, BORROWERS = 20_000_000, 900_000, 8_000_000
PURCHASE, DAY = Purchase("par", "all_remaining", draw_seed=20170701), date(2017, 7, 12)
CASES = {"6 billion yuan": 600_000_000_000, "cash for the whole book": 7_000_000_000_000}
AIM_SECONDS, AIM_GIB = 20, 6


def _limit(code: str, kind: LimitKind, threshold: str, **terms: Any) -> Limit:
    return Limit(code, code, code, kind, Decimal(threshold), **terms)


AGES = Dimension("borrower_age", (Decimal(25), Decimal(35), Decimal(45)))
LOW_SCORE = Condition("credit_score", below=Decimal(600))
LIMITS = (
    _limit("largest borrower", "largest_borrower", "0.0005", borrower_count=1),
    _limit("region", "share_by", "0.055", dimensions=(Dimension("region_code"),)),
    _limit("age and product", "share_by", "0.25", dimensions=(AGES, Dimension("product_code"))),
    _limit("low score", "share_where", "0.15", conditions=(LOW_SCORE,)),
    _limit("average rate", "average_rate", "0.125", is_floor=True),
    _limit("ten largest", "top_borrowers", "0.002", borrower_count=10),
)

# Uneven, so that every limit binds: a few borrowers with many loans, regions of 2 to 7 %.
LOAN_SQL = """
    select
        '{prefix}' || lpad((number * 7919 % 100000000)::varchar, 9, '0') || lpad(number::varchar, 9, '0')
            as loan_id,
        'B' || lpad((pow(chance(number, 1), 3) * {borrowers})::bigint::varchar, 11, '0') as borrower_id,
        'CN-' || lpad((pow(chance(number, 2), 1.5) * 31)::integer::varchar, 2, '0') as region_code,
        case
            when chance(number, 3) < 0.3 then 24
            when chance(number, 3) < 0.8 then 31
            when chance(number, 3) < 0.95 then 40
            else 52
        end as borrower_age,
        case when chance(number, 4) < 0.6 then 'bill' else 'transaction' end as product_code,
        case when chance(number, 5) < 0.2 then 590 else 680 end as credit_score,
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
    """Candidates and pool, in a DuckDB file."""
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


def measure_floor(folder: Path) -> float:
    """Seconds that DuckDB alone takes to sort the candidates' keys."""
    with duckdb.connect(folder / "book.duckdb", read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        start = time.perf_counter()
        connection.execute(
            f"""create temp table sorted as
            select {order_key(PURCHASE.draw_seed, DAY)} as key from candidate order by key"""
        )
        return time.perf_counter() - start


def measure_draw(folder: Path, cash: int) -> Measured:
    """The draw from tables of the DuckDB file, as a month's close makes it."""
    with duckdb.connect(folder / "book.duckdb", read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        candidates = connection.table("candidate").project("rowid as candidate_number, *")
        pool = connection.table("pool").project(", ".join((BALANCE, *source_columns(LIMITS))))
        start, processor_start = time.perf_counter(), time.process_time()
        offer = read_offer(connection, PURCHASE, candidates, candidates)
        order = offer.order(PURCHASE.draw_seed, DAY)
        drawn = draw_loans(offer, order, LIMITS, read_frame(pool), cash)
        seconds, processor_seconds = (
            time.perf_counter() - start,
            time.process_time() - processor_start,
        )
    return Measured(
        seconds,
        processor_seconds,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        drawn.loans.height,
        drawn.draw.draw_count,
        {"cash": drawn.draw.passed_over_for_cash_count}
        | {outcome.name: outcome.passed_over_count for outcome in drawn.draw.outcomes},
    )


def main() -> None:
    """Make the book, draw from it, and print what each draw took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"a book of {LOANS:,} eligible loans ...", flush=True)
        make_book(folder)
        for case, cash in CASES.items():
            before = measure_floor(folder)
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
                measured = executor.submit(measure_draw, folder, cash).result()
            _print(case, measured, (before + measure_floor(folder)) / 2)
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
