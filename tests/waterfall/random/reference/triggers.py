"""Triggers at a cut-off date: what is measured, whether it is breached, and the phase that follows."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from deals.terms.payments import Trigger
from tests.waterfall.random.reference.accruing import coupon
from tests.waterfall.random.reference.books import PlainCollections, PlainPool, PlainState
from tests.waterfall.random.reference.formulas import rounded

LARGEST = 10**12
"""In millionths: the rate of something over nothing."""

PHASES = ("revolving", "allocation", "accelerated", "default")
"""From mild to grave."""


@dataclass
class PlainWatch:
    """What is remembered from one cut-off to the next."""

    since: dict[str, int] = field(default_factory=dict)
    """The period of a breach that lasts."""
    overdue: list[int] = field(default_factory=list)
    """The rates of earlier cut-offs in millionths, in order."""
    seriously_overdue: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class PlainCutOff:
    """What a trigger looks at; the deal as the payment date before left it."""

    terms: Terms
    period: Period
    state: PlainState
    collections: PlainCollections
    pool: PlainPool
    events: frozenset[str]


class PlainTest(NamedTuple):
    """One trigger at one cut-off, as the engine must report it."""

    value: int
    is_breached: bool
    since: int
    is_cured: bool
    is_acting: bool


def examine_plainly(cut_off: PlainCutOff, watch: PlainWatch) -> dict[str, PlainTest]:
    """Test every trigger and change the watch."""
    if cut_off.pool.overdue is not None:
        watch.overdue.append(millionths(cut_off.pool.overdue, cut_off.pool.closing))
    if cut_off.pool.seriously_overdue is not None:
        rate = millionths(cut_off.pool.seriously_overdue, cut_off.pool.closing)
        watch.seriously_overdue.append(rate)
    return {trigger.code: examine(cut_off, watch, trigger) for trigger in cut_off.terms.triggers}


def examine(cut_off: PlainCutOff, watch: PlainWatch, trigger: Trigger) -> PlainTest:
    number = cut_off.period.period_number
    value = measure(cut_off, watch, trigger)
    threshold = [rate for start, rate in trigger.thresholds if start <= number]
    limit = (threshold or [trigger.thresholds[0][1]])[-1] * 10**6
    is_breached = value < limit if trigger.breached_when == "under" else value > limit
    before = watch.since.pop(trigger.code, 0)
    is_cured = False
    if before and trigger.is_curable and not is_breached:
        is_cured = True
    elif before:
        watch.since[trigger.code] = before
    elif is_breached:
        watch.since[trigger.code] = number
    since = watch.since.get(trigger.code, 0)
    is_acting = since > 0 if trigger.acts == "this" else 0 < since < number
    return PlainTest(value, is_breached, since, is_cured, is_acting)


def phase_of(cut_off: PlainCutOff, tests: dict[str, PlainTest]) -> str:
    """The phase that is scheduled, or the gravest that an acting trigger brings about."""
    places = [PHASES.index(cut_off.period.scheduled_phase)]
    for trigger in cut_off.terms.triggers:
        if not tests[trigger.code].is_acting:
            continue
        if trigger.effect == "end_revolving":
            places.append(PHASES.index("allocation"))
        if trigger.effect == "accelerate":
            places.append(PHASES.index("accelerated"))
        if trigger.effect == "default":
            places.append(PHASES.index("default"))
    return PHASES[max(places)]


def measure(cut_off: PlainCutOff, watch: PlainWatch, trigger: Trigger) -> int:
    """The metric in millionths, half up."""
    metric, pool, state = trigger.metric, cut_off.pool, cut_off.state
    if metric == "event":
        return 10**6 if trigger.event_code in cut_off.events else 0
    if metric == "overdue_rate":
        return watch.overdue[-1]
    if metric == "overdue_rate_3m":
        return mean(watch.overdue[-3:])
    if metric == "serious_overdue_rate":
        return watch.seriously_overdue[-1]
    if metric == "serious_overdue_rate_3m":
        return mean(watch.seriously_overdue[-3:])
    if metric == "cumulative_default_rate":
        bought = pool.purchased
        if cut_off.terms.default.rate_denominator == "initial_pool":
            bought = 0
        return millionths(pool.defaulted, pool.initial + bought)
    if metric == "cumulative_default_rate_initial":
        return millionths(pool.defaulted, pool.initial)
    if metric == "payment_rate":
        collected = cut_off.collections.principal + cut_off.collections.prepayment
        return millionths(collected, pool.opening) if pool.opening else LARGEST
    if metric == "excess_spread_rate":
        spread = max(cut_off.collections.interest + cut_off.collections.fee - cost(cut_off), 0)
        return millionths(12 * spread, pool.opening) if pool.opening else LARGEST
    if metric == "idle_cash_ratio":
        held = [account.code for account in cut_off.terms.accounts if account.target is None]
        return millionths(sum(state.accounts[code] for code in held), pool.opening)
    if metric == "pool_to_notes_ratio":
        cash = sum(state.accounts.values()) + cut_off.collections.all_cash()
        notes = sum(
            state.notes[note.code] for note in cut_off.terms.notes if note.tranche_class != "equity"
        )
        return millionths(pool.closing + max(cash, 0), notes) if notes else LARGEST
    if metric == "interest_unpaid_ratio":
        strict = [
            note.code
            for note in cut_off.terms.notes
            if note.bears_interest and not note.is_interest_deferrable
        ]
        unpaid = sum(state.interest[code] + state.late_interest[code] for code in strict)
        return millionths(unpaid, sum(state.notes[code] for code in strict))
    raise AssertionError(metric)


def cost(cut_off: PlainCutOff) -> int:
    """A twelfth of a year's coupons, each note's in whole fen."""
    start = cut_off.period.accrual_start_date
    return sum(
        rounded(cut_off.state.notes[note.code] * coupon(cut_off.terms, note, start) / 12, "half_up")
        for note in cut_off.terms.notes
    )


def millionths(part: int, whole: int) -> int:
    """A rate to 6 decimals; nothing of nothing is none, something of nothing the largest."""
    if whole:
        return min(rounded(Fraction(10**6 * part, whole), "half_up"), LARGEST)
    return LARGEST if part else 0


def mean(rates: list[int]) -> int:
    return rounded(Fraction(sum(rates), len(rates)), "half_up")
