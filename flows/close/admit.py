"""The steps of a monthly close, each a plain function from files and tables to files and tables."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import Period, previous_month
from deals.terms.deal import Terms
from expectations.rule import CheckError
from flows.close import build, stage
from flows.close import report as report_files
from flows.close.amendments import check_amendments
from flows.close.check import judge_rules
from flows.close.identity import identify_run
from flows.close.land import last_order, tapes_of
from flows.close.order import Standing, check_order
from flows.close.requests import CloseRefused, CloseRequest
from flows.close.stage import Run
from flows.close.stage_book import stage_book
from flows.desk.give_back import check_priced, find_notice
from flows.entries.events import find_events
from flows.lake.connection import open_lake, publish_month, snapshot_of_run
from flows.lake.history import ClosedRun
from tapes import TapeError
from tapes.land.tape import LandedTape, note_refusal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Month:
    """One admitted month on its way: what it is made from and where it is built."""

    request: CloseRequest
    terms: Terms
    period: Period
    run: Run
    tapes: tuple[LandedTape, ...]
    is_in_lake: bool

    @property
    def place(self) -> str:
        """The month as an error names it."""
        return f"{self.run.deal_id} {self.run.month}"

    @property
    def scratch(self) -> Path:
        """The folder in which this month alone is built."""
        return self.request.home.scratch(self.run.deal_id) / self.run.month

    @property
    def data_docs(self) -> Path:
        """Where the pages on this month's checks are written."""
        return self.request.home.data_docs / self.run.deal_id / self.run.month

    @property
    def database(self) -> Path:
        return self.scratch / "build.duckdb"


def admit_month(request: CloseRequest, tapes: tuple[LandedTape, ...]) -> Month:
    """Decide whether the month may be closed from these tapes; CloseRefused says why not.

    A month that is in the lake from the same inputs, but whose report is not whole, is a run that was
    cut off: it is admitted to write its report.
    """
    standing = check_order(request)
    terms, period, history = standing.terms, standing.period, standing.history
    before = history.find(previous_month(request.month))
    earlier = before or next(iter(standing.seen), None)
    scale = _scale(request, tapes, earlier.scale if earlier else None)
    scaled = terms.scaled(scale)
    if before is not None:
        check_amendments(request.home.lake, scaled, before)
    events = find_events(request.home, request.deal_id, request.month)
    notice = find_notice(request)
    if notice is not None:
        check_priced(request, terms)
    run = identify_run(terms, period, tapes, scale, before, events, standing.seen, notice)
    _check_one_tape(request, standing, run, tapes)
    published = history.find(request.month)
    is_in_lake = published is not None and _is_repeated(request, published, run)
    if published is not None and is_in_lake and _is_report_whole(request, published.run_id):
        raise CloseRefused(
            f"{request.place}: closed already from this tape "
            f"(SHA-256 {run.tape_sha256[:12]}, run {published.run_id}), expected a new tape; "
            "send one to restate the month, or add --restate to close it again from the same"
        )
    if published is not None and not is_in_lake and standing.leader is None:
        _check_newer(request, published, tapes)
    return Month(request, scaled, period, run, tapes, is_in_lake)


def _is_repeated(request: CloseRequest, published: ClosedRun, run: Run) -> bool:
    """Whether the lake has this month from the same tape, events and repurchase notice, on the same
    months of deal and book."""
    return (
        published.tape_sha256 == run.tape_sha256
        and published.previous_run_id == run.previous_run_id
        and published.notice_sha256 == (run.notice.sha256 if run.notice else "")
        and published.seen_run_ids == tuple(other.run_id for other in run.seen)
        and published.events == tuple(event.identity for event in run.events)
        and not request.is_restated
    )


def _scale(request: CloseRequest, tapes: Sequence[LandedTape], earlier: int | None) -> int:
    """The scale of the deal's months before, or of its book's other deals, which a control file may
    confirm; at first, what it says."""
    stated = {tape.control.scale for tape in tapes if tape.control}
    if not stated:
        return earlier or 1
    if len(stated) > 1 or (earlier is not None and stated != {earlier}):
        expected = f"1:{earlier} as in the month before" if earlier else "one scale in all files"
        raise TapeError(
            f"{request.place}: the control file of {tapes[0].file_name} says scale "
            f"{', '.join(f'1:{scale}' for scale in sorted(stated))}, expected {expected}; "
            "send the tape of the same run"
        )
    return stated.pop()


def _check_one_tape(
    request: CloseRequest, standing: Standing, run: Run, tapes: Sequence[LandedTape]
) -> None:
    """The deals of a book close a month from one tape: theirs is one book."""
    leader, book_code = standing.leader, standing.terms.book.code
    if leader is not None and leader.tape_sha256 != run.tape_sha256:
        raise CloseRefused(
            f"{request.place}: {tapes[0].file_name} (SHA-256 {run.tape_sha256[:12]}) is not the tape "
            f"that {leader.deal_id} {request.month} is closed from (SHA-256 "
            f"{leader.tape_sha256[:12]}), expected one tape for all deals of book {book_code}; close "
            f"them all from it: `tapehouse allocate {book_code} {request.month} --tape FILE`"
        )


