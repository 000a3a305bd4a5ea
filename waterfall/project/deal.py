"""A deal month by month from a closed month to its end: pool, triggers, waterfall, purchases.

Every projected month is settled by the engine that settles the actual one. Each scenario goes its
own way: it may breach a trigger, stop buying or be called while others do not.

What is assumed of the deal, beyond the pool's assumptions:

- The collections are the pool's principal, interest and recoveries; no fees, no repurchases.
- The whole budget is spent, at the terms' price, on a mix of loans of which any amount is on offer,
  except that no loan may mature after the deal where the terms forbid it; when no loan of the mix
  is short enough, nothing is bought. A largest amount counts once for each purchase date, and a
  month's purchases are one. What is not spent stays in the account.
- Defaulted loans leave the pool's balance at once. Those whose recovery is still awaited count as
  overdue, and as seriously overdue, on top of that balance.
- The originator does not exercise the clean-up call, unless told so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Literal

import numpy as np

from deals.dates.calendar import Period, next_month, payment_period, period_of, previous_month
from deals.terms.deal import Terms
from waterfall.books import Collections, PoolFacts, State, Waiting
from waterfall.money import Fen, zero_fen
from waterfall.pay.metrics import CutOff, Watch
from waterfall.pay.month import MonthResult, refuse_missing_call, run_month, wait_month
from waterfall.project.advance import PoolFlows, advance, next_month_end
from waterfall.project.assumptions import Assumptions
from waterfall.project.buy import Bought, offered_mix, plan_purchase
from waterfall.project.groups import PoolGroup
from waterfall.project.mixes import Mix, own_mix
from waterfall.project.pool import Pool, buy, open_pool, sell

PaysFrom = Literal["cut_off", "payment_date"]


@dataclass(frozen=True, eq=False)
class ClosedMonth:
    """A deal as a closed month left it, in one scenario; money in fen.

    `groups` are the loans that it owns after the month's purchases, at the cut-off.
    """

    terms: Terms
    month: str
    state: State
    watch: Watch
    groups: tuple[PoolGroup, ...]
    initial_balance: int
    cumulative_purchased: int = 0
    cumulative_defaulted: int = 0
    cumulative_recovered: int | None = None
    """Recoveries since the closing; None where they are not known."""
    cumulative_interest: int | None = None
    events: frozenset[str] = frozenset()
    """Codes of the events in force, which stay so in every scenario."""
    waiting: Waiting | None = None
    """Of a month that no payment date followed; the cash of `state` is without it."""


@dataclass(frozen=True)
class Conduct:
    """What the parties are assumed to do; `mix` None buys loans like the pool's own.

    Loans pay their buyer from the cut-off on, or from the month after that of the payment date.
    """

    mix: Mix | None = None
    pays_from: PaysFrom = "cut_off"
    exercises_call: bool = False


@dataclass(frozen=True, eq=False)
class ProjectedMonth:
    """One month of every scenario, arrays of shape (scenarios,) in fen."""

    period: Period
    flows: PoolFlows
    result: MonthResult
    bought: Bought
    """On the payment date."""
    unspent: Fen
    """Of the purchase's budget: no loan was on offer, or the terms allow no more."""
    sold: Fen
    """The pool's balance at the cut-off, where the clean-up call was exercised."""


@dataclass(frozen=True, eq=False)
class _Standing:
    """Where every scenario stands between two months."""

    month: str
    cut_off_date: date
    pool: Pool
    pending: tuple[Fen, Mix] | None
    """Bought and paid on the last payment date, but not yet in the pool."""
    state: State
    watch: Watch
    cumulative_purchased: Fen
    cumulative_defaulted: Fen
    cumulative_recovered: Fen | None
    cumulative_interest: Fen | None
    waiting: Waiting | None


def project_deal(
    start: ClosedMonth, scenarios: Sequence[Assumptions], conduct: Conduct | None = None
) -> Iterator[ProjectedMonth]:
    """Each month after the closed one, to the deal's end.

    That is the legal final date, or the payment date, not before the expected maturity unless the
    notes are repaid, to which the pool brings nothing more. Raises WaterfallError, also for a call that
    the terms do not give; CalendarError where a month has no published working days.
    """
    conduct = conduct or Conduct()
    if conduct.exercises_call:
        refuse_missing_call(start.terms)
    mix = own_mix(start.groups) if conduct.mix is None else conduct.mix
    standing = _stand(start, scenarios)
    while True:
        month, standing = _project_month(start, standing, replace(conduct, mix=mix))
        yield month
        if _is_over(standing, month.period):
            return


def _stand(start: ClosedMonth, scenarios: Sequence[Assumptions]) -> _Standing:
    """The closed month, the same in every scenario."""
    pool = open_pool(start.groups, scenarios)
    size = pool.grid.size
    watch = Watch(
        {code: np.repeat(since, size) for code, since in start.watch.breached_since.items()},
        {
            metric: tuple(
                (day, (np.repeat(top, size), np.repeat(low, size))) for day, (top, low) in measures
            )
            for metric, measures in start.watch.history.items()
        },
    )
    return _Standing(
        month=start.month,
        cut_off_date=next_month_end(date.fromisoformat(f"{previous_month(start.month)}-01")),
        pool=pool,
        pending=None,
        state=_repeat(start.state, size),
        watch=watch,
        cumulative_purchased=np.full(size, start.cumulative_purchased, dtype=np.int64),
        cumulative_defaulted=np.full(size, start.cumulative_defaulted, dtype=np.int64),
        cumulative_recovered=_known(start.cumulative_recovered, size),
        cumulative_interest=_known(start.cumulative_interest, size),
        waiting=start.waiting and _repeat_waiting(start.waiting, size),
    )


