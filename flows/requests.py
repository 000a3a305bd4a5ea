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
    """One month that is in the lake; `file_sha256s` are the files of its tape."""

    month: str
    as_of_date: date
    run_id: str
    previous_run_id: str
    tape_sha256: str
    scale: int
    is_synthetic: bool
    file_sha256s: tuple[str, ...]


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
        return read_histories(connection).get(deal_id, History(()))


def read_histories(connection: "DuckDBPyConnection") -> dict[str, History]:
    """The closed months of every deal that has one, by deal."""
    if not has_table(connection, "close.run"):
        return {}
    rows = connection.execute(
        "select run.deal_id, strftime(run.as_of_date, '%Y-%m'), run.as_of_date, run.run_id, "
        "run.previous_run_id, run.tape_sha256, run.scale, run.is_synthetic, list(tape.tape_sha256) "
        "from lake.close.run as run join lake.intake.tape as tape using (deal_id, as_of_date) "
        "group by all order by run.deal_id, run.as_of_date"
    ).fetchall()
    histories: dict[str, list[ClosedRun]] = {}
    for deal_id, *facts, files in rows:
        run = ClosedRun(*facts, file_sha256s=tuple(files))
        histories.setdefault(deal_id, []).append(run)
    return {deal_id: History(tuple(runs)) for deal_id, runs in histories.items()}


def check_order(request: CloseRequest) -> tuple[Terms, Period, History]:
    """The deal's terms, the month's period and the deal's history; CloseRefused when out of order."""
    terms = load_terms(request.deal_id, request.deals_folder)
    period = period_of(terms, request.month)
    history = read_history(request.home.lake, request.deal_id)
    before = previous_month(request.month)
    if not period.is_first and period_of(terms, before).is_legal_final:
        raise CloseRefused(
            f"{request.deal_id} {request.month}: after the deal's end, {before} is paid on or after "
            f"the legal final date {terms.legal_final_date}; expected {before} or earlier, "
            "close another deal or month"
        )
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
