"""Triggers at a cut-off date: what is measured, whether it is breached, and the phase that follows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from deals.terms.triggers import Trigger
from tests.waterfall.random.reference.accruing import accrued, coupon
from tests.waterfall.random.reference.books import PlainCollections, PlainPool, PlainState
from tests.waterfall.random.reference.formulas import rounded

LARGEST = Fraction(10**6)
"""The rate of something over nothing."""

PHASES = ("revolving", "allocation", "accelerated", "default")
"""From mild to grave."""


@dataclass
class PlainWatch:
    """What is remembered from one cut-off to the next."""

    since: dict[str, int] = field(default_factory=dict)
    """The period of a breach that lasts."""
    rates: dict[str, list[tuple[date, Fraction]]] = field(default_factory=dict)
    """Every metric at every cut-off so far, in order."""
    flows: dict[str, list[tuple[date, tuple[int, int]]]] = field(default_factory=dict)
    """Of a flow over the opening pool, both of them."""


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
    """In millionths, half up."""
    is_breached: bool
    since: int
    is_cured: bool
    is_acting: bool


def examine_plainly(cut_off: PlainCutOff, watch: PlainWatch) -> dict[str, PlainTest]:
    """Test every trigger and change the watch."""
    day = cut_off.period.collection_end_date
    for metric in METRICS:
        if is_known(cut_off, metric):
            watch.rates.setdefault(metric, []).append((day, rate_of(cut_off, metric)))
    for metric in ("default_rate", "net_loss_rate", "payment_rate"):
        parts = (flow_of(cut_off, metric), cut_off.pool.opening)
        watch.flows.setdefault(metric, []).append((day, parts))
    return {trigger.code: examine(cut_off, watch, trigger) for trigger in cut_off.terms.triggers}


def examine(cut_off: PlainCutOff, watch: PlainWatch, trigger: Trigger) -> PlainTest:
    number = cut_off.period.period_number
    value = measure(cut_off, watch, trigger)
    threshold = [rate for start, rate in trigger.thresholds if start <= number]
    limit = Fraction((threshold or [trigger.thresholds[0][1]])[-1])
    is_breached = {
        "over": value > limit,
        "at_or_over": value >= limit,
        "under": value < limit,
        "at_or_under": value <= limit,
    }[trigger.breached_when]
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
    stated = rounded(value * 10**6, "half_up")
    return PlainTest(stated, is_breached, since, is_cured, is_acting)


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


def measure(cut_off: PlainCutOff, watch: PlainWatch, trigger: Trigger) -> Fraction:
    """The metric, or its mean over the cut-offs of so many calendar months; the largest if one of them is."""
    if trigger.metric == "event":
        return Fraction(trigger.event_code in cut_off.events)
    metric, months = trigger.metric, trigger.average_months
    if metric.endswith("_3m"):
        metric, months = metric.removesuffix("_3m"), 3
    if months == 1:
        return rate_of(cut_off, metric)
    end = cut_off.period.collection_end_date
    first = 12 * end.year + end.month - months + 1
    if trigger.rolling == "sum":
        return summed(cut_off, watch, metric, first)
    rates = [rate for day, rate in watch.rates[metric] if 12 * day.year + day.month >= first]
    return LARGEST if LARGEST in rates else sum(rates, Fraction(0)) / len(rates)


def summed(cut_off: PlainCutOff, watch: PlainWatch, metric: str, first: int) -> Fraction:
    """What the months from `first` on came to, over the pool at the start of the earliest of them."""
    months = [parts for day, parts in watch.flows[metric] if 12 * day.year + day.month >= first]
    return over(sum(part for part, _ in months), months[0][1])


def flow_of(cut_off: PlainCutOff, metric: str) -> int:
    """What a period came to, of the metrics that are a flow over the pool at its start."""
    collections = cut_off.collections
    if metric == "default_rate":
        return collections.defaulted
    if metric == "net_loss_rate":
        return max(collections.defaulted - collections.recovery, 0)
    # Without a pool there is no bad rate.
    return collections.principal + collections.prepayment if cut_off.pool.opening else 1


def is_known(cut_off: PlainCutOff, metric: str) -> bool:
    pool = cut_off.pool
    if "overdue" in metric:
        return pool.overdue is not None
    return "cumulative_net" not in metric or pool.recovered is not None


def rate_of(cut_off: PlainCutOff, metric: str) -> Fraction:
    """The metric at this cut-off alone."""
    return METRICS[metric](cut_off)


def over_stated_denominator(cut_off: PlainCutOff, amount: int) -> Fraction:
    bought = cut_off.pool.purchased
    if cut_off.terms.default.rate_denominator == "initial_pool":
        bought = 0
    return over(amount, cut_off.pool.initial + bought)


def net_loss(cut_off: PlainCutOff) -> int:
    assert cut_off.pool.recovered is not None
    return max(cut_off.pool.defaulted - cut_off.pool.recovered, 0)


def overdue_rate(cut_off: PlainCutOff) -> Fraction:
    return over(cut_off.pool.overdue or 0, cut_off.pool.closing)


def serious_overdue_rate(cut_off: PlainCutOff) -> Fraction:
    return over(cut_off.pool.seriously_overdue or 0, cut_off.pool.closing)


def net_loss_rate(cut_off: PlainCutOff) -> Fraction:
    lost = cut_off.collections.defaulted - cut_off.collections.recovery
    return over(max(lost, 0), cut_off.pool.opening)


def payment_rate(cut_off: PlainCutOff) -> Fraction:
    collected = cut_off.collections.principal + cut_off.collections.prepayment
    return over(collected, cut_off.pool.opening) if cut_off.pool.opening else LARGEST


def excess_spread_rate(cut_off: PlainCutOff) -> Fraction:
    """A year's rate: what the pool earned beyond the coupons of its months."""
    if not cut_off.pool.opening:
        return LARGEST
    months = months_of(cut_off.period)
    start = cut_off.period.accrual_start_date
    cost = sum(
        rounded(
            cut_off.state.notes[note.code] * coupon(cut_off.terms, note, start) * months / 12,
            "half_up",
        )
        for note in cut_off.terms.notes
    )
    spread = max(cut_off.collections.interest + cut_off.collections.fee - cost, 0)
    return min(Fraction(12 * spread, months * cut_off.pool.opening), LARGEST)


