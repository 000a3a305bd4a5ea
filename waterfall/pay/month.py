"""One month of a deal: triggers at the cut-off, the phase, the payment date. Then the next.

The actual month is one scenario; a projection has thousands, which may stand in different phases:
each phase's scenarios are settled together, and their books put back side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from deals.terms.deal import Terms
from deals.terms.payments import Phase
from waterfall.books import Acting, Collections, PoolFacts, Settlement, State, pick_scenarios
from waterfall.money import Fen, WaterfallError, multiply, zero_fen
from waterfall.pay.checks import (
    check_codes,
    check_collections,
    check_pool,
    check_price,
    place_errors,
)
from waterfall.pay.metrics import CutOff, Watch
from waterfall.pay.settle import settle_checked
from waterfall.pay.triggers import (
    PHASE_ORDER,
    TriggerTest,
    examine_triggers,
    find_acting,
    select_phase,
)
from waterfall.ratios import compare

Record = TypeVar("Record", State, Collections, PoolFacts)

PHASES: tuple[Phase, ...] = (*PHASE_ORDER, "clean_up")


@dataclass(frozen=True, eq=False)
class PhaseSettlement:
    """The scenarios (by index) that one phase's priority paid."""

    phase: Phase
    scenarios: NDArray[np.int64]
    settlement: Settlement


@dataclass(frozen=True, eq=False)
class MonthResult:
    """A month that was run: what it leads to, and how each phase was paid."""

    tests: tuple[TriggerTest, ...]
    watch: Watch
    phases: NDArray[np.int64]
    """The place in PHASES of each scenario's phase."""
    may_be_called: NDArray[np.bool_]
    """The terms allow the clean-up call."""
    is_called: NDArray[np.bool_]
    """The clean-up call was exercised: the pool is sold."""
    settlements: tuple[PhaseSettlement, ...]
    state: State

    def paid(self, kind: str, target: str = "") -> Fen:
        """What the steps of that kind paid to the target, of shape (scenarios,)."""
        amounts = zero_fen(self.state.scenarios)
        for part in self.settlements:
            for payment in part.settlement.payments:
                if (payment.kind, payment.target_code) == (kind, target):
                    amounts[part.scenarios] += payment.paid
        return amounts

    def accrued(self, note_code: str) -> Fen:
        """The month's interest of a note, interest on unpaid interest included."""
        amounts = zero_fen(self.state.scenarios)
        for part in self.settlements:
            made = part.settlement
            amounts[part.scenarios] = (
                made.interest_accrued[note_code] + made.late_interest_accrued[note_code]
            )
        return amounts

    def supported(self) -> Fen:
        """What the support provider paid."""
        amounts = zero_fen(self.state.scenarios)
        for part in self.settlements:
            amounts[part.scenarios] = part.settlement.support_paid
        return amounts

    def purchase_budget(self) -> Fen:
        """The cash that the purchase step could spend."""
        amounts = zero_fen(self.state.scenarios)
        for part in self.settlements:
            amounts[part.scenarios] = part.settlement.purchase_budget
        return amounts


def run_month(
    cut_off: CutOff, purchase_price: Fen | None = None, exercises_call: bool = False
) -> MonthResult:
    """Test the triggers, choose the phase, and settle the payment date of every scenario.

    `purchase_price` None spends the whole budget where the phase buys; where it buys nothing the
    price is zero. `exercises_call` calls the pool in the scenarios in which the terms allow it.
    Raises WaterfallError.
    """
    cut_off, purchase_price = _check(cut_off, purchase_price)
    tests, watch = examine_triggers(cut_off)
    phases = select_phase(cut_off, tests)
    is_allowed = may_be_called(cut_off)
    is_called = is_allowed & exercises_call
    call = cut_off.terms.clean_up_call
    if call is not None and is_called.any():
        price = np.where(is_called, call_price(cut_off), cut_off.collections.clean_up)
        cut_off = replace(cut_off, collections=replace(cut_off.collections, clean_up=price))
        if call.replaces_priority:
            phases = np.where(is_called, PHASES.index("clean_up"), phases)
    acting = find_acting(tests)
    settlements = tuple(
        _settle_phase(
            cut_off, PHASES[place], np.flatnonzero(phases == place), purchase_price, acting
        )
        for place in np.flatnonzero(np.bincount(phases))
    )
    state = _side_by_side(settlements, cut_off.opening.scenarios)
    return MonthResult(tests, watch, phases, is_allowed, is_called, settlements, state)


