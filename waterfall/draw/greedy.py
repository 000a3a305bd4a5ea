"""Which candidates the cash buys under all limits at once: greedy in draw order, exact.

A candidate is taken if its price fits the cash then left and every limit of the pool still holds with
it; else it is passed over and the next one is looked at. A limit that the pool breaks before the draw
stops only the candidates that would make it worse. Whole loans only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index

import numpy as np
from numpy.typing import NDArray

from waterfall.draw.checks import check_limits
from waterfall.draw.limits import CASH, TAKEN, FixedLimit, Limit, sum_exactly
from waterfall.draw.outcomes import (
    LimitOutcome,
    Measure,
    breaks_a_limit,
    judge,
    measure_opening,
)
from waterfall.money import LARGEST_FEN, Fen, WaterfallError, format_fen

VECTOR_ROUNDS = 32
"""Each round scans what is left; ordinary books need a handful, and a plain loop does the rest."""

LONGEST_STEP = 10
"""A plan is lowered by at most so many times what the pool fell short of it."""
MILLION = 10**6
PATIENCE = 16
"""After so many draws each further plan at least halves what is bought: under 80 draws in all."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Loans that may be bought, in draw order: balance and price, int64 fen (candidates,)."""

    balance: Fen
    price: Fen

    @classmethod
    def at_par(cls, balance: Fen) -> "Candidates":
        """Candidates that cost what they owe."""
        return cls(balance, balance)


@dataclass(frozen=True)
class Excerpt:
    """Says that candidates are the first `prefix` of more and some others, all in draw order.

    `largest_purchase` is `find_largest_purchase` of all.
    """

    prefix: int
    largest_purchase: int


@dataclass(frozen=True, eq=False)
class Draw:
    """What was taken, what it cost, and how the pool stands to each limit, in the limits' order.

    `stopped_by` int16 (candidates,): TAKEN, CASH, or the position of the first limit that the candidate
    would have broken. Amounts in fen. Shares were taken of `planned_pool` fen, found in `draw_count` draws;
    none of them left more than `most_left_by_prefix` fen after an excerpt's prefix.
    """

    stopped_by: NDArray[np.int16]
    balance_bought: int
    cash_spent: int
    cash_left: int
    passed_over_for_cash_count: int
    outcomes: tuple[LimitOutcome, ...]
    planned_pool: int
    draw_count: int
    most_left_by_prefix: int

    @property
    def taken(self) -> NDArray[np.bool_]:
        """Which candidates are bought, bool (candidates,)."""
        return self.stopped_by == TAKEN


@dataclass(frozen=True, eq=False)
class _Passage:
    """One way through all candidates; `after` as `outcomes.Measure`, for each limit."""

    stopped_by: NDArray[np.int16]
    cash_left: int
    left_by_prefix: int
    bought: int
    after: tuple[Measure, ...]


def draw(
    candidates: Candidates,
    cash: int,
    limits: Sequence[Limit] = (),
    opening_pool: int = 0,
    excerpt: Excerpt | None = None,
) -> Draw:
    """Take candidates while `cash` and every limit allow; `opening_pool` is the pool before, in fen.

    A share is a share of the pool that results. The draw plans a pool (the opening one and all that the
    cash could buy), takes each share of it as a cap, and draws. If less was bought, and some share of
    the pool that results is broken, the plan is lowered to that pool or below, and the draw is made
    again from the start. It ends: each plan is lower than the last, and at the opening pool, the lowest,
    nothing can break, since no draw results in less.

    Raises WaterfallError on a negative cash, a balance or price that is zero or below, and a limit that
    cannot be judged exactly (`checks`).
    """
    cash, opening_pool = index(cash), index(opening_pool)
    check_candidates(candidates, cash, opening_pool)
    check_limits(limits, candidates.balance, opening_pool)
    if excerpt is None:
        excerpt = Excerpt(candidates.price.size, find_largest_purchase(candidates, cash))
    before = measure_opening(limits)
    plan = opening_pool + excerpt.largest_purchase
    plans: list[tuple[int, int]] = []
    most_left = 0
    while True:
        planned = [limit.at(plan) for limit in limits]
        passage = _pass_through(candidates, cash, planned, opening_pool, excerpt.prefix)
        pool = opening_pool + passage.bought
        plans.append((plan, pool))
        most_left = max(most_left, passage.left_by_prefix)
        if pool >= plan or not breaks_a_limit(limits, before, passage.after, pool):
            break
        plan = _lower_plan(plans, opening_pool)
    counts = np.bincount(passage.stopped_by - CASH, minlength=len(limits) + 2).tolist()
    outcomes = tuple(
        judge(limit, opening, closing, opening_pool, pool, count)
        for limit, opening, closing, count in zip(
            limits, before, passage.after, counts[2:], strict=True
        )
    )
    return Draw(
        passage.stopped_by,
        balance_bought=passage.bought,
        cash_spent=cash - passage.cash_left,
        cash_left=passage.cash_left,
        passed_over_for_cash_count=counts[0],
        outcomes=outcomes,
        planned_pool=plan,
        draw_count=len(plans),
        most_left_by_prefix=most_left,
    )


