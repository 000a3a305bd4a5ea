"""A month passes over a pool, for many scenarios at once.

In this order: the waits of overdue loans shorten, and of those whose wait ends the share `roll`
defaults; the share CDR of all that is owed defaults; the share CPR of what performs is prepaid; the
share `delinquency` of what is left misses its payment; interest (rate / 12) and scheduled principal
fall due on the survivors, paid in cash by who performs and as arrears by who does not; arrears whose
wait has ended are paid.

Each amount is rounded once, half up, for each row, lot and scenario. Arrears bear no interest, and
interest in arrears is lost with the loan that defaults.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from waterfall.money import Fen, Integers, WaterfallError, take_share, zero_fen
from waterfall.project.pool import Debts, Lot, Pool
from waterfall.project.rates import Grid, rates_of_month


@dataclass(frozen=True, eq=False)
class PoolFlows:
    """One projected month, arrays of shape (scenarios,) in fen.

    opening + bought - scheduled - prepaid - overdue_paid - defaulted = closing; `overdue` is the part
    of `closing` that overdue loans owe. Cash is `scheduled`, `prepaid`, `overdue_paid`, `interest`
    and `recovery`. `loss` is what defaulted and has now brought its recovery, less that; `in_default`
    at the month-end, no part of `closing`, still awaits it.
    """

    opening: Fen
    bought: Fen
    scheduled: Fen
    prepaid: Fen
    overdue_paid: Fen
    defaulted: Fen
    closing: Fen
    overdue: Fen
    interest: Fen
    recovery: Fen
    loss: Fen
    in_default: Fen

    @property
    def principal(self) -> Fen:
        """Cash principal of every kind, recoveries apart."""
        return self.scheduled + self.prepaid + self.overdue_paid


def advance(pool: Pool, start: date, end: date) -> tuple[Pool, PoolFlows]:
    """Let the collection period from `start` to `end` pass, both the last days of months.

    Raises WaterfallError when `end` is not after `start`.
    """
    days = (end - start).days
    if days < 1:
        raise WaterfallError(f"the month starts {start} and ends {end}; expected it to end later")
    rates = rates_of_month(pool.grid, pool.month + 1, days)
    debts = _default(_shorten_waits(pool.debts, rates.roll), rates.default)
    defaulted = pool.balance - debts.principal
    prepaid = take_share(debts.owed[0], rates.prepayment)
    debts.owed[0] -= prepaid
    _miss(pool.grid, debts, rates.delinquency)
    scheduled, interest = _fall_due(pool.lots, debts)
    overdue_paid, interest_of_old = debts.arrears[0].copy(), debts.interest_arrears[0].copy()
    debts.arrears[0] = debts.interest_arrears[0] = 0
    recoveries = _await(pool.grid, pool.recoveries, take_share(defaulted, rates.recovery))
    in_default = _await(pool.grid, pool.in_default, defaulted)
    flows = PoolFlows(
        opening=pool.balance - pool.bought,
        bought=pool.bought,
        scheduled=scheduled,
        prepaid=prepaid.sum(axis=0),
        overdue_paid=overdue_paid,
        defaulted=defaulted,
        closing=debts.principal,
        overdue=debts.overdue,
        interest=interest + interest_of_old,
        recovery=recoveries[0],
        loss=in_default[0] - recoveries[0],
        in_default=in_default[1:].sum(axis=0),
    )
    grown = replace(pool, recoveries=_pass(recoveries), in_default=_pass(in_default))
    return _grow_older(grown, debts), flows


def run_off(pool: Pool, cut_off: date) -> Iterator[tuple[date, PoolFlows]]:
    """Month-end and flows of each month after the cut-off until nothing is left; buys nothing."""
    while not pool.is_run_off:
        end = next_month_end(cut_off)
        pool, flows = advance(pool, cut_off, end)
        yield end, flows
        cut_off = end


def next_month_end(day: date) -> date:
    """The last day of the month after the month of `day`."""
    first = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _shorten_waits(debts: Debts, roll: Integers) -> Debts:
    """A month less to wait; the share `roll` of what now ends its wait is gone: it defaulted."""

    def shorten(amounts: Integers) -> Integers:
        if len(amounts) == 1:
            return amounts.copy()
        shorter = np.zeros_like(amounts)
        shorter[:-1] = amounts[1:]
        shorter[0] += amounts[0] - take_share(amounts[1], roll)
        return shorter

    return Debts(shorten(debts.owed), shorten(debts.arrears), shorten(debts.interest_arrears))


def _default(debts: Debts, rate: Integers) -> Debts:
    """What the share `rate` of every debt leaves."""
    return Debts(
        debts.owed - take_share(debts.owed, rate),
        debts.arrears - take_share(debts.arrears, rate),
        debts.interest_arrears - take_share(debts.interest_arrears, rate),
    )


def _miss(grid: Grid, debts: Debts, delinquency: Integers) -> None:
    """Move the share `delinquency` of what performs to the row of its wait; changes `debts`."""
    if not delinquency.any():
        return
    missed = take_share(debts.owed[0], delinquency)
    debts.owed[0] -= missed
    debts.owed[grid.delinquency_months, :, np.arange(grid.size)] += missed.T


def _fall_due(lots: tuple[Lot, ...], debts: Debts) -> tuple[Fen, Fen]:
    """The month's principal and interest in cash; what overdue loans owe of them joins the arrears.

    Changes `debts`.
    """
    principal_shares = [lot.schedule.principal_share[lot.age] for lot in lots]
    interest_shares = [lot.schedule.interest_share[lot.age] for lot in lots]
    due = take_share(debts.owed, np.array(principal_shares, dtype=np.int64)[:, None])
    interest = take_share(debts.owed, np.array(interest_shares, dtype=np.int64)[:, None])
    debts.owed[:] -= due
    due, interest = due.sum(axis=1), interest.sum(axis=1)
    debts.arrears[1:] += due[1:]
    debts.interest_arrears[1:] += interest[1:]
    return due[0], interest[0]


def _await(grid: Grid, queue: Integers, amount: Fen) -> Integers:
    """The queue with an amount more, to come after the lag of recoveries; row 0 is this month."""
    longer = queue.copy()
    longer[grid.recovery_lag, np.arange(grid.size)] += amount
    return longer


def _pass(queue: Integers) -> Integers:
    """The queue a month later."""
    later = np.zeros_like(queue)
    later[:-1] = queue[1:]
    return later


def _grow_older(pool: Pool, debts: Debts) -> Pool:
    """The pool at the month-end, without the lots whose schedule has ended."""
    kept = [n for n, lot in enumerate(pool.lots) if lot.age + 1 < lot.schedule.months]
    return replace(
        pool,
        month=pool.month + 1,
        lots=tuple(Lot(pool.lots[n].schedule, pool.lots[n].age + 1) for n in kept),
        debts=replace(debts, owed=debts.owed[:, kept]),
        bought=zero_fen(pool.grid.size),
    )
