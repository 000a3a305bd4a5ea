"""When a fact holds: a balance at an instant, a flow over a period.

The name of a column says which, as `cumulative_` and `_balance` do; the tables in which a name misleads are
listed. Days end at the midnight after them, so that a closing balance and the next opening one meet.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from reports.pack import ReportPack, ReportTable, Value


class Time(StrEnum):
    """The end and the start of the period, the period itself, and the one before it."""

    END = "end"
    START = "start"
    PERIOD = "period"
    BEFORE = "before"


class Span(NamedTuple):
    """First and last day of a period."""

    first: date
    last: date


# What was bought, repurchased or newly defaulted is counted and summed over the period.
_OF_FLOWS = frozenset({"tr_4_2", "tr_10", "tr_14", "pp_1"})
# What a cohort came to by now.
_OF_COHORTS = frozenset({"sp_1", "sp_2"})
_OF_PAYMENTS = frozenset({"tr_3_2", "tr_8", "tr_9"})
_STOCK_BEGINS = ("closing_", "cumulative_", "eligible_", "held_", "initial_", "serious_overdue_")
_STOCK_ENDS = (
    "_balance",
    "_count",
    "_share",
    "_value",
    "_factor",
    "_remaining_months",
    "_gap_months",
)
_STOCKS = frozenset(
    {"notional_amount", "annual_rate", "trigger_threshold_rate", "threshold_rate", "pool_value"}
)
_FLOWS = ("new_", "purchased_", "to_", "defaulted_", "recovered_", "passed_over_")


def time_of(table: str, column: str) -> Time:
    """When a figure of the column holds."""
    is_flow = table in _OF_FLOWS and not column.startswith(("eligible_", "cumulative_"))
    if column.startswith("previous_"):
        return Time.BEFORE if is_flow or column.endswith("_amount") else Time.START
    if column.startswith("opening_"):
        return Time.START
    if table in _OF_COHORTS or column in _STOCKS or column.startswith(_STOCK_BEGINS):
        return Time.END
    if is_flow or column.startswith(_FLOWS):
        return Time.PERIOD
    return Time.END if column.endswith(_STOCK_ENDS) else Time.PERIOD


class Periods:
    """The periods of a report: its collections', its payments', and that of a row that names its own."""

    def __init__(self, pack: ReportPack) -> None:
        dates = pack.table("tr_2")

        def find(column: str) -> date | None:
            value = next(iter(dates.values(column)), None) if dates else None
            return value if isinstance(value, date) else None

        end = pack.as_of_date
        self._collection = Span(find("collection_start_date") or end.replace(day=1), end)
        # Interest runs to the payment date, and what is paid on it moves the balances.
        since, until = find("accrual_start_date"), find("accrual_end_date")
        self._payment = Span(since + timedelta(days=1), until) if since and until else None

    def say(self, table: ReportTable, row: Sequence[Value], column: str) -> str:
        """The period of a fact as xBRL-JSON writes it: an instant, or a start and an end."""
        span, when = self._span_of(table, row), time_of(table.name, column)
        if when is Time.BEFORE:
            # What was paid for the period before has that period: when it was paid, no table says.
            own = self._collection if table.name in _OF_PAYMENTS else span
            last = own.first - timedelta(days=1)
            span = Span(last.replace(day=1), last)
        start, end = map(_midnight, (span.first, span.last + timedelta(days=1)))
        return {Time.END: end, Time.START: start}.get(when, f"{start}/{end}")

    def _span_of(self, table: ReportTable, row: Sequence[Value]) -> Span:
        if "collection_end_date" in table.columns:
            last = row[table.columns.index("collection_end_date")]
            ends = [end for end in table.values("collection_end_date") if isinstance(end, date)]
            if last is None and ends:  # All of them together.
                return Span(min(ends).replace(day=1), max(ends))
            if isinstance(last, date) and last != self._collection.last:
                return Span(last.replace(day=1), last)
        paid = self._payment if table.name in _OF_PAYMENTS else None
        return paid or self._collection


def _midnight(day: date) -> str:
    return datetime.combine(day, time()).isoformat()