def interest_cover_ratio(cut_off: PlainCutOff) -> Fraction:
    """Interest and fees over the interest that is due."""
    due = interest_due(cut_off)
    return over(cut_off.collections.interest + cut_off.collections.fee, due) if due else LARGEST


def debt_service_cover_ratio(cut_off: PlainCutOff) -> Fraction:
    """All cash over interest due and principal due: by plan, and all of it at the expected maturity."""
    due = interest_due(cut_off)
    for note in cut_off.terms.notes:
        if note.tranche_class == "equity":
            continue
        planned = [fen for day, fen in note.target_balances if day <= cut_off.period.payment_date]
        least = planned[-1] if planned else note.notional_fen
        if cut_off.period.is_expected_maturity:
            least = 0
        elif not note.target_balances:
            continue
        due += max(cut_off.state.notes[note.code] - least, 0)
    return over(max(cut_off.collections.all_cash(), 0), due) if due else LARGEST


def interest_due(cut_off: PlainCutOff) -> int:
    """What falls due to the notes above the equity, arrears included."""
    terms, state, due = cut_off.terms, cut_off.state, 0
    for note in terms.notes:
        if note.tranche_class == "equity":
            continue
        unpaid = state.interest[note.code]
        balance = state.notes[note.code]
        kind = terms.payment.interest_on_unpaid_interest
        start, end = cut_off.period.accrual_start_date, cut_off.period.payment_date
        due += unpaid + state.late_interest[note.code]
        due += accrued(terms, note, balance + unpaid * (kind == "compounding"), start, end)
        due += accrued(terms, note, unpaid, start, end) if kind == "simple" else 0
    return due


def idle_cash_ratio(cut_off: PlainCutOff) -> Fraction:
    held = []
    for account in cut_off.terms.accounts:
        if account.target is None and not account.keeps_cash:
            held.append(account.code)
    return over(sum(cut_off.state.accounts[code] for code in held), cut_off.pool.opening)


def pool_to_notes_ratio(cut_off: PlainCutOff) -> Fraction:
    state = cut_off.state
    cash = sum(state.accounts.values()) + cut_off.collections.all_cash()
    notes = sum(
        state.notes[note.code] for note in cut_off.terms.notes if note.tranche_class != "equity"
    )
    return over(cut_off.pool.closing + max(cash, 0), notes) if notes else LARGEST


def interest_unpaid_ratio(cut_off: PlainCutOff) -> Fraction:
    state = cut_off.state
    strict = [
        note.code
        for note in cut_off.terms.notes
        if note.bears_interest and not note.is_interest_deferrable
    ]
    unpaid = sum(state.interest[code] + state.late_interest[code] for code in strict)
    return over(unpaid, sum(state.notes[code] for code in strict))


METRICS: dict[str, Callable[[PlainCutOff], Fraction]] = {
    "cumulative_default_rate": lambda it: over_stated_denominator(it, it.pool.defaulted),
    "cumulative_default_rate_initial": lambda it: over(it.pool.defaulted, it.pool.initial),
    "cumulative_net_loss_rate": lambda it: over_stated_denominator(it, net_loss(it)),
    "cumulative_net_loss_rate_initial": lambda it: over(net_loss(it), it.pool.initial),
    "default_rate": lambda it: over(it.collections.defaulted, it.pool.opening),
    "net_loss_rate": net_loss_rate,
    "overdue_rate": overdue_rate,
    "serious_overdue_rate": serious_overdue_rate,
    "payment_rate": payment_rate,
    "excess_spread_rate": excess_spread_rate,
    "interest_cover_ratio": interest_cover_ratio,
    "debt_service_cover_ratio": debt_service_cover_ratio,
    "idle_cash_ratio": idle_cash_ratio,
    "pool_to_notes_ratio": pool_to_notes_ratio,
    "interest_unpaid_ratio": interest_unpaid_ratio,
}


def months_of(period: Period) -> int:
    """Of the collection period, by its first day and the day after its last; one at the least."""
    first, after = period.collection_start_date, period.collection_end_date + timedelta(days=1)
    return max(12 * (after.year - first.year) + after.month - first.month, 1)


def over(part: int, whole: int) -> Fraction:
    """An exact rate; nothing of nothing is none, something of nothing the largest."""
    if whole:
        return min(Fraction(part, whole), LARGEST)
    return LARGEST if part else Fraction(0)
