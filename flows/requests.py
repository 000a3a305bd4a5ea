"""What a user asks of a close, and whether the month may be closed at all."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from deals.calendar import Period, first_month, next_month, period_of, previous_month
from deals.loading import load_terms
from deals.terms import Terms
from flows.home import Home
from flows.lake import has_table, lake_exists, open_lake

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class CloseRefused(Exception):
    """The month cannot be closed as asked: one line with deal, month, reason and what to do."""


@dataclass(frozen=True)
class CloseRequest:
    """One deal and month to close; no `files` means the tape is looked for in the inbox.

    `is_restated` closes a closed month again on purpose, from the tape it was closed from.
    """

    home: Home
    deals_folder: Path
    deal_id: str
    month: str
    files: tuple[Path, ...] = ()
    is_restated: bool = False


@dataclass(frozen=True)
class ClosedRun:
    """One month that is in the lake."""

    month: str
    as_of_date: date
    run_id: str
    previous_run_id: str
    tape_sha256: str
    scale: int


@dataclass(frozen=True)
class History:
    """The months of one deal that are in the lake, oldest first."""

    runs: tuple[ClosedRun, ...]

    def find(self, month: str) -> ClosedRun | None:
        return next((run for run in self.runs if run.month == month), None)

    def is_stale(self, month: str) -> bool:
        """Whether the month stands on a month before it that was closed again since."""
        run, before = self.find(month), self.find(previous_month(month))
        if run is None or before is None:
            return False
        return run.previous_run_id != before.run_id or self.is_stale(before.month)


def read_history(lake: Path, deal_id: str) -> History:
    """The closed months of the deal; none when there is no lake yet."""
    if not lake_exists(lake):
        return History(())
    with open_lake(lake) as connection:
        return History(tuple(_runs(connection, deal_id)))


def _runs(connection: "DuckDBPyConnection", deal_id: str) -> list[ClosedRun]:
    if not has_table(connection, "close.run"):
        return []
    rows = connection.execute(
        "select strftime(as_of_date, '%Y-%m'), as_of_date, run_id, previous_run_id, tape_sha256, scale "
        "from lake.close.run where deal_id = ? order by as_of_date",
        [deal_id],
    ).fetchall()
    return [ClosedRun(*row) for row in rows]


def check_order(request: CloseRequest) -> tuple[Terms, Period, History]:
    """The deal's terms, the month's period and the deal's history; CloseRefused when out of order."""
    terms = load_terms(request.deal_id, request.deals_folder)
    period = period_of(terms, request.month)
    history = read_history(request.home.lake, request.deal_id)
    before = previous_month(request.month)
    if not period.is_first and history.find(before) is None:
        due = next_due_month(terms, history)
        raise CloseRefused(
            f"{request.deal_id} {request.month}: out of order, {before} is not closed; "
            f"close {due} first: `tapehouse close {request.deal_id} {due}`"
        )
    if history.is_stale(before):
        raise CloseRefused(
            f"{request.deal_id} {request.month}: {before} stands on a month that was restated since; "
            f"run `tapehouse backfill {request.deal_id} {first_month(terms)} {request.month}`"
        )
    return terms, period, history


def next_due_month(terms: Terms, history: History) -> str:
    """The month after the last closed one, or the deal's first."""
    return next_month(history.runs[-1].month) if history.runs else first_month(terms)
