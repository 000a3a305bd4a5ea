"""A pool at a cut-off, for many scenarios at once, in whole fen: opened, bought for, sold.

What is owed stands in rows by the months until it pays: row 0 performs and pays in cash, row k is
overdue and pays in k months. A lot is what was bought at one cut-off and repays by one schedule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waterfall.money import (
    LARGEST_AMOUNT,
    Fen,
    Integers,
    WaterfallError,
    format_fen,
    refuse_negative,
    take_share,
    zero_fen,
)
from waterfall.project.assumptions import NEVER, Assumptions
from waterfall.project.groups import PoolGroup, Standing
from waterfall.project.rates import Grid, lay_out, rates_of_month
from waterfall.schedules import Repayment, Schedule, build_schedule


@dataclass(frozen=True, eq=False)
class Lot:
    """Loans bought at one cut-off, `age` months ago."""

    schedule: Schedule
    age: int


@dataclass(frozen=True, eq=False)
class Debts:
    """What borrowers owe, in fen."""

    owed: Integers
    """Principal not yet due, shape (rows, lots, scenarios)."""
    arrears: Integers
    """Principal due and unpaid, shape (rows, scenarios); nothing in row 0 between two months."""
    interest_arrears: Integers
    """Interest due and unpaid, of the same shape."""

    @property
    def principal(self) -> Fen:
        """All principal, shape (scenarios,)."""
        return self.owed.sum(axis=(0, 1)) + self.arrears.sum(axis=0)

    @property
    def overdue(self) -> Fen:
        """All principal of the loans that are overdue, shape (scenarios,)."""
        return self.owed[1:].sum(axis=(0, 1)) + self.arrears.sum(axis=0)


@dataclass(frozen=True, eq=False)
class Pool:
    """A pool at a cut-off; `lots` are the second axis of `debts.owed`."""

    grid: Grid
    month: int
    """Months projected so far."""
    lots: tuple[Lot, ...]
    debts: Debts
    recoveries: Integers
    """To come in the next month (row 0) and each later one, shape (rows, scenarios)."""
    in_default: Integers
    """The principal that defaulted and that these recoveries are for, of the same shape."""
    bought: Fen
    """Principal bought since the last month that was projected."""

    @property
    def balance(self) -> Fen:
        """Principal owed, performing and overdue, shape (scenarios,)."""
        return self.debts.principal

    @property
    def is_run_off(self) -> bool:
        """Whether nothing is left to come in any scenario."""
        debts = self.debts
        return not (debts.owed.any() or debts.arrears.any() or self.in_default.any())


def open_pool(groups: Iterable[PoolGroup], scenarios: Sequence[Assumptions]) -> Pool:
    """The pool at its cut-off, the same in every scenario.

    Loans that stand defaulted are no part of the balance: they bring the recovery of month 1, its
    lag counted from the cut-off. Raises WaterfallError when the pool is too large to be exact.
    """
    grid = lay_out(scenarios)
    by_standing: dict[Standing, list[PoolGroup]] = {}
    for group in groups:
        by_standing.setdefault(group.standing, []).append(group)
    total = {standing: _sum(found) for standing, found in by_standing.items()}
    _refuse_too_large(sum(total.values()))
    pool = _empty_pool(grid, has_overdue=bool({"overdue", "matured"} & total.keys()))
    every = np.arange(grid.size)
    first_rows: dict[Standing, Any] = {"performing": 0, "overdue": grid.delinquency_months}
    for standing, row in first_rows.items():
        if standing in total:
            pool = _add_lot(pool, build_schedule(_repayments(by_standing[standing])))
            pool.debts.owed[row, -1, every] = total[standing]
    if "matured" in total:
        pool.debts.arrears[grid.delinquency_months, every] = total["matured"]
    defaulted = np.full(grid.size, total.get("defaulted", 0), dtype=np.int64)
    share = rates_of_month(grid, month=1, days=1).recovery
    arrival = np.maximum(grid.recovery_lag - 1, 0)
    pool.in_default[arrival, every] = defaulted
    pool.recoveries[arrival, every] = take_share(defaulted, share)
    return pool


def buy(pool: Pool, principal: Fen, mix: Iterable[tuple[Repayment, int]]) -> Pool:
    """The pool with one more lot: `principal` (scenarios,) of loans mixed by balance or weight.

    The lot pays from the next projected month on. Raises WaterfallError on a negative amount.
    """
    refuse_negative(principal, "the principal bought")
    _refuse_too_large(int((pool.balance + principal).max()))
    if not principal.any():
        return pool
    grown = _add_lot(pool, build_schedule(mix))
    grown.debts.owed[0, -1] = principal
    return replace(grown, bought=pool.bought + principal)


def sell(pool: Pool, is_sold: NDArray[np.bool_]) -> tuple[Pool, Fen]:
    """The pool without anything in the scenarios where all of it is sold, and the balance sold."""
    kept, debts = ~is_sold, pool.debts
    left = replace(
        pool,
        debts=Debts(debts.owed * kept, debts.arrears * kept, debts.interest_arrears * kept),
        recoveries=pool.recoveries * kept,
        in_default=pool.in_default * kept,
        bought=pool.bought * kept,
    )
    return left, pool.balance - left.balance


def _sum(groups: Iterable[PoolGroup]) -> int:
    return sum(group.balance_fen for group in groups)


def _repayments(groups: Iterable[PoolGroup]) -> list[tuple[Repayment, int]]:
    """What the groups repay by, with their balances; matured and defaulted loans have none."""
    return [(group.repayment, group.balance_fen) for group in groups if group.repayment is not None]


def _empty_pool(grid: Grid, has_overdue: bool) -> Pool:
    """No loans yet; one row if nothing can ever be overdue, so that no time goes into zeros."""
    is_missed = has_overdue or grid.distinct["delinquency"] != (NEVER,)
    rows = 1 + (int(grid.delinquency_months.max()) if is_missed else 0)
    arrears = np.zeros((rows, grid.size), dtype=np.int64)
    awaited = np.zeros((int(grid.recovery_lag.max()) + 1, grid.size), dtype=np.int64)
    return Pool(
        grid=grid,
        month=0,
        lots=(),
        debts=Debts(np.zeros((rows, 0, grid.size), dtype=np.int64), arrears, arrears.copy()),
        recoveries=awaited,
        in_default=awaited.copy(),
        bought=zero_fen(grid.size),
    )


def _add_lot(pool: Pool, schedule: Schedule) -> Pool:
    """The pool with room for a new lot, last on the axis of lots."""
    rows, _, scenarios = pool.debts.owed.shape
    room = np.zeros((rows, 1, scenarios), dtype=np.int64)
    debts = replace(pool.debts, owed=np.concatenate((pool.debts.owed, room), axis=1))
    return replace(pool, lots=(*pool.lots, Lot(schedule, age=0)), debts=debts)


def _refuse_too_large(amount: int) -> None:
    if amount > LARGEST_AMOUNT:
        raise WaterfallError(
            f"the pool owes {format_fen(amount)}, more than is multiplied exactly,"
            f" {format_fen(LARGEST_AMOUNT)}; check the balances"
        )