def _repeat_waiting(waiting: Waiting, size: int) -> Waiting:
    """One scenario's collections in every scenario."""
    amounts = (getattr(waiting.collections, item.name) for item in fields(Collections))
    collections = Collections(*(np.repeat(amount, size) for amount in amounts))
    return Waiting(collections, np.repeat(waiting.opening_balance, size))


def _known(amount: int | None, size: int) -> Fen | None:
    """The amount in every scenario; what is not known stays so."""
    return None if amount is None else np.full(size, amount, dtype=np.int64)


def _repeat(state: State, size: int) -> State:
    """One scenario's state in every scenario."""
    repeated = {}
    for item in fields(State):
        value = getattr(state, item.name)
        if isinstance(value, Mapping):
            repeated[item.name] = {code: np.repeat(one, size) for code, one in value.items()}
        else:
            repeated[item.name] = np.repeat(value, size)
    return State(**repeated)


def _project_month(
    start: ClosedMonth, before: _Standing, conduct: Conduct
) -> tuple[ProjectedMonth, _Standing]:
    """The month after, and where it leaves every scenario."""
    period = period_of(start.terms, next_month(before.month))
    pool, flows = advance(before.pool, before.cut_off_date, period.collection_end_date)
    if before.pending is not None:
        pool = buy(pool, *before.pending)
    cut_off = _cut_off(start, before, period, flows, pool)
    mix = offered_mix(start.terms, period, conduct.mix or ())
    if period.has_payment:
        result, bought = _pay(cut_off, mix, pool.grid.scenarios, conduct.exercises_call)
    else:
        nothing = zero_fen(pool.grid.size)
        result, bought = wait_month(cut_off), Bought(nothing, nothing)
    pool, sold = sell(pool, result.is_called)
    month = ProjectedMonth(
        period, flows, result, bought, result.purchase_budget() - bought.cost, sold
    )
    is_at_once = conduct.pays_from == "cut_off" or not bought.principal.any()
    return month, _Standing(
        month=period.month,
        cut_off_date=period.collection_end_date,
        pool=buy(pool, bought.principal, mix) if is_at_once else pool,
        pending=None if is_at_once else (bought.principal, mix),
        state=result.state,
        watch=result.watch,
        cumulative_purchased=before.cumulative_purchased + bought.principal,
        cumulative_defaulted=cut_off.pool.cumulative_defaulted,
        cumulative_recovered=cut_off.pool.cumulative_recovered,
        cumulative_interest=None
        if before.cumulative_interest is None
        else before.cumulative_interest + flows.interest,
        waiting=None
        if period.has_payment
        else Waiting(cut_off.collections, cut_off.pool.opening_balance),
    )


def _cut_off(
    start: ClosedMonth, before: _Standing, period: Period, flows: PoolFlows, pool: Pool
) -> CutOff:
    """What the triggers and the waterfall see of the month, and of those before it that wait."""
    nothing, waiting = zero_fen(pool.grid.size), before.waiting
    collections = Collections(
        principal=flows.scheduled + flows.overdue_paid,
        interest=flows.interest,
        fee=nothing,
        recovery=flows.recovery,
        prepayment=flows.prepaid,
        repurchase=nothing,
        clean_up=nothing,
        defaulted=flows.defaulted,
    )
    opening, interest = flows.opening + flows.bought, before.cumulative_interest
    if waiting is not None:
        collections, opening = waiting.collections.plus(collections), waiting.opening_balance
        interest = None if interest is None else interest - waiting.collections.interest
    facts = PoolFacts(
        opening_balance=opening,
        closing_balance=pool.balance,
        initial_balance=nothing + start.initial_balance,
        cumulative_purchased=before.cumulative_purchased,
        cumulative_defaulted=before.cumulative_defaulted + flows.defaulted,
        overdue_balance=flows.overdue + flows.in_default,
        serious_overdue_balance=flows.in_default,
        cumulative_recovered=None
        if before.cumulative_recovered is None
        else before.cumulative_recovered + flows.recovery,
        cumulative_interest=interest,
    )
    paid_in = payment_period(start.terms, period)
    return CutOff(
        start.terms, paid_in, before.state, collections, facts, before.watch, start.events
    )


def _pay(
    cut_off: CutOff, mix: Mix, scenarios: Sequence[Assumptions], exercises_call: bool
) -> tuple[MonthResult, Bought]:
    """Settle the month; a second time with the price, where that is not the whole budget."""
    result = run_month(cut_off, exercises_call=exercises_call)
    budget = result.purchase_budget()
    bought = plan_purchase(cut_off.terms, mix, scenarios, budget)
    if (bought.cost != budget).any():
        result = run_month(cut_off, bought.cost, exercises_call)
    return result, bought


def _is_over(standing: _Standing, period: Period) -> bool:
    """Whether the payment date of `period` was the deal's last one."""
    if period.is_legal_final:
        return True
    has_more = not standing.pool.is_run_off or standing.pending is not None
    has_more |= standing.waiting is not None
    is_repaid = not any(balance.any() for balance in standing.state.note_balance.values())
    return not has_more and (is_repaid or period.is_expected_maturity)
