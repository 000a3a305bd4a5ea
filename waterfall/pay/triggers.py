"""Triggers at a cut-off date: measured, tested, remembered; and the phase that follows from them.

One truth for the actual month and for every projected one. Metrics are whole millionths, rounded
half up once, so that the figure which is published is the figure which is tested. What happened on
the payment date before (interest unpaid, cash idle) is known at the cut-off; what happens on this
one is tested at the next.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from deals.dates.calendar import Period
from deals.terms.coupons import coupon
from deals.terms.deal import Terms
from deals.terms.payments import Effect, Phase, Trigger
from waterfall.books import Collections, PoolFacts, State
from waterfall.money import Fen, WaterfallError, multiply, ratio_in_millionths, zero_fen

Millionths = NDArray[np.int64]

EFFECT_PHASES: Mapping[Effect, Phase] = {
    "end_revolving": "allocation",
    "accelerate": "accelerated",
    "default": "default",
}
PHASE_ORDER: tuple[Phase, ...] = ("revolving", "allocation", "accelerated", "default")
"""From mild to grave: of several, the gravest holds."""


@dataclass(frozen=True, eq=False)
class Watch:
    """What is remembered of the triggers between two cut-off dates, by trigger code.

    `breached_since` is the period number of the breach that lasts, 0 where there is none.
    `rate_history` has the overdue rates of the last two cut-offs, newest first, by metric.
    """

    breached_since: Mapping[str, NDArray[np.int64]]
    rate_history: Mapping[str, tuple[Millionths, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CutOff:
    """All that a trigger may look at: arrays of shape (scenarios,) and the events of the month."""

    terms: Terms
    period: Period
    opening: State
    """The deal after the payment date before."""
    collections: Collections
    pool: PoolFacts
    watch: Watch
    events: frozenset[str] = frozenset()
    """Codes of the events that were entered by hand, up to this cut-off and not withdrawn."""


@dataclass(frozen=True, eq=False)
class TriggerTest:
    """One trigger at one cut-off date."""

    trigger: Trigger
    value: Millionths
    """Of an event: one million where it happened."""
    threshold: int
    """In millionths."""
    is_breached: NDArray[np.bool_]
    """At this cut-off."""
    breached_since: NDArray[np.int64]
    """Period number since when the trigger is in force; 0 where it is not."""
    is_cured: NDArray[np.bool_]
    """In force before, and no more."""
    is_acting: NDArray[np.bool_]
    """Whether it decides the phase of the payment date that follows."""


def open_watch(terms: Terms, scenarios: int) -> Watch:
    """Nothing breached, nothing measured."""
    return Watch({trigger.code: zero_fen(scenarios) for trigger in terms.triggers})


def examine_triggers(cut_off: CutOff) -> tuple[tuple[TriggerTest, ...], Watch]:
    """Every trigger of the deal at this cut-off, and what to remember of them.

    Raises WaterfallError where a metric is not known: unknown is not a pass.
    """
    tests = tuple(_test(cut_off, trigger) for trigger in cut_off.terms.triggers)
    history = {
        metric: (rate, *cut_off.watch.rate_history.get(metric, ())[:1])
        for metric in RATES_OF_THREE_MONTHS.values()
        if (rate := _try_rate(cut_off, metric)) is not None
    }
    return tests, Watch({test.trigger.code: test.breached_since for test in tests}, history)


def _test(cut_off: CutOff, trigger: Trigger) -> TriggerTest:
    number = cut_off.period.period_number
    value = _measure(cut_off, trigger)
    threshold = int(trigger.threshold(number).scaleb(6))
    is_breached = value < threshold if trigger.breached_when == "under" else value > threshold
    before = cut_off.watch.breached_since[trigger.code]
    stays = (before > 0) & (is_breached | (not trigger.is_curable))
    since = np.where(stays, before, np.where(is_breached, number, 0)).astype(np.int64)
    is_acting = since > 0 if trigger.acts == "this" else (since > 0) & (since < number)
    return TriggerTest(
        trigger, value, threshold, is_breached, since, (before > 0) & (since == 0), is_acting
    )


def select_phase(cut_off: CutOff, tests: tuple[TriggerTest, ...]) -> NDArray[np.int64]:
    """The place in PHASE_ORDER of each scenario's phase: as scheduled, or graver by a trigger."""
    scheduled = cut_off.period.scheduled_phase
    start = PHASE_ORDER.index("revolving" if scheduled == "revolving" else "allocation")
    places = np.full(cut_off.opening.scenarios, start, dtype=np.int64)
    for test in tests:
        place = PHASE_ORDER.index(EFFECT_PHASES[test.trigger.effect])
        places = np.where(test.is_acting, np.maximum(places, place), places)
    return places


def _measure(cut_off: CutOff, trigger: Trigger) -> Millionths:
    if trigger.metric == "event":
        happened = trigger.event_code in cut_off.events
        return np.full(cut_off.opening.scenarios, 10**6 * happened, dtype=np.int64)
    if trigger.metric in RATES_OF_THREE_MONTHS:
        return _mean_of_three_months(cut_off, trigger)
    return _rate(cut_off, trigger.metric, trigger)


