"""The months that the lake has of each deal, and which of them stand on what is no longer there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import previous_month
from flows.lake.connection import (
    lake_columns,
    lake_exists,
    one_snapshot,
    open_lake,
    tables_with_rows,
)
from flows.lake.questions import question

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class ClosedRun:
    """One month of a deal that is in the lake; `file_sha256s` are the files of its tape.

    `seen_run_ids` are the runs of the book's other deals whose loans this one left alone, in the
    order of allocation. `is_repaid`: no note has a balance left. `events` are the identities of the
    events entered by hand that stood. `notice_sha256` is the repurchase notice that it was closed
    with, `statement_sha256` the custodian's statement, each empty when there was none. `decisions` are
    the identities of those on rows set aside.
    """

    deal_id: str
    month: str
    as_of_date: date
    run_id: str
    previous_run_id: str
    tape_sha256: str
    scale: int
    is_synthetic: bool
    file_sha256s: tuple[str, ...]
    is_repaid: bool
    book_code: str
    book_order: int
    seen_run_ids: tuple[str, ...]
    events: tuple[str, ...] = ()
    notice_sha256: str = ""
    decisions: tuple[str, ...] = ()
    statement_sha256: str = ""


@dataclass(frozen=True)
class History:
    """The months of one deal that are in the lake, oldest first, and which of them are stale."""

    runs: tuple[ClosedRun, ...]
    stale_months: frozenset[str] = frozenset()

    def find(self, month: str) -> ClosedRun | None:
        return next((run for run in self.runs if run.month == month), None)

    def last(self, month: str) -> ClosedRun | None:
        """The last closed month up to `month`, inclusive."""
        return next((run for run in reversed(self.runs) if run.month <= month), None)

    def is_stale(self, month: str) -> bool:
        """Whether the month stands on a month that was closed since: of its own deal, the one before;
        of another deal of its book, the one whose loans it was to leave alone."""
        return month in self.stale_months


def read_history(lake: Path, deal_id: str) -> History:
    """The closed months of the deal; none when there is no lake yet."""
    return read_all(lake).get(deal_id, History(()))


def read_all(lake: Path) -> dict[str, History]:
    """The closed months of every deal that has one, by deal; none when there is no lake yet."""
    if not lake_exists(lake):
        return {}
    with open_lake(lake) as connection, one_snapshot(connection):
        return read_histories(connection)


def read_histories(connection: "DuckDBPyConnection") -> dict[str, History]:
    """The closed months of every deal that has one, by deal."""
    # A lake of an earlier release may lack what came to it later.
    filled = tables_with_rows(connection) & lake_columns(connection).keys()
    if "close.run" not in filled:
        return {}
    books = _read_books(connection) if "purchase.book_tie_out" in filled else {}
    events = _read_events(connection) if "pool.event" in filled else {}
    notices = _read_notices(connection) if "pool.repurchase" in filled else {}
    stated = _read_statements(connection) if "waterfall.custodian_statement" in filled else {}
    decisions = _read_decisions(connection) if "intake.row_decision" in filled else {}
    runs: dict[str, list[ClosedRun]] = {}
    for *facts, files, is_repaid in connection.execute(question("closed_runs")).fetchall():
        deal_id, _, as_of_date, *_ = facts
        # A month that was closed before books were known drew from a book of its deal's own.
        book_code, book_order, seen = books.get((deal_id, as_of_date), (deal_id, 1, ()))
        run = ClosedRun(
            *facts,
            file_sha256s=tuple(files),
            is_repaid=is_repaid,
            book_code=book_code,
            book_order=book_order,
            seen_run_ids=seen,
            events=events.get((deal_id, as_of_date), ()),
            notice_sha256=notices.get((deal_id, as_of_date), ""),
            decisions=decisions.get((deal_id, as_of_date), ()),
            statement_sha256=stated.get((deal_id, as_of_date), ""),
        )
        runs.setdefault(deal_id, []).append(run)
    stale = _find_stale(runs)
    return {
        deal_id: History(tuple(closed), frozenset(stale[deal_id]))
        for deal_id, closed in runs.items()
    }


def _read_books(
    connection: "DuckDBPyConnection",
) -> dict[tuple[str, date], tuple[str, int, tuple[str, ...]]]:
    """Of each run its book, its place there and the runs that it saw, by deal and cut-off."""
    return {
        (deal_id, as_of_date): (book_code, place, tuple(seen or ()))
        for deal_id, as_of_date, book_code, place, seen in connection.execute(
            question("book_places")
        ).fetchall()
    }


def _read_events(connection: "DuckDBPyConnection") -> dict[tuple[str, date], tuple[str, ...]]:
    """The identities of the events that each run saw, by deal and cut-off."""
    return {
        (deal_id, as_of_date): tuple(identities)
        for deal_id, as_of_date, identities in connection.execute(
            question("standing_events")
        ).fetchall()
    }


def _read_notices(connection: "DuckDBPyConnection") -> dict[tuple[str, date], str]:
    """Of each run with a repurchase notice the SHA-256 of that notice, by deal and cut-off."""
    rows = connection.execute(question("repurchase_notices")).fetchall()
    return {(deal_id, as_of_date): sha256 for deal_id, as_of_date, sha256 in rows}


def _read_statements(connection: "DuckDBPyConnection") -> dict[tuple[str, date], str]:
    """Of each run with a custodian's statement its SHA-256, by deal and cut-off."""
    rows = connection.execute(question("custodian_statements")).fetchall()
    return {(deal_id, as_of_date): sha256 for deal_id, as_of_date, sha256 in rows}


def _read_decisions(connection: "DuckDBPyConnection") -> dict[tuple[str, date], tuple[str, ...]]:
    """The identities of the decisions on set-aside rows that each run saw, by deal and cut-off."""
    rows = connection.execute(question("row_decisions")).fetchall()
    return {(deal_id, as_of_date): tuple(identities) for deal_id, as_of_date, identities in rows}


def pools_seen(
    deal_id: str, book_code: str, book_order: int, month: str, runs: Iterable[Sequence[ClosedRun]]
) -> tuple[ClosedRun, ...]:
    """The runs whose loans a close of the month leaves alone, in the order of allocation.

    Of each other deal of the book the last run: up to this month when the deal comes earlier in the
    order, up to the month before when it comes later.
    """
    before = previous_month(month)
    last: dict[str, ClosedRun] = {}
    for run in (run for closed in runs for run in closed):
        is_past = run.month <= (month if run.book_order < book_order else before)
        if run.book_code == book_code and run.deal_id != deal_id and is_past:
            last[run.deal_id] = run
    return tuple(sorted(last.values(), key=lambda run: run.book_order))


def _find_stale(runs: Mapping[str, Sequence[ClosedRun]]) -> dict[str, set[str]]:
    """The months of each deal that stand on a run that is not the last of its month, or is stale."""
    stale: dict[str, set[str]] = {deal_id: set() for deal_id in runs}
    every = [run for closed in runs.values() for run in closed]
    # What a run stands on is of an earlier month, or of an earlier place in the same month.
    for run in sorted(every, key=lambda run: (run.month, run.book_order)):
        seen = pools_seen(run.deal_id, run.book_code, run.book_order, run.month, runs.values())
        before = History(tuple(runs[run.deal_id])).find(previous_month(run.month))
        is_superseded = run.seen_run_ids != tuple(other.run_id for other in seen) or (
            before is not None and run.previous_run_id != before.run_id
        )
        grounds = (*seen, *([before] if before else []))
        if is_superseded or any(ground.month in stale[ground.deal_id] for ground in grounds):
            stale[run.deal_id].add(run.month)
    return stale
