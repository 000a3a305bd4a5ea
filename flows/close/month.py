"""One month of a deal: what is asked, what it is made from, and where it is built."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import Period
from deals.load import Deal
from deals.terms.deal import Terms
from flows.entries.decisions import Decision
from flows.entries.events import Event
from flows.entries.notices import Notice
from flows.entries.statements import Statement
from flows.home import Home
from flows.lake.history import ClosedRun, History
from flows.transform.keep import KEPT
from tapes.land.disk import naming_full_disk
from tapes.land.tape import LandedTape
from tapes.quiet import hide_progress_bar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SMALL_BYTES = 4 << 20
"""Of a tape whose month is built by one thread: a query of few rows takes longer to wake others.
About 16,000 rows of CSV, 80,000 of Parquet."""


@dataclass(frozen=True)
class CloseRequest:
    """One deal and month to close; no `files` means the tape is looked for in the inbox.

    `is_restated` closes a closed month again on purpose, from the tape it was closed from. In `kept_build`,
    a folder of the user's, the month is built and left, None for one that goes with the close.
    """

    home: Home
    deals_folder: Path
    deal_id: str
    month: str
    files: tuple[Path, ...] = ()
    is_restated: bool = False
    kept_build: Path | None = None

    @property
    def place(self) -> str:
        """The month as an error names it."""
        return f"{self.deal_id} {self.month}"


@dataclass(frozen=True)
class Turn:
    """A month whose turn it is, with all that is read once for it: the deal's terms and past, and the
    book's other pools.

    `seen` are the runs whose loans this close leaves alone, in the order of allocation; `lake` is the
    lake as it stands, None before the first close.
    """

    request: CloseRequest
    deal: Deal
    period: Period
    history: History
    seen: tuple[ClosedRun, ...]
    lake: "DuckDBPyConnection | None"
    next_snapshot: int
    """Of the lake, when no other month is committed meanwhile."""
    is_shared: bool = False
    """Whether another deal of the book has closed the month: all of them close it from one tape."""

    @property
    def terms(self) -> Terms:
        """As the deal states them, at scale 1."""
        return self.deal.terms

    @property
    def place(self) -> str:
        """The month as an error names it."""
        return self.request.place

    @property
    def leader(self) -> ClosedRun | None:
        """The first deal of the book that has closed this month: the others take its tape."""
        return next((run for run in self.seen if run.month == self.period.month), None)


@dataclass(frozen=True)
class Run:
    """One close of one deal and month: what it was made from. The same inputs give the same `run_id`.

    `seen` are the runs of the book's other deals whose loans it leaves alone, by allocation order.
    """

    run_id: str
    deal_id: str
    month: str
    as_of_date: date
    previous_run_id: str
    tape_sha256: str
    terms_sha256: str
    code_version: str
    scale: int
    is_synthetic: bool
    seen: tuple[ClosedRun, ...] = ()
    events: tuple[Event, ...] = ()
    """Those entered by hand that stand at the cut-off."""
    notice: Notice | None = None
    """The loans that the originator takes back at the cut-off."""
    statement: Statement | None = None
    """What the custodian says of the month's accounts."""
    decisions: tuple[Decision, ...] = ()
    """Those that stand on rows of the tape that were set aside."""


@dataclass(frozen=True)
class Month:
    """One admitted month on its way: what it is made from and where it is built."""

    turn: Turn
    terms: Terms
    """At the run's scale."""
    run: Run
    tapes: tuple[LandedTape, ...]
    is_in_lake: bool

    @property
    def request(self) -> CloseRequest:
        return self.turn.request

    @property
    def period(self) -> Period:
        return self.turn.period

    @property
    def place(self) -> str:
        """The month as an error names it."""
        return f"{self.run.deal_id} {self.run.month}"

    @property
    def threads(self) -> int | None:
        """How many threads its queries take; None: as many as the machine has cores."""
        is_small = sum(tape.byte_count for tape in self.tapes) <= SMALL_BYTES
        return 1 if is_small else None

    @property
    def scratch(self) -> Path:
        """The folder in which this month alone is built."""
        own = self.request.home.scratch(self.run.deal_id) / self.run.month
        return self.request.kept_build or own

    def clear_scratch(self) -> None:
        """Leave nothing of what was built: no loan is kept outside the lake and the landed tapes.

        But for a build that was to be kept, and is whole.
        """
        if not (self.request.kept_build and (self.scratch / KEPT).exists()):
            shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def data_docs(self) -> Path:
        """Where the pages on this month's checks are written."""
        return self.request.home.data_docs / self.run.deal_id / self.run.month

    @property
    def static_docs(self) -> Path:
        """What those pages have alike in every month, kept once."""
        return self.request.home.data_docs / "static"

    @property
    def database(self) -> Path:
        return self.scratch / "build.duckdb"


@dataclass(frozen=True)
class Closed:
    """A month that is in the lake and published."""

    deal_id: str
    month: str
    run_id: str
    snapshot: int
    report_folder: Path


@contextmanager
def open_scratch(month: Month) -> Iterator["DuckDBPyConnection"]:
    """The database in which the month is built."""
    import duckdb

    with naming_full_disk(month.database), duckdb.connect(str(month.database)) as connection:
        # It lives for one run: compressing it would cost more than all the casts.
        connection.execute("set force_compression = 'uncompressed'")
        if month.threads is not None:
            connection.execute(f"set threads = {month.threads}")
        hide_progress_bar(connection)
        yield connection