def _rate(cut_off: CutOff, metric: str, trigger: Trigger) -> Millionths:
    value = _try_rate(cut_off, metric)
    if value is None:
        raise WaterfallError(
            f"{cut_off.terms.deal_id}, {cut_off.period.collection_end_date}: trigger {trigger.code}"
            f" needs {metric}, which is not known: expected the overdue balances of the pool;"
            " give them, or remove the trigger"
        )
    return value


def _try_rate(cut_off: CutOff, metric: str) -> Millionths | None:
    parts = METRICS[metric](cut_off)
    return None if parts is None else ratio_in_millionths(*parts)


def _mean_of_three_months(cut_off: CutOff, trigger: Trigger) -> Millionths:
    """The mean of the rates of this cut-off and the two before, of fewer in the deal's first months."""
    metric = RATES_OF_THREE_MONTHS[trigger.metric]
    rates = [_rate(cut_off, metric, trigger), *cut_off.watch.rate_history.get(metric, ())]
    return (2 * sum(rates[1:], rates[0]) + len(rates)) // (2 * len(rates))


Ratio = tuple[Fen, Fen] | None


def _cumulative_default(cut_off: CutOff) -> Ratio:
    pool = cut_off.pool
    if cut_off.terms.default.rate_denominator == "initial_pool":
        return pool.cumulative_defaulted, pool.initial_balance
    return pool.cumulative_defaulted, pool.initial_balance + pool.cumulative_purchased


def _overdue(cut_off: CutOff) -> Ratio:
    overdue = cut_off.pool.overdue_balance
    return None if overdue is None else (overdue, cut_off.pool.closing_balance)


def _serious_overdue(cut_off: CutOff) -> Ratio:
    overdue = cut_off.pool.serious_overdue_balance
    return None if overdue is None else (overdue, cut_off.pool.closing_balance)


def _payment(cut_off: CutOff) -> Ratio:
    """Principal collected over the opening pool, a month's rate; no pool has no bad rate."""
    opening = cut_off.pool.opening_balance
    collected = cut_off.collections.principal + cut_off.collections.prepayment
    return np.where(opening == 0, 1, collected), opening


def _excess_spread(cut_off: CutOff) -> Ratio:
    """Interest and fees less a twelfth of the year's coupons, times 12, over the opening pool.

    Each note's twelfth is in whole fen. Below zero it counts as zero; no pool has no bad spread.
    """
    terms, start = cut_off.terms, cut_off.period.accrual_start_date
    cost = sum(
        (
            multiply(cut_off.opening.note_balance[note.code], coupon(terms, note, start), (1, 12))
            for note in terms.notes
        ),
        0 * cut_off.collections.interest,
    )
    spread = np.maximum(cut_off.collections.interest + cut_off.collections.fee - cost, 0)
    opening = cut_off.pool.opening_balance
    return np.where(opening == 0, 1, 12 * spread), opening


def _idle_cash(cut_off: CutOff) -> Ratio:
    """Cash left in the accounts after the payment date before, over the opening pool.

    A reserve, an account with a target, is not idle.
    """
    held = [
        cut_off.opening.account_balance[account.code]
        for account in cut_off.terms.accounts
        if account.target is None
    ]
    return sum(held, 0 * cut_off.pool.opening_balance), cut_off.pool.opening_balance


def _pool_to_notes(cut_off: CutOff) -> Ratio:
    """Pool and cash over the notes that are not equity's; notes repaid are covered."""
    opening, nothing = cut_off.opening, 0 * cut_off.pool.closing_balance
    rated = [note.code for note in cut_off.terms.notes if note.tranche_class != "equity"]
    cash = sum(opening.account_balance.values(), nothing) + cut_off.collections.total()
    notes = sum((opening.note_balance[code] for code in rated), nothing)
    assets = cut_off.pool.closing_balance + np.maximum(cash, 0)
    return np.where(notes == 0, 1, assets), notes


def _interest_unpaid(cut_off: CutOff) -> Ratio:
    """Interest that the payment date before left unpaid, of notes that may not defer it."""
    opening, nothing = cut_off.opening, 0 * cut_off.pool.closing_balance
    strict = [
        note.code
        for note in cut_off.terms.notes
        if note.bears_interest and not note.is_interest_deferrable
    ]
    unpaid = sum((opening.interest_unpaid[code] for code in strict), nothing)
    unpaid = unpaid + sum((opening.late_interest_unpaid[code] for code in strict), nothing)
    return unpaid, sum((opening.note_balance[code] for code in strict), nothing)


METRICS: Mapping[str, Callable[[CutOff], Ratio]] = {
    "cumulative_default_rate": _cumulative_default,
    "cumulative_default_rate_initial": lambda cut_off: (
        cut_off.pool.cumulative_defaulted,
        cut_off.pool.initial_balance,
    ),
    "overdue_rate": _overdue,
    "serious_overdue_rate": _serious_overdue,
    "payment_rate": _payment,
    "excess_spread_rate": _excess_spread,
    "idle_cash_ratio": _idle_cash,
    "pool_to_notes_ratio": _pool_to_notes,
    "interest_unpaid_ratio": _interest_unpaid,
}
"""Each metric as numerator and denominator in fen; None where it is not known."""

RATES_OF_THREE_MONTHS = {
    "overdue_rate_3m": "overdue_rate",
    "serious_overdue_rate_3m": "serious_overdue_rate",
}
