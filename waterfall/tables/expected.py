"""The pool's expected cash flows as the lines that a close publishes: nothing prepaid, nothing defaulted.

What stands defaulted is no part of them, nor what cannot be projected because status, rate, months or method
of repayment are not known: each is a line of its own, with its balance alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from deals.terms.money import fen
from waterfall.money import WaterfallError
from waterfall.project.expected import expect_cash_flows
from waterfall.project.groups import STANDINGS, PoolGroup
from waterfall.schedules import Repayment
from waterfall.tables.arrow import money, rows_of, table_of

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyRelation

KEYS = "status_code, annual_rate, remaining_months, repayment_method_code"


@dataclass(frozen=True)
class ExpectedLine:
    """One month of the table (`flow_code` month), or a balance that is left out (defaulted, unknown)."""

    line_number: int
    flow_code: str
    collection_end_date: date | None
    opening_balance: Decimal
    principal_due: Decimal | None
    interest_due: Decimal | None
    closing_balance: Decimal | None


def expect(pool_loan: "DuckDBPyRelation", cut_off: date) -> "pa.Table":
    """The lines of the pool (loan by loan, as `purchase.pool_loan`) after the cut-off."""
    owing = pool_loan.filter("outstanding_balance > 0")
    summed = owing.aggregate(f"{KEYS}, sum(outstanding_balance) as balance", KEYS)
    groups: list[PoolGroup] = []
    left_out = {"defaulted": 0, "unknown": 0}
    for row in rows_of(summed):
        group = _group(row)
        if group is None:
            left_out["unknown"] += fen(row["balance"])
        elif group.standing == "defaulted":
            left_out["defaulted"] += group.balance_fen
        else:
            groups.append(group)
    # In the order in which the forecast has them, whose schedule is then theirs.
    groups.sort(key=_order)
    return table_of(ExpectedLine, list(_lines(groups, left_out, cut_off)))


def _order(group: PoolGroup) -> tuple[Any, ...]:
    repayment = group.repayment
    if repayment is None:
        return (group.standing,)
    return (
        group.standing,
        repayment.annual_rate,
        repayment.remaining_months,
        repayment.method_code,
    )


def _group(row: dict[str, Any]) -> PoolGroup | None:
    """Loans that repay alike; None where that is not known of them."""
    standing, balance = STANDINGS.get(row["status_code"]), fen(row["balance"])
    if standing is None or standing == "defaulted":
        return PoolGroup("defaulted", None, balance) if standing else None
    if row["remaining_months"] == 0:
        return PoolGroup("matured", None, balance)
    terms = (row["annual_rate"], row["remaining_months"], row["repayment_method_code"])
    if None in terms:
        return None
    try:
        return PoolGroup(standing, Repayment(*terms), balance)
    except WaterfallError:
        return None


def _lines(
    groups: list[PoolGroup], left_out: dict[str, int], cut_off: date
) -> Iterator[ExpectedLine]:
    flows = expect_cash_flows(groups, cut_off) if groups else ()
    for number, flow in enumerate(flows, start=1):
        yield ExpectedLine(
            number,
            "month",
            flow.collection_end_date,
            money(flow.opening_balance),
            money(flow.principal_due),
            money(flow.interest_due),
            money(flow.closing_balance),
        )
    # After the months and their total.
    for number, (code, balance) in enumerate(left_out.items(), start=len(flows) + 2):
        if balance:
            yield ExpectedLine(number, code, None, money(balance), None, None, None)
