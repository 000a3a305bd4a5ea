"""What a deal's own closes tell of its pool, and the assumptions that follow from them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from deals.dates.calendar import first_month, period_of, previous_month
from deals.terms.deal import Terms
from deals.terms.money import divide_half_up, fen
from flows.lake.connection import lake_exists, on_threads, open_lake
from flows.lake.questions import question
from flows.lake.upgrade.version import refuse_other_version
from flows.refusals import CloseRefused
from waterfall.money import ONE, WaterfallError
from waterfall.observed.estimate import estimate_constant
from waterfall.observed.observe import ObservedMonth
from waterfall.project.assumptions import Assumptions
from waterfall.schedules import Repayment, build_schedule


def estimate_from_closes(lake: Path, terms: Terms, month: str, count: int) -> Assumptions:
    """Constant assumptions from the deal's last `count` months up to `month`.

    Each needs the close before it, from which its pool is taken. Raises CloseRefused where one is not
    closed, WaterfallError for a loan that has no schedule, AssumptionError where nothing was owed.
    """
    months = []
    for _ in range(count):
        months.append(observe_close(lake, terms, month, count))
        month = previous_month(month)
    return estimate_constant(months[::-1])


def observe_close(lake: Path, terms: Terms, month: str, count: int) -> ObservedMonth:
    """One closed month of the pool that the month before left."""
    day = period_of(terms, month).collection_end_date
    place = f"{terms.deal_id} {month}"
    refusal = CloseRefused(
        f"{place}: no loans observed in both this close and the one before, expected "
        f"{count} months in a row after the first purchase; ask for fewer with --from-history"
    )
    if month <= first_month(terms) or not lake_exists(lake):
        raise refusal
    before = period_of(terms, previous_month(month)).collection_end_date
    with on_threads(None), open_lake(lake) as connection:
        refuse_other_version(connection, lake)
        relation = connection.execute(
            question("observed_month"), {"deal": terms.deal_id, "day": day, "before": before}
        )
        names = [column[0] for column in relation.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
    if not rows:
        raise refusal
    return _sum(place, day, rows)


def _sum(place: str, day: date, rows: Sequence[Mapping[str, Any]]) -> ObservedMonth:
    """All kinds together. What loans bring that had defaulted before is a recovery."""
    pool = [row for row in rows if not row["was_defaulted"]]
    earlier = [row for row in rows if row["was_defaulted"]]
    late = sum(_total(earlier, name) for name in ("principal", "interest"))
    return ObservedMonth(
        month_end=day,
        opening=_total(pool, "opening"),
        scheduled=sum(_due(place, row) for row in pool),
        principal=_total(pool, "principal"),
        interest=_total(pool, "interest"),
        defaulted=_total(pool, "defaulted"),
        recovered=_total(rows, "recovered") + late,
        closing=_total(pool, "closing"),
    )


def _total(rows: Sequence[Mapping[str, Any]], column: str) -> int:
    return sum(fen(row[column]) for row in rows)


def _due(place: str, row: Mapping[str, Any]) -> int:
    """The principal due in the month on the loans of a kind that did not default in it, in fen."""
    alive = fen(row["alive"] or Decimal(0))
    if row["remaining_months"] == 0 or not alive:
        return alive
    kind = tuple(row[name] for name in ("annual_rate", "remaining_months", "repayment_method_code"))
    if None in kind:
        raise WaterfallError(
            f"{place}: loans of rate, remaining months and method {kind} have no schedule, expected "
            "all three; mend them on the tape, or state the assumptions"
        )
    share = build_schedule([(Repayment(*kind), 1)]).principal_share[0]
    return divide_half_up(alive * int(share), ONE)
