"""How long 2,000,000 loans take to be grouped and projected for 1,000 scenarios.

First the pool alone over 36 months, of the synthetic book's rates and terms: its principal buys loans
of its own mix for 24 months. Then a whole deal that owns it, to the deal's end. Part of `make bench`;
it prints, and asserts nothing.
"""

import resource
import time
from datetime import date

import numpy as np
import polars as pl

from deals.loading import load_terms
from flows.home import find_deals
from tapes.book.lending import RATES_PPM, TERMS
from waterfall.engine import opening_state, settle_issue
from waterfall.projection.advancing import advance, next_month_end
from waterfall.projection.assumptions import Assumptions, parse_assumptions
from waterfall.projection.deal import ClosedMonth, project_deal
from waterfall.projection.groups import PoolGroup, group_loans
from waterfall.projection.mixes import own_mix
from waterfall.projection.pool import buy, open_pool
from waterfall.triggers import open_watch

LOANS, MONTHS, REVOLVING_MONTHS, SEED = 2_000_000, 36, 24, 1
DEAL = "huabei_2017_1"


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


def own_pool(groups: tuple[PoolGroup, ...]) -> ClosedMonth:
    """The deal on its closing date, as if the groups were what it bought."""
    terms = load_terms(DEAL, find_deals())
    state = settle_issue(terms, opening_state(terms), None).state
    balance = sum(group.balance_fen for group in groups)
    month = f"{terms.initial_cut_off_date:%Y-%m}"
    return ClosedMonth(terms, month, state, open_watch(terms, 1), groups, balance)


def main() -> None:
    """Print the seconds of grouping and of projecting, and the peak memory."""
    loans, scenarios = make_loans(LOANS), make_scenarios()
    start = time.perf_counter()
    groups = group_loans(loans)
    grouped = time.perf_counter()
    project(groups, scenarios)
    projected = time.perf_counter()
    months = len(list(project_deal(own_pool(groups), scenarios)))
    settled = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{LOANS:,} loans into {len(groups)} groups: {grouped - start:.2f} s")
    print(f"{len(scenarios):,} scenarios x {MONTHS} months: {projected - grouped:.2f} s")
    print(f"{len(scenarios):,} scenarios x {months} months of a deal: {settled - projected:.2f} s")
    print(f"peak memory {peak:.2f} GiB")


if __name__ == "__main__":
    main()