def find_largest_purchase(candidates: Candidates, cash: int) -> int:
    """No draw can buy more balance than this, in fen: all of it, or the cash at the best price."""
    balance, price = candidates.balance, candidates.price
    total = sum_exactly(balance)
    if np.array_equal(balance, price):
        return min(total, cash)
    if int(balance.max(initial=0)) * MILLION > LARGEST_FEN:
        return total
    # The most balance for one unit of cash, in millionths, rounded up.
    best = int(np.max(-(-balance * MILLION // price), initial=0))
    return min(total, cash * best // MILLION)


def _lower_plan(plans: Sequence[tuple[int, int]], opening_pool: int) -> int:
    """The next pool to plan, after pairs of (planned, resulting), each smaller than its plan.

    The resulting pool would do, but may get there in small steps: where a group's cap is 90 % of the pool
    and binds, every step is nine tenths of the last. Two pairs show how the result follows the plan; on
    the straight line through them the next plan is where both are the same.
    """
    plan, pool = plans[-1]
    lower = pool
    if len(plans) > 1:
        fall, followed = plans[-2][0] - plan, plans[-2][1] - pool
        if fall > followed:
            step = (plan - pool) * fall // (fall - followed)
            lower = min(pool, plan - min(step, LONGEST_STEP * (plan - pool)))
    if len(plans) >= PATIENCE:
        lower = min(lower, opening_pool + (plan - opening_pool) // 2)
    return max(lower, opening_pool)


def _pass_through(
    candidates: Candidates,
    cash: int,
    limits: Sequence[FixedLimit],
    opening_pool: int,
    prefix: int,
) -> _Passage:
    balance, price = candidates.balance, candidates.price
    running = None
    if limits:
        # Numba takes a second to import, and a deal without limits does without it.
        from waterfall.draw.pool import RunningPool

        running = RunningPool(limits, opening_pool)
        stopped_by, cash_left = running.pass_through(balance, price, cash)
    else:
        taken, cash_left = _draw_for_cash(price, cash)
        stopped_by = np.where(taken, np.int16(TAKEN), np.int16(CASH))
    taken = stopped_by == TAKEN
    spent_by_prefix = int(price[:prefix][taken[:prefix]].sum())
    bought = sum_exactly(balance[taken])
    after = running.close(opening_pool + bought) if running else ()
    return _Passage(stopped_by, cash_left, cash - spent_by_prefix, bought, after)


def _draw_for_cash(price: Fen, cash: int) -> tuple[NDArray[np.bool_], int]:
    """Which candidates the cash alone takes, and the cash left.

    A round takes the longest prefix that the cash pays, then drops every candidate that no longer
    fits: the loop's own answer, since the cash only falls and what does not fit now never will.
    """
    largest = int(price.max(initial=0))
    taken = np.zeros(price.size, dtype=np.bool_)
    waiting = np.flatnonzero(price <= cash)
    for _ in range(VECTOR_ROUNDS):
        if waiting.size == 0 or waiting.size * largest > LARGEST_FEN:
            break
        spent = np.cumsum(price[waiting])
        count = int(np.searchsorted(spent, cash, side="right"))
        taken[waiting[:count]] = True
        cash -= int(spent[count - 1])
        waiting = waiting[count:]
        waiting = waiting[price[waiting] <= cash]
    for position, amount in zip(waiting.tolist(), price[waiting].tolist(), strict=True):
        if amount <= cash:
            taken[position] = True
            cash -= amount
    return taken, cash


def check_candidates(candidates: Candidates, cash: int, opening_pool: int) -> None:
    """Raise WaterfallError where an amount is none that can be drawn with."""
    for name, amount in (("cash", cash), ("opening pool", opening_pool)):
        if not 0 <= amount <= LARGEST_FEN:
            raise WaterfallError(
                f"draw: the {name} is {format_fen(amount)}; expected zero or more, in int64 fen"
            )
    count = candidates.balance.size
    for name, amounts in (("balance", candidates.balance), ("price", candidates.price)):
        if amounts.dtype != np.int64 or amounts.shape != (count,):
            raise WaterfallError(
                f"draw: the candidates' {name} is {amounts.dtype} of shape {amounts.shape};"
                f" expected int64 fen of shape ({count},)"
            )
        if (amounts <= 0).any():
            position = int(np.argmax(amounts <= 0))
            raise WaterfallError(
                f"draw: candidate {position} (from 0, in draw order) has {name}"
                f" {format_fen(amounts[position])}; expected more than zero; exclude settled loans"
            )
