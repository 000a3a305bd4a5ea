"""Close a closed month again, from a corrected tape or as decided since, and all that stands on it.

All months are closed in a rehearsal first. They come into the lake in one transaction, or not at all: a
trustee never finds some months as corrected and the others as published.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deals.load import load_terms
from flows.close.land import land_files, pass_over_later
from flows.close.lock import hold_book
from flows.close.month import CloseRequest
from flows.close.report import read_pack, write_report
from flows.entries.personal_key import copy_fingerprint
from flows.errors import REFUSED, describe, exit_code
from flows.home import Home
from flows.lake.history import ClosedRun, History, read_all
from flows.lake.publish import adopt_months
from flows.months.backfill import Closer
from flows.months.due import from_own_tape
from flows.months.rehearsal import keep_pages, rehearse
from flows.refusals import CloseRefused
from reports.pack import RestatedFigure
from tapes.land.tape import LandedTape, note_refusal


@dataclass(frozen=True)
class RestateRequest:
    """A closed month to be closed again; no `files` means from the tape that it is closed from.

    `is_only`: the months that stand on it are left as they are, and are stale.
    """

    home: Home
    deals_folder: Path
    deal_id: str
    month: str
    files: tuple[Path, ...] = ()
    is_only: bool = False

    @property
    def place(self) -> str:
        """The month as an error names it."""
        return f"{self.deal_id} {self.month}"


@dataclass(frozen=True)
class RestatedMonth:
    """A month that comes to another run than the published one, with each figure that differs."""

    published: ClosedRun
    run: ClosedRun
    figures: tuple[RestatedFigure, ...]

    @property
    def place(self) -> str:
        return f"{self.run.deal_id} {self.run.month}"


@dataclass(frozen=True)
class Restatement:
    """The months that change, in order, and the lake's snapshot that has them: None of a dry run."""

    months: tuple[RestatedMonth, ...]
    snapshot: int | None = None


def restate(request: RestateRequest, closer: Closer, is_dry: bool = False) -> Restatement:
    """Close the month again, and the later months of all deals of its book, in order.

    Nothing is kept of a dry run. CloseRefused when the month is not closed, or when one of the months does
    not close with the corrected figures: then nothing is committed.
    """
    home, terms = request.home, load_terms(request.deal_id, request.deals_folder)
    with hold_book(home, terms, f"restating {request.place}"):
        runs = _find_runs(request)
        with rehearse(home, runs[0].book_code) as room:
            _close_all(request, room, runs, closer)
            months = _find_changed(room, runs)
            snapshot = None
            if months and not is_dry:
                snapshot = _keep(request, room, months)
        if not is_dry:
            _publish(home, runs)
    return Restatement(months, snapshot)


def _find_runs(request: RestateRequest) -> tuple[ClosedRun, ...]:
    """What is to be closed again: the month alone, or it and all later ones of the book, in order."""
    histories = read_all(request.home.lake)
    own = histories.get(request.deal_id, History(())).find(request.month)
    if own is None:
        raise CloseRefused(
            f"{request.place}: not closed, expected a closed month (`tapehouse status` lists them); "
            f"close it: `tapehouse close {request.deal_id} {request.month}`"
        )
    if request.is_only:
        return (own,)
    book = [run for history in histories.values() for run in history.runs]
    later = [run for run in book if run.book_code == own.book_code and run.month >= own.month]
    return tuple(sorted(later, key=lambda run: (run.month, run.book_order)))


def _close_all(
    request: RestateRequest, room: Home, runs: Sequence[ClosedRun], closer: Closer
) -> None:
    with closer(len(runs)) as close:
        for place, run in enumerate(runs):
            asked = CloseRequest(room, request.deals_folder, run.deal_id, run.month)
            if request.files and place == 0:
                asked = replace(asked, files=request.files, is_restated=True)
            else:
                asked = from_own_tape(asked, read_all(room.lake))
            try:
                close(asked)
            except Exception as error:
                if exit_code(error) != REFUSED:
                    raise
                raise CloseRefused(_why_refused(request, runs, place, error)) from error


def _why_refused(
    request: RestateRequest, runs: Sequence[ClosedRun], place: int, error: Exception
) -> str:
    """Which month does not close, what was kept, and how to go on."""
    run, reason = runs[place], describe(error)
    what = reason if reason.startswith(f"{run.deal_id} {run.month}") else f"{run.month}: {reason}"
    kept = "nothing was committed, and all months stand as published"
    if place == 0:
        return f"{what}; {kept}"
    return (
        f"{what}; with {request.month} as corrected {run.deal_id} {run.month} does not close: {kept}; mend "
        f"it and run the same again, or restate {request.month} with --only, which leaves later months "
        f"stale, and then `tapehouse restate {run.deal_id} {run.month} --tape FILE`"
    )


def _find_changed(room: Home, runs: Sequence[ClosedRun]) -> tuple[RestatedMonth, ...]:
    """The months that came to another run: the same inputs give the same."""
    histories = read_all(room.lake)
    changed = []
    for published in runs:
        run = histories[published.deal_id].find(published.month)
        if run is not None and run.run_id != published.run_id:
            figures = read_pack(room, run.deal_id, run.month).restated or ()
            changed.append(RestatedMonth(published, run, figures))
    return tuple(changed)


def _keep(request: RestateRequest, room: Home, months: Sequence[RestatedMonth]) -> int:
    """Land the tape, put all months into the lake at once; its snapshot."""
    home, book_code = request.home, months[0].run.book_code
    tapes = land_files(request.files, book_code, request.month, home.landed)
    _check_unchanged(request, tapes, months[0].run)
    copy_fingerprint(room, home)  # The first persons of the lake may be those of the rehearsal.
    snapshot = adopt_months(
        home.lake,
        room.lake,
        [(each.run.deal_id, each.run.as_of_date) for each in months],
        f"restate {request.place}",
        {"runs": [_facts(each.run) for each in months]},
    )
    if tapes:
        note_refusal(tapes, "")
        pass_over_later(home.landed, book_code, request.place, tapes)
    for each in months:
        keep_pages(room, home, each.run.deal_id, each.run.month)
    return snapshot


def _check_unchanged(request: RestateRequest, tapes: Sequence[LandedTape], run: ClosedRun) -> None:
    if tapes and {tape.sha256 for tape in tapes} != set(run.file_sha256s):
        raise CloseRefused(
            f"{request.place}: {tapes[0].file_name} was changed while the months were closed from it, "
            "expected a file at rest; nothing was committed: run the same command again"
        )


def _facts(run: ClosedRun) -> dict[str, object]:
    """What the snapshot's message says of a run, as that of a close does."""
    return {"run_id": run.run_id, "tape_sha256": list(run.file_sha256s)}


def _publish(home: Home, runs: Sequence[ClosedRun]) -> None:
    """Publish the reports that are not whole: those now restated, and what a run before left undone."""
    from reports.publish.wholeness import is_published

    histories = read_all(home.lake)
    for place in runs:
        run = histories[place.deal_id].find(place.month)
        folder = home.report_folder(place.deal_id, place.month)
        if run is not None and not is_published(folder, run.run_id):
            write_report(home, run.deal_id, run.month)
