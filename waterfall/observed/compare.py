"""A pool's forecast beside what came: balance, collections and losses, by month and by year.

A difference is forecast less actual. Amounts in fen; balance counts at a span's last month, collections
and losses are sums over it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from waterfall.observed.observe import ObservedMonth
from waterfall.project.advance import PoolFlows, advance, next_month_end
from waterfall.project.assumptions import Assumptions
from waterfall.project.groups import PoolGroup
from waterfall.project.pool import open_pool

MEASURES: Mapping[str, tuple[Callable[[PoolFlows], int], Callable[[ObservedMonth], int]]] = {
    "balance": (lambda flows: int(flows.closing[0]), lambda month: month.closing),
    "collections": (
        lambda flows: int(flows.principal[0] + flows.interest[0] + flows.recovery[0]),
        lambda month: month.collected,
    ),
    "losses": (
        lambda flows: int(flows.defaulted[0] - flows.recovery[0]),
        lambda month: month.loss,
    ),
}
"""How each is read from a projected month of one scenario, and from an observed one."""


@dataclass(frozen=True)
class Comparison:
    """One measure of one span of months: what came, and the forecast under each assumption."""

    measure: str
    span: str
    actual: int
    forecast: Mapping[str, int]

    def error(self, name: str) -> int:
        """Forecast less actual, in fen."""
        return self.forecast[name] - self.actual

    def error_share(self, name: str) -> Decimal | None:
        """The same as a share of the actual, 4 decimals, half up; None where that is zero."""
        if not self.actual:
            return None
        share = Decimal(self.error(name)) / abs(self.actual)
        return share.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def forecast_months(
    groups: Sequence[PoolGroup], assumptions: Assumptions, cut_off: date, count: int
) -> list[PoolFlows]:
    """The `count` months after the cut-off, with nothing bought."""
    pool, months = open_pool(groups, [assumptions]), []
    for _ in range(count):
        end = next_month_end(cut_off)
        pool, flows = advance(pool, cut_off, end)
        months.append(flows)
        cut_off = end
    return months


def compare_months(
    observed: Sequence[ObservedMonth], forecasts: Mapping[str, Sequence[PoolFlows]]
) -> list[Comparison]:
    """Every measure of every month; each forecast starts with the first observed month."""
    return [
        Comparison(
            measure,
            f"{month.month_end:%Y-%m}",
            actual(month),
            {name: forecast(flows[place]) for name, flows in forecasts.items()},
        )
        for measure, (forecast, actual) in MEASURES.items()
        for place, month in enumerate(observed)
    ]


def compare_spans(
    months: Sequence[Comparison], span_of: Callable[[str], str | None]
) -> list[Comparison]:
    """Months joined to the spans that `span_of` names; those of no span are left out."""
    spans = []
    for measure in MEASURES:
        own = [one for one in months if one.measure == measure and span_of(one.span)]
        for span, found in groupby(own, key=lambda one: span_of(one.span)):
            spans.append(_join(measure, span or "", list(found)))
    return spans


def _join(measure: str, span: str, months: Sequence[Comparison]) -> Comparison:
    """One span: the last month's balance, or the sum."""
    taken = months[-1:] if measure == "balance" else months
    return Comparison(
        measure,
        span,
        sum(one.actual for one in taken),
        {name: sum(one.forecast[name] for one in taken) for name in taken[0].forecast},
    )
