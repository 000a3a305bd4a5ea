"""Triggers at a cut-off date: measured, tested, remembered; and the phase that follows from them.

One truth for the actual month and for every projected one. A metric is compared with its threshold as
an exact fraction, and rounded only where it is stated.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deals.terms.deal import Terms
from deals.terms.payments import Phase
from deals.terms.triggers import Effect, Trigger
from waterfall.books import Acting
from waterfall.money import WaterfallError, zero_fen
from waterfall.pay.checks import place_errors
from waterfall.pay.metrics import CutOff, Watch, measure, remember
from waterfall.ratios import Millionths, Ratio, compare, in_millionths

EFFECT_PHASES: Mapping[Effect, Phase] = {
    "end_revolving": "allocation",
    "accelerate": "accelerated",
    "default": "default",
}
PHASE_ORDER: tuple[Phase, ...] = ("revolving", "allocation", "accelerated", "default")
"""From mild to grave: of several, the gravest holds."""


@dataclass(frozen=True, eq=False)
class TriggerTest:
    """One trigger at one cut-off date."""

    trigger: Trigger
    ratio: Ratio
    """The metric as an exact fraction. Of an event: one where it happened."""
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

    @property
    def value(self) -> Millionths:
        """The metric as it is stated, half up."""
        return in_millionths(self.ratio)


def open_watch(terms: Terms, scenarios: int) -> Watch:
    """Nothing breached, nothing measured."""
    return Watch({trigger.code: zero_fen(scenarios) for trigger in terms.triggers})


def examine_triggers(cut_off: CutOff) -> tuple[tuple[TriggerTest, ...], Watch]:
    """Every trigger of the deal at this cut-off, and what to remember of them.

    At a cut-off that no payment date follows a breach is told, and neither begins nor ends. Raises
    WaterfallError where a metric is not known: unknown is not a pass.
    """
    with place_errors(f"{cut_off.terms.deal_id}, {cut_off.period.collection_end_date}"):
        tests = tuple(_test(cut_off, trigger) for trigger in cut_off.terms.triggers)
        history = remember(cut_off)
    since = {test.trigger.code: test.breached_since for test in tests}
    return tests, Watch(since, history)


def _test(cut_off: CutOff, trigger: Trigger) -> TriggerTest:
    number = cut_off.period.period_number
    ratio, threshold = measure(cut_off, trigger), _threshold(trigger, number)
    is_breached = _is_breached(trigger, ratio, threshold)
    before = cut_off.watch.breached_since[trigger.code]
    stays = (before > 0) & (is_breached | (not trigger.is_curable))
    since = np.where(stays, before, np.where(is_breached, number, 0)).astype(np.int64)
    if not cut_off.period.has_payment:
        since = before
    is_acting = since > 0 if trigger.acts == "this" else (since > 0) & (since < number)
    return TriggerTest(
        trigger, ratio, threshold, is_breached, since, (before > 0) & (since == 0), is_acting
    )


def _threshold(trigger: Trigger, number: int) -> int:
    """The threshold of the period in millionths, of which no part may be lost."""
    threshold = trigger.threshold(number).scaleb(6)
    if threshold != threshold.to_integral_value():
        raise WaterfallError(
            f"trigger {trigger.code}: threshold {threshold.scaleb(-6)}, expected at most 6 decimals"
        )
    return int(threshold)


def _is_breached(trigger: Trigger, ratio: Ratio, threshold: int) -> NDArray[np.bool_]:
    place = compare(ratio, threshold)
    return {
        "over": place > 0,
        "at_or_over": place >= 0,
        "under": place < 0,
        "at_or_under": place <= 0,
    }[trigger.breached_when]


def find_acting(tests: tuple[TriggerTest, ...]) -> Acting:
    """Where each trigger acts on the payment date."""
    return {test.trigger.code: test.is_acting for test in tests}


def select_phase(cut_off: CutOff, tests: tuple[TriggerTest, ...]) -> NDArray[np.int64]:
    """The place in PHASE_ORDER of each scenario's phase: as scheduled, or graver by a trigger."""
    scheduled = cut_off.period.scheduled_phase
    start = PHASE_ORDER.index("revolving" if scheduled == "revolving" else "allocation")
    places = np.full(cut_off.opening.scenarios, start, dtype=np.int64)
    for test in tests:
        if test.trigger.effect not in EFFECT_PHASES:
            continue
        place = PHASE_ORDER.index(EFFECT_PHASES[test.trigger.effect])
        places = np.where(test.is_acting, np.maximum(places, place), places)
    return places