def wait_month(cut_off: CutOff) -> MonthResult:
    """A month that no payment date follows: triggers are measured, and the state stays as the last payment
    date left it, for what came in waits."""
    cut_off, _ = _check(cut_off, None)
    tests, watch = examine_triggers(cut_off)
    nobody = np.zeros(cut_off.opening.scenarios, dtype=np.bool_)
    phases = select_phase(cut_off, tests)
    return MonthResult(tests, watch, phases, nobody, nobody, (), cut_off.opening)


def _check(cut_off: CutOff, purchase_price: Fen | None) -> tuple[CutOff, Fen | None]:
    """The month's figures for every scenario."""
    terms, scenarios = cut_off.terms, cut_off.opening.scenarios
    with place_errors(f"{terms.deal_id}, {cut_off.period.collection_end_date}"):
        check_codes(terms, cut_off.opening)
        checked = replace(
            cut_off,
            collections=check_collections(cut_off.collections, scenarios),
            pool=check_pool(cut_off.pool, scenarios),
        )
        return checked, check_price(purchase_price, scenarios)


def may_be_called(cut_off: CutOff) -> NDArray[np.bool_]:
    """Whether the pool has come down to the share at which the terms allow the call.

    A call that acts on the next payment date looks at the pool of the cut-off before.
    """
    call, pool = cut_off.terms.clean_up_call, cut_off.pool
    if call is None:
        return np.zeros(cut_off.opening.scenarios, dtype=np.bool_)
    seen = pool.closing_balance if call.acts == "this" else pool.opening_balance
    place = compare((seen, pool.initial_balance), int(call.threshold.scaleb(6)))
    is_low = place < 0 if call.callable_when == "under" else place <= 0
    return is_low & (pool.closing_balance > 0)


def refuse_missing_call(terms: Terms) -> None:
    """Raise WaterfallError where the clean-up call is asked for and the terms give none."""
    if terms.clean_up_call is None:
        raise WaterfallError(
            f"{terms.deal_id}: the clean-up call is asked for and the terms give none, expected the table"
            " [clean_up_call]; add it, or do without the call"
        )


def call_price(cut_off: CutOff) -> Fen:
    """What the pool of this cut-off is sold for when it is called; nothing without a call."""
    call, pool = cut_off.terms.clean_up_call, cut_off.pool
    if call is None:
        return 0 * pool.closing_balance
    return multiply(pool.closing_balance, call.price_share, rounding=cut_off.terms.payment.rounding)


def _settle_phase(
    cut_off: CutOff,
    phase: Phase,
    scenarios: NDArray[np.int64],
    purchase_price: Fen | None,
    acting: Acting,
) -> PhaseSettlement:
    """Settle the scenarios of one phase."""
    state, collections, pool = cut_off.opening, cut_off.collections, cut_off.pool
    if scenarios.size < state.scenarios:
        state, collections, pool = (
            _picked(state, scenarios),
            _picked(collections, scenarios),
            _picked(pool, scenarios),
        )
        acting = pick_scenarios(acting, scenarios)
    price = None if purchase_price is None else purchase_price[scenarios]
    settlement = settle_checked(
        cut_off.terms, cut_off.period, phase, state, collections, pool, price, acting
    )
    return PhaseSettlement(phase, scenarios, settlement)


def _picked(record: Record, scenarios: NDArray[np.int64]) -> Record:
    """The record of the chosen scenarios alone."""
    picked = {}
    for item in fields(record):
        value = getattr(record, item.name)
        if isinstance(value, Mapping):
            picked[item.name] = pick_scenarios(value, scenarios)
        elif value is not None:
            picked[item.name] = value[scenarios]
    return replace(record, **picked)


def _side_by_side(parts: tuple[PhaseSettlement, ...], scenarios: int) -> State:
    """The states of all phases in one, each scenario in its place."""
    if len(parts) == 1:
        return parts[0].settlement.state
    merged = {}
    for item in fields(State):
        values = [getattr(part.settlement.state, item.name) for part in parts]
        if isinstance(values[0], Mapping):
            merged[item.name] = {
                code: _placed(parts, [ledger[code] for ledger in values], scenarios)
                for code in values[0]
            }
        else:
            merged[item.name] = _placed(parts, values, scenarios)
    return State(**merged)


def _placed(parts: tuple[PhaseSettlement, ...], amounts: list[Fen], scenarios: int) -> Fen:
    whole = zero_fen(scenarios)
    for part, amount in zip(parts, amounts, strict=True):
        whole[part.scenarios] = amount
    return whole
