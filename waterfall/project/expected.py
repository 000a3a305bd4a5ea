"""The expected cash flows of a pool, nothing prepaid and nothing defaulted.

资产池现金流归集表: OFF-4 of the offering and TR-6 of the periodic report (of the 2019 guideline, B.3
and B.4): by month-end, opening - principal due = closing, and the principal sums to the opening
pool. Overdue loans are expected to pay from the first month on, matured ones all of it in that
month; loans that stand defaulted are not in the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from waterfall.project.advance import run_off
from waterfall.project.assumptions import Assumptions
from waterfall.project.groups import PoolGroup
from waterfall.project.pool import open_pool


@dataclass(frozen=True)
class ExpectedCashFlow:
    """One month of the table, in fen."""

    collection_end_date: date
    opening_balance: int
    principal_due: int
    interest_due: int
    closing_balance: int


def expect_cash_flows(groups: Iterable[PoolGroup], cut_off: date) -> tuple[ExpectedCashFlow, ...]:
    """A row for each month after the cut-off until the pool has run off."""
    expected = [group for group in groups if group.standing != "defaulted"]
    return tuple(
        ExpectedCashFlow(
            collection_end_date=month_end,
            opening_balance=int(flows.opening[0]),
            principal_due=int(flows.principal[0]),
            interest_due=int(flows.interest[0]),
            closing_balance=int(flows.closing[0]),
        )
        for month_end, flows in run_off(open_pool(expected, [Assumptions()]), cut_off)
    )