@contextmanager
def remember_refusal(tapes: Sequence[LandedTape]) -> Iterator[None]:
    """Keep with the tapes why their month could not be closed from them, for `tapehouse status`."""
    try:
        yield
    except (TapeError, CheckError) as error:
        note_refusal(tapes, str(error))
        raise
    note_refusal(tapes, "")


def _check_newer(request: CloseRequest, published: ClosedRun, tapes: Sequence[LandedTape]) -> None:
    """A restated month does not go back to the tape that was corrected, unless it is asked to."""
    own = tapes_of(request, published)
    if not request.is_restated and last_order(tapes) < last_order(own):
        raise CloseRefused(
            f"{request.place}: {tapes[0].file_name} (SHA-256 "
            f"{tapes[0].sha256[:12]}) came before the tape that the month is closed from "
            f"({own[-1].file_name}, SHA-256 {own[-1].sha256[:12]}), expected a new tape; "
            "add --restate to go back to the earlier one"
        )


def _is_report_whole(request: CloseRequest, run_id: str) -> bool:
    from reports.publish.wholeness import is_published

    return is_published(request.home.report_folder(request.deal_id, request.month), run_id)


def read_tapes(month: Month) -> None:
    """Read and cast the tape into a fresh scratch database, and lay terms and last month beside it."""
    from tapes.read.tape import read_tape
    from tapes.recognise.load import detect_format, load_formats

    formats, allowed = load_formats(), month.terms.tape_formats
    found = [detect_format(tape.path, formats, allowed) for tape in month.tapes]
    shutil.rmtree(month.scratch, ignore_errors=True)
    month.scratch.mkdir(parents=True)
    with _scratch(month) as connection:
        stage.stage_terms(
            connection, month.terms, month.period, month.run, month.request.deals_folder
        )
        lake = month.request.home.lake
        stage.stage_last_month(connection, lake, month.terms, month.period)
        stage_book(connection, lake, month.terms, month.run)
        cut_off = month.period.collection_end_date
        read_tape(connection, month.tapes, found, cut_off, month.scratch)


def check_tape(month: Month) -> None:
    """Look at every row of the tape; set failing rows aside, or refuse the tape."""
    from expectations.counts import mark_rows
    from expectations.rules.tape import row_rules, total_rules
    from tapes.read.totals import total_tape

    rules = row_rules(month.period.collection_end_date)
    with _scratch(month) as connection:
        mark_rows(connection, rules)
        total_tape(connection)
        suites = {"tape": (*total_rules(), *rules)}
        files = ", ".join(tape.file_name for tape in month.tapes)
        judge_rules(connection, suites, f"{month.place}: {files}", month.data_docs / "tape")


def transform(month: Month) -> None:
    """Build pool, eligibility, purchase, waterfall and report tables: the dbt project, in order."""
    build.build_models(month.database, month.request.home.scratch(month.run.deal_id) / "dbt")


def check_figures(month: Month) -> None:
    """Prove the identities of pool, purchase, waterfall and report; a failed one stops the publish."""
    from expectations.rules import book, eligibility, pool, purchase, report, waterfall

    suites = {
        "pool": (*pool.RULES, *pool.WARNINGS),
        "eligibility": eligibility.RULES,
        "purchase": (*purchase.RULES, *book.RULES),
        "waterfall": (*waterfall.RULES, *waterfall.WARNINGS),
        "report": report.RULES,
    }
    with _scratch(month) as connection:
        judge_rules(connection, suites, month.place, month.data_docs / "figures")


def publish(month: Month) -> None:
    """Put the month into the lake in one transaction."""
    facts = {
        "run_id": month.run.run_id,
        "code_version": month.run.code_version,
        "tape_sha256": [tape.sha256 for tape in month.tapes],
        "terms_sha256": month.run.terms_sha256,
    }
    as_of_date = month.run.as_of_date.isoformat()
    publish_month(month.request.home.lake, month.database, month.run.deal_id, as_of_date, facts)


def report(month: Month) -> tuple[str, int, Path]:
    """Write the report files from the lake; the published run, its snapshot and the files' folder."""
    home = month.request.home
    manifest = report_files.write_report(home, month.run.deal_id, month.run.month)
    shutil.rmtree(month.scratch, ignore_errors=True)
    with open_lake(home.lake) as lake:
        run_id = _published_run_id(lake, month)
        return run_id, snapshot_of_run(lake, run_id), manifest.parent


def _published_run_id(lake: "DuckDBPyConnection", month: Month) -> str:
    found = lake.execute(
        "select run_id from lake.close.run where deal_id = ? and as_of_date = ?",
        [month.run.deal_id, month.run.as_of_date],
    ).fetchone()
    assert found is not None
    return found[0]


@contextmanager
def _scratch(month: Month) -> Iterator["DuckDBPyConnection"]:
    import duckdb

    with duckdb.connect(str(month.database)) as connection:
        yield connection
