"""How long loans take to be grouped and projected: 1,000,000 x 12 months; 2,000,000 for 1,000 scenarios.

The loans have the synthetic book's rates and terms, and the pool's principal buys loans of its own mix while
it revolves. Of the larger pool a whole deal that owns it is projected too, to the deal's end. Each size has
a process of its own, whose peak memory has the loans in it. Part of `make bench`; it prints, and asserts
nothing.
"""

import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

import numpy as np
import polars as pl

from deals.load import load_terms
from flows.home import find_deals
from tapes.synthetic.lending import RATES_PPM, TERMS
from waterfall.pay.settle import opening_state, settle_issue
from waterfall.pay.triggers import open_watch
from waterfall.project.advance import advance, next_month_end
from waterfall.project.assumptions import Assumptions, parse_assumptions
from waterfall.project.deal import ClosedMonth, project_deal
from waterfall.project.groups import PoolGroup, group_loans
from waterfall.project.mixes import own_mix
from waterfall.project.pool import buy, open_pool

SEED, DEAL = 1, "huabei_2017_1"
AIM_SECONDS, AIM_GIB = 5, 4


@dataclass(frozen=True)
class Size:
    """How many loans, months in all and months in which the pool buys, and whether in 1,000 scenarios."""

    loans: int
    months: int
    revolving_months: int
    has_many_scenarios: bool


SIZES = (Size(1_000_000, 12, 6, False), Size(2_000_000, 36, 24, True))


def make_loans(count: int) -> pl.DataFrame:
    """Loans of random size, rate and remaining months; about 2 % are overdue or defaulted."""
    chance = np.random.default_rng(SEED)
    months = chance.integers(1, TERMS[-1] + 1, count)
    statuses = chance.choice(
        ["current", "overdue_1_30", "overdue_over_90"], count, p=[0.98, 0.01, 0.01]
    )
    return pl.DataFrame(
        {
            "loan_id": pl.int_range(count, eager=True).cast(pl.String),
            "balance": pl.Series(chance.integers(100_00, 10_000_00, count)).cast(pl.Decimal(18, 2))
            / 100,
            "annual_rate": pl.Series(chance.choice(RATES_PPM, count)).cast(pl.Decimal(18, 6))
            / 1_000_000,
            "remaining_months": months,
            "repayment_method_code": np.where(months == 1, "bullet", "equal_instalment"),
            "status_code": statuses,
        }
    )


def make_scenarios() -> tuple[Assumptions, ...]:
    """1,000 combinations of CPR and CDR, with missed payments, rolls and late recoveries."""
    return parse_assumptions(
        {
            "cpr": [f"0.{number:03}" for number in range(0, 500, 20)],
            "cdr": [f"0.{number:03},0.{number + 10:03},0.{number:03}" for number in range(40)],
            "delinquency": ["0.01"],
            "delinquency_months": ["2"],
            "roll": ["0.3"],
            "recovery": ["0.2"],
            "recovery_lag": ["5"],
        }
    )


def project(size: Size, groups: tuple[PoolGroup, ...], scenarios: tuple[Assumptions, ...]) -> None:
    """Open the pool and let it revolve and run off."""
    pool, cut_off, mix = open_pool(groups, scenarios), date(2017, 6, 30), own_mix(groups)
    for month in range(size.months):
        end = next_month_end(cut_off)
        pool, flows = advance(pool, cut_off, end)
        if month < size.revolving_months:
            pool = buy(pool, flows.principal, mix)
        cut_off = end


def own_pool(groups: tuple[PoolGroup, ...]) -> ClosedMonth:
    """The deal on its closing date, as if the groups were what it bought."""
    terms = load_terms(DEAL, find_deals())
    state = settle_issue(terms, opening_state(terms), None).state
    balance = sum(group.balance_fen for group in groups)
    month = f"{terms.dates.initial_cut_off_date:%Y-%m}"
    return ClosedMonth(terms, month, state, open_watch(terms, 1), groups, balance)


def measure(size: Size) -> None:
    """Print the seconds of grouping and of projecting, and the peak memory of this process."""
    loans, scenarios = make_loans(size.loans), make_scenarios()
    scenarios = scenarios if size.has_many_scenarios else scenarios[:1]
    start = time.perf_counter()
    groups = group_loans(loans)
    grouped = time.perf_counter()
    project(size, groups, scenarios)
    projected = time.perf_counter()
    print(f"{size.loans:,} loans into {len(groups)} groups: {grouped - start:.2f} s")
    print(f"{len(scenarios):,} scenarios x {size.months} months: {projected - grouped:.2f} s")
    if size.has_many_scenarios:
        months = len(list(project_deal(own_pool(groups), scenarios)))
        seconds = time.perf_counter() - projected
        print(f"{len(scenarios):,} scenarios x {months} months of a deal: {seconds:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB", flush=True)


def main() -> None:
    """Measure every size in a new process."""
    for size in SIZES:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
            executor.submit(measure, size).result()
    print(f"aim of {SIZES[0].loans:,} x {SIZES[0].months}: {AIM_SECONDS} s and {AIM_GIB} GiB")


if __name__ == "__main__":
    main()
