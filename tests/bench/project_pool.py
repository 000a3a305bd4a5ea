"""How long 2,000,000 loans take to be grouped and projected, for 1,000 scenarios over 36 months.

A revolving pool of the synthetic book's rates and terms: its principal buys loans of its own mix for
24 months. Part of `make bench`; it prints, and asserts nothing.
"""

import resource
import time
from datetime import date

import numpy as np
import polars as pl

from tapes.book.lending import RATES_PPM, TERMS
from waterfall.projection.advancing import advance, next_month_end
from waterfall.projection.assumptions import Assumptions, parse_assumptions
from waterfall.projection.groups import PoolGroup, group_loans
from waterfall.projection.pool import buy, open_pool
from waterfall.projection.purchasing import own_mix

LOANS, MONTHS, REVOLVING_MONTHS, SEED = 2_000_000, 36, 24, 1


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


def project(groups: tuple[PoolGroup, ...], scenarios: tuple[Assumptions, ...]) -> None:
    """Open the pool and let it revolve and run off."""
    pool, cut_off, mix = open_pool(groups, scenarios), date(2017, 6, 30), own_mix(groups)
    for month in range(MONTHS):
        end = next_month_end(cut_off)
        pool, flows = advance(pool, cut_off, end)
        if month < REVOLVING_MONTHS:
            pool = buy(pool, flows.principal, mix)
        cut_off = end


def main() -> None:
    """Print the seconds of grouping and of projecting, and the peak memory."""
    loans, scenarios = make_loans(LOANS), make_scenarios()
    start = time.perf_counter()
    groups = group_loans(loans)
    grouped = time.perf_counter()
    project(groups, scenarios)
    projected = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{LOANS:,} loans into {len(groups)} groups: {grouped - start:.2f} s")
    print(f"{len(scenarios):,} scenarios x {MONTHS} months: {projected - grouped:.2f} s")
    print(f"peak memory {peak:.2f} GiB")


if __name__ == "__main__":
    main()
