"""The triggers tested at a cut-off as the lines that a close publishes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deals.dates.calendar import nth_period
from deals.terms.deal import Terms
from waterfall.pay.metrics import METRICS, CutOff
from waterfall.pay.triggers import TriggerTest
from waterfall.ratios import LARGEST_RATE, in_millionths
from waterfall.tables.arrow import money, rate


@dataclass(frozen=True)
class TriggerLine:
    """One trigger: what it measured, since when it is in force, and on which payment date it acts.

    `metric_rate` is null where there is nothing to measure by. A trigger in force that acts on the next
    payment date is shown before it acts: `acts_from_date` is that date.
    """

    line_number: int
    trigger_code: str
    clause_name: str
    metric_code: str
    event_code: str
    breached_when_code: str
    metric_rate: Decimal | None
    threshold_rate: Decimal
    is_breached: bool
    breached_since_number: int | None
    breached_since_date: date | None
    effect_code: str
    is_in_force: bool
    is_cured: bool
    acts_code: str
    acts_from_date: date | None
    is_acting: bool


@dataclass(frozen=True)
class MetricLine:
    """One metric at one cut-off: a mean of months is made of these, exactly.

    `metric_rate` is null where there is nothing to measure by.
    """

    metric_code: str
    numerator_amount: Decimal
    denominator_amount: Decimal
    metric_rate: Decimal | None


def state_metrics(cut_off: CutOff) -> tuple[MetricLine, ...]:
    """A line for each metric that is known of the one scenario, whether a trigger reads it or not."""
    known = ((metric, measured(cut_off)) for metric, measured in METRICS.items())
    return tuple(
        MetricLine(
            metric, money(ratio[0]), money(ratio[1]), state_rate(int(in_millionths(ratio)[0]))
        )
        for metric, ratio in known
        if ratio is not None
    )


def state_tests(terms: Terms, tests: tuple[TriggerTest, ...]) -> tuple[TriggerLine, ...]:
    """A line for each test of the one scenario, in the order of the terms."""
    return tuple(_state(terms, number, test) for number, test in enumerate(tests, start=1))


def _state(terms: Terms, number: int, test: TriggerTest) -> TriggerLine:
    trigger, value, since = test.trigger, int(test.value[0]), int(test.breached_since[0])
    months = terms.payment.months_between or 1
    first = nth_period(terms, (since + (trigger.acts == "next")) * months) if since else None
    return TriggerLine(
        line_number=number,
        trigger_code=trigger.code,
        clause_name=trigger.clause,
        metric_code=trigger.metric,
        event_code=trigger.event_code,
        breached_when_code=trigger.breached_when,
        metric_rate=state_rate(value),
        threshold_rate=rate(test.threshold),
        is_breached=bool(test.is_breached[0]),
        breached_since_number=since or None,
        breached_since_date=(
            nth_period(terms, since * months).collection_end_date if since else None
        ),
        effect_code=trigger.effect,
        is_in_force=since > 0,
        is_cured=bool(test.is_cured[0]),
        acts_code=trigger.acts,
        acts_from_date=first.payment_date if first else None,
        is_acting=bool(test.is_acting[0]),
    )


def state_rate(millionths: int) -> Decimal | None:
    """A metric as a fraction; null where there is nothing to measure by."""
    return None if millionths >= LARGEST_RATE else rate(millionths)
