"""Triggers: what is measured at a cut-off, and what follows when it is beyond its threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Metric = Literal[
    "cumulative_default_rate",
    "cumulative_default_rate_initial",
    "cumulative_net_loss_rate",
    "cumulative_net_loss_rate_initial",
    "default_rate",
    "net_loss_rate",
    "overdue_rate",
    "overdue_rate_3m",
    "serious_overdue_rate",
    "serious_overdue_rate_3m",
    "payment_rate",
    "excess_spread_rate",
    "interest_cover_ratio",
    "debt_service_cover_ratio",
    "idle_cash_ratio",
    "pool_to_notes_ratio",
    "interest_unpaid_ratio",
    "event",
]
Effect = Literal["end_revolving", "accelerate", "default", "switch_steps"]
Rolling = Literal["mean", "sum"]
BreachedWhen = Literal["over", "at_or_over", "under", "at_or_under"]
MEANS_OF_THREE_MONTHS: Mapping[str, Metric] = {
    "overdue_rate_3m": "overdue_rate",
    "serious_overdue_rate_3m": "serious_overdue_rate",
}
"""Metrics that are a mean by their name; a trigger's `average_months` says it of the others."""
READS_DENOMINATOR: tuple[Metric, ...] = ("cumulative_default_rate", "cumulative_net_loss_rate")
"""Metrics over the denominator that `default.rate_denominator` states."""
FLOWS_OF_THE_POOL: tuple[Metric, ...] = ("default_rate", "net_loss_rate", "payment_rate")
"""Metrics of a period over the pool at its start, which may be summed over several periods."""
MOST_AVERAGED = 12
"""Months that a mean may look back on, its own included."""


@dataclass(frozen=True)
class Trigger:
    """What happens when `metric` is beyond its threshold at a cut-off date, or at it where
    `breached_when` says so.

    `thresholds` are (from period number, fraction), in order. With `average_months` the metric is its
    arithmetic mean over the cut-offs of so many calendar months, this one's included; where it is `rolling`
    as a `sum`, what these months came to together over the pool at the start of the first. `acts` says
    on which payment date the effect begins: the one that follows the cut-off, or the one after it. A
    breach lasts for good, unless it `is_curable`: then it ends, with its effect, at the first cut-off
    at which the metric is no longer there. `event_code` is the event that a trigger on metric `event`
    waits for. A trigger that may `switch_steps` leaves the phase as it is: steps name it.
    """

    code: str
    metric: Metric
    thresholds: tuple[tuple[int, Decimal], ...]
    effect: Effect
    breached_when: BreachedWhen = "over"
    is_curable: bool = False
    acts: Literal["this", "next"] = "this"
    event_code: str = ""
    clause: str = ""
    average_months: int = 1
    rolling: Rolling = "mean"

    @property
    def measured(self) -> tuple[str, int]:
        """The metric that is measured at each cut-off, and over how many months its mean is taken."""
        if self.metric in MEANS_OF_THREE_MONTHS:
            return MEANS_OF_THREE_MONTHS[self.metric], 3
        return self.metric, self.average_months

    def threshold(self, period_number: int) -> Decimal:
        """The threshold in force in that period; the first one before its period, too."""
        in_force = [value for start, value in self.thresholds if start <= period_number]
        return in_force[-1] if in_force else self.thresholds[0][1]
