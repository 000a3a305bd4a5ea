"""Close a closed month again, from a corrected tape or as decided since, and all that stands on it.

All months are closed in a rehearsal first. They come into the lake in one transaction, or not at all: a
trustee never finds some months as corrected and the others as published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deals.load import load_terms
from flows.close.land import land_files, pass_over_later
from flows.close.lock import hold_book
from flows.close.month import CloseRequest
from flows.close.order import next_due_month
from flows.close.report import read_pack, write_report
from flows.entries.personal_key import copy_fingerprint
from flows.errors import REFUSED, describe, exit_code
from flows.home import Home, shorten
from flows.lake.connection import open_lake
from flows.lake.history import ClosedRun, History, read_all, read_history
from flows.lake.publish import adopt_months
from flows.lake.upgrade.version import refuse_other_version
from flows.months.backfill import Closer
from flows.months.due import from_own_tape, leading_run
from flows.months.rehearsal import READ_ONLY, keep_pages, rehearse
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
    figures: tuple[RestatedFigure, ...] | None
    """None where the month was a draft, of which nothing was published."""

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
        _check_version(home)
        with rehearse(home, runs[0].book_code) as room:
            _close_all(request, room, runs, closer)
            months = _find_changed(room, runs)
            snapshot = None
            if months and not is_dry:
                snapshot = _keep(request, room, runs[0], months)
        if not is_dry:
            _publish(home, runs)
    return Restatement(months, snapshot)


def _find_runs(request: RestateRequest) -> tuple[ClosedRun, ...]:
    """What is to be closed again: the month alone, or it and all later ones of the book, in order."""
    histories = read_all(request.home.lake)
    history = histories.get(request.deal_id, History(()))
    own = history.find(request.month)
    if own is None:
        due = next_due_month(load_terms(request.deal_id, request.deals_folder), history)
        raise CloseRefused(
            f"{request.place}: not closed, expected a closed month (`tapehouse status` lists them); "
            f"the next to close is {due}: `tapehouse close {request.deal_id} {due}`"
        )
    if request.is_only:
        _check_leads(request, own, histories)
        return (own,)
    book = [run for history in histories.values() for run in history.runs]
    later = [run for run in book if run.book_code == own.book_code and run.month >= own.month]
    return tuple(sorted(later, key=lambda run: (run.month, run.book_order)))


def _check_leads(request: RestateRequest, own: ClosedRun, histories: Mapping[str, History]) -> None:
    """A tape is restated of the first deal of a book that closed the month: the others take its tape."""
    leader = leading_run(own, histories)
    if request.files and leader:
        raise CloseRefused(
            f"{request.place}: {request.files[0].name} given with --only, expected the tape that "
            f"{leader.deal_id} {leader.month} is closed from, for a book is closed from one tape; leave "
            "--only out, or --tape"
        )


def _check_version(home: Home) -> None:
    with open_lake(home.lake) as lake:
        refuse_other_version(lake, home.lake)


def _close_all(
    request: RestateRequest, room: Home, runs: Sequence[ClosedRun], closer: Closer
) -> None:
    with closer(len(runs)) as close:
        for place, run in enumerate(runs):
            asked = CloseRequest(room, request.deals_folder, run.deal_id, run.month)
            if request.files and place == 0:
                asked = replace(asked, files=request.files, is_restated=True)
            else:
                asked = _as_asked_again(asked, run)
            try:
                close(asked)
            except Exception as error:
                if exit_code(error) != REFUSED:
                    raise
                raise CloseRefused(_why_refused(request, room, runs, place, error)) from error


def _as_asked_again(asked: CloseRequest, run: ClosedRun) -> CloseRequest:
    """From its own tape, and closed even where the tape is the same: terms or program may be others."""
    histories = read_all(asked.home.lake)
    asked = from_own_tape(asked, histories)
    # Without files it takes what the inbox has, which is no restatement, or its book's first deal's tape.
    is_again = bool(asked.files) or leading_run(run, histories) is not None
    return replace(asked, is_restated=is_again)


def _why_refused(
    request: RestateRequest, room: Home, runs: Sequence[ClosedRun], place: int, error: Exception
) -> str:
    """Which month does not close, what was kept, and how to go on."""
    run, reason = runs[place], _name_home(describe(error), room, request.home)
    what = reason if reason.startswith(f"{run.deal_id} {run.month}") else f"{run.month}: {reason}"
    kept = "nothing was committed, and all months stand as published"
    if place == 0:
        return f"{what}; {kept}"
    again = "as corrected" if request.files else "closed again"
    return (
        f"{what}; with {request.month} {again} {run.deal_id} {run.month} does not close: {kept}; mend "
        f"it and run the same again{_by_hand(request, runs, run)}"
    )


def _by_hand(request: RestateRequest, runs: Sequence[ClosedRun], run: ClosedRun) -> str:
    """How to come to a later month that does not close: the months before it are closed again first."""
    if run.month == request.month:
        return ""
    first, tape = runs[0], "".join(f" --tape {shorten(file)}" for file in request.files)
    steps = [f"tapehouse restate {first.deal_id} {first.month}{tape} --only"]
    between = [each for each in runs[1:] if each.month < run.month]
    if between:
        name = run.deal_id if len({each.deal_id for each in runs}) == 1 else run.book_code
        steps.append(f"tapehouse backfill {name} {first.month} {between[-1].month}")
    steps.append(f"tapehouse restate {run.deal_id} {run.month} --tape FILE")
    commands = ", then ".join(f"`{step}`" for step in steps)
    return f", or restate {first.month} with --only, which leaves later months stale: {commands}"


def _name_home(text: str, room: Home, home: Home) -> str:
    """The text with the places of the rehearsal, which is gone when it is read, as those of the home."""
    for name in (*READ_ONLY, "landed", "lake", "published"):
        for show in (str, shorten):
            text = text.replace(show(room.root / name), show(home.root / name))
    return text


def _find_changed(room: Home, runs: Sequence[ClosedRun]) -> tuple[RestatedMonth, ...]:
    """The months that came to another run: the same inputs give the same."""
    histories = read_all(room.lake)
    changed = []
    for published in runs:
        run = histories[published.deal_id].find(published.month)
        if run is not None and run.run_id != published.run_id:
            figures = read_pack(room, run.deal_id, run.month).restated
            changed.append(RestatedMonth(published, run, figures))
    return tuple(changed)


def _keep(
    request: RestateRequest, room: Home, first: ClosedRun, months: Sequence[RestatedMonth]
) -> int:
    """Land the tape of the `first` run, put all months into the lake at once; its snapshot."""
    home, book_code = request.home, months[0].run.book_code
    tapes = land_files(request.files, book_code, request.month, home.landed)
    # Not of the first month that differs: what is restated may stand already, and a later one may not.
    _check_unchanged(request, tapes, read_history(room.lake, first.deal_id).find(first.month))
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


def _check_unchanged(
    request: RestateRequest, tapes: Sequence[LandedTape], run: ClosedRun | None
) -> None:
    closed_from = set(run.file_sha256s) if run else set()
    if tapes and {tape.sha256 for tape in tapes} != closed_from:
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
