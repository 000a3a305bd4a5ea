"""What a deal's own closes tell of its pool, and the assumptions that follow from them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from deals.dates.calendar import first_month, period_of, previous_month
from deals.terms.deal import Terms
from deals.terms.money import divide_half_up, fen
from flows.lake.connection import lake_exists, open_lake
from flows.refusals import CloseRefused
from waterfall.money import ONE, WaterfallError
from waterfall.observed.estimate import estimate_constant
from waterfall.observed.observe import ObservedMonth
from waterfall.project.assumptions import Assumptions
from waterfall.schedules import Repayment, build_schedule

# The loans that the deal owned after the month before and that had not defaulted, by how they repay;
# and what all of its loans brought. A loan that defaults in the month still counts at its opening; one
# that is repurchased is left out, for that is no prepayment.
MONTH = """
    with pool as (
        select * from lake.purchase.pool_loan where deal_id = $deal and as_of_date = $before
    ),
    moved as (
        select
            pool.annual_rate, pool.remaining_months, pool.repayment_method_code,
            pool.outstanding_balance,
            pool.is_defaulted as was_defaulted,
            loan.is_new_default,
            loan.default_balance,
            loan.scheduled_principal_paid + loan.prepaid_principal_paid
            + loan.overdue_principal_paid as principal,
            loan.interest_paid,
            loan.recovery_amount,
            case when loan.is_defaulted then 0 else loan.closing_balance end as closing
        from pool
        inner join lake.pool.loan_month as loan
            on loan.deal_id = $deal and loan.as_of_date = $day and pool.loan_id = loan.loan_id
        where loan.repurchase_amount = 0
    )
    select
        moved.annual_rate, moved.remaining_months, moved.repayment_method_code,
        moved.was_defaulted,
        sum(moved.outstanding_balance)::decimal(18, 2) as opening,
        (sum(moved.outstanding_balance) filter (not moved.is_new_default))::decimal(18, 2) as alive,
        sum(moved.principal)::decimal(18, 2) as principal,
        sum(moved.interest_paid)::decimal(18, 2) as interest,
        sum(moved.default_balance)::decimal(18, 2) as defaulted,
        sum(moved.recovery_amount)::decimal(18, 2) as recovered,
        sum(moved.closing)::decimal(18, 2) as closing
    from moved
    group by all
    order by all
"""


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
    with open_lake(lake) as connection:
        relation = connection.execute(MONTH, {"deal": terms.deal_id, "day": day, "before": before})
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
