"""What wants attention: of closed months, of deals, of tapes; a line each, with the command that mends it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from deals.dates.calendar import next_month, next_paid_month
from deals.load import hash_files, list_deals, load_terms
from deals.terms.deal import TermsError
from deals.terms.events import CLEAN_UP_CALL
from flows.close.order import backfill_command
from flows.entries.decisions import list_decisions, standing_decisions
from flows.entries.events import Entry, standing_events
from flows.entries.notices import is_noticed
from flows.entries.statements import is_stated
from flows.home import Home, shorten
from flows.lake.connection import has_table, lake_columns, lake_exists, open_lake
from flows.lake.history import History
from flows.lake.questions import question
from flows.lake.upgrade.version import describe_other_version
from reports.characters import printable
from tapes.land.tape import LandedTape, latest_delivery, list_landed

LAST_COUNTS = {"repurchase notice": is_noticed, "custodian's statement": is_stated}
"""What is entered for a month, of which the last counts, with what says whether a run saw it."""


class MonthLine(NamedTuple):
    """One closed month, as `status` shows it."""

    deal_id: str
    month: str
    phase_code: str
    snapshot_id: int
    accepted_count: int
    quarantined_count: int
    warning_count: int
    run_id: str
    terms_sha256: str
    is_call_open: bool
    """Whether the clean-up call may be made, and was not."""


def find_problems(
    home: Home,
    deals_folder: Path,
    months: Sequence[MonthLine],
    histories: Mapping[str, History],
    entries: Sequence[Entry],
) -> list[str]:
    """Every open problem in a line; months of a deal that follow each other and want the same are one."""
    return [
        *_other_version(home),
        *_stale_months(histories),
        *_unseen_events(entries, histories),
        *_unseen_entries(home, histories),
        *_unseen_decisions(home, histories),
        *_held_loans(home, months),
        *_open_calls(months, deals_folder),
        *_changed_terms(months, deals_folder),
        *_unused_tapes(home, histories, list_deals(deals_folder)),
        *_missing_reports(home, months),
        *_surplus_files(home, months),
        *_drafts(home, months),
    ]


class Range(NamedTuple):
    """Months of a deal, one after the other."""

    deal_id: str
    first: str
    last: str

    @property
    def place(self) -> str:
        """The months as a line names them."""
        return f"{self.deal_id} {self.first}" + (f" to {self.last}" if self.is_several else "")

    @property
    def is_several(self) -> bool:
        return self.first != self.last


def list_ranges(months: Sequence[tuple[str, str]]) -> Iterator[Range]:
    """The deals and months, in their order, as ranges without a gap."""
    for deal_id, own in groupby(months, key=lambda each: each[0]):
        first = last = ""
        for _, month in own:
            if last and month != next_month(last):
                yield Range(deal_id, first, last)
                first = ""
            first, last = first or month, month
        yield Range(deal_id, first, last)


def _other_version(home: Home) -> list[str]:
    """That the lake is not of the version that this release writes."""
    if not lake_exists(home.lake):
        return []
    with open_lake(home.lake) as lake:
        problem = describe_other_version(lake, home.lake, lake_columns(lake))
    return [problem] if problem else []


def _stale_months(histories: Mapping[str, History]) -> list[str]:
    """Months that stand on a month of their deal or book that was closed since."""
    stale = [
        (deal_id, run.month)
        for deal_id, history in histories.items()
        for run in history.runs
        if history.is_stale(run.month)
    ]
    return [
        f"{months.place}: {'stand' if months.is_several else 'stands'} on a month restated or closed since; "
        f"run `{backfill_command(months.deal_id, histories)}`"
        for months in list_ranges(stale)
    ]


def _unseen_events(entries: Sequence[Entry], histories: Mapping[str, History]) -> list[str]:
    """Closed months that saw other events than those that stand now."""
    unseen = []
    for deal_id, history in histories.items():
        own = [entry for entry in entries if entry.deal_id == deal_id]
        for run in history.runs:
            standing = tuple(event.identity for event in standing_events(own, run.month))
            if standing != run.events:
                unseen.append((deal_id, run.month))
    return [_describe_unseen(months, "events were") for months in list_ranges(unseen)]


def _unseen_entries(home: Home, histories: Mapping[str, History]) -> list[str]:
    """Closed months whose repurchase notice or custodian's statement is not the one they were closed with."""
    unseen: dict[str, list[tuple[str, str]]] = {what: [] for what in LAST_COUNTS}
    for deal_id, history in histories.items():
        for run in history.runs:
            for what, is_seen in LAST_COUNTS.items():
                if not is_seen(home, run):
                    unseen[what].append((deal_id, run.month))
    return [
        _describe_unseen(months, f"{what} was")
        for what, found in unseen.items()
        for months in list_ranges(found)
    ]


def _unseen_decisions(home: Home, histories: Mapping[str, History]) -> list[str]:
    """Closed months of which other decisions on rows set aside stand than those that they saw."""
    books = {run.book_code for history in histories.values() for run in history.runs}
    decided = {code: list_decisions(home, code) for code in books}
    unseen = []
    for deal_id, history in histories.items():
        for run in history.runs:
            standing = standing_decisions(decided[run.book_code], run.file_sha256s)
            if tuple(one.identity for one in standing) != run.decisions:
                unseen.append((deal_id, run.month))
    return [_describe_unseen(months, "decisions on rows were") for months in list_ranges(unseen)]


def _describe_unseen(months: Range, what: str) -> str:
    # The later ones are restated with the first.
    command = f"tapehouse restate {months.deal_id} {months.first}"
    return f"{months.place}: its {what} changed since it was closed; run `{command}`"


HELD = {
    "row_set_aside": "whose row was set aside",
    "row_unidentified": "missing from a tape that has rows of unknown loans",
    "row_missing": "absent from the tape",
}


def _held_loans(home: Home, months: Sequence[MonthLine]) -> list[str]:
    """Deals whose last closed month holds loans at their last balance, by what became of their rows."""
    last = {(line.deal_id, line.month) for line in _last_months(months)}
    held: dict[tuple[str, str], list[str]] = {}
    for deal_id, month, code, count, balance in _ask_held(home) if last else ():
        if (deal_id, month) in last:
            loans = f"{count:,} {HELD[code]}, of {balance:,.2f}"
            held.setdefault((deal_id, month), []).append(loans)
    return [
        f"{deal_id} {month}: loans held at their last balance: {'; '.join(kinds)}; ask the servicer for "
        'them: `tapehouse sql "select loan_id, held_code, held_balance from pool.held_loan where '
        f"deal_id = '{deal_id}' and strftime(as_of_date, '%Y-%m') = '{month}'\"`"
        for (deal_id, month), kinds in held.items()
    ]


def _ask_held(home: Home) -> list[tuple]:
    with open_lake(home.lake) as lake:
        if not has_table(lake, "pool.held_loan"):
            return []
        return lake.execute(question("held_loans")).fetchall()


def _open_calls(months: Sequence[MonthLine], deals_folder: Path) -> list[str]:
    """Deals whose clean-up call may be made at their last closed month."""
    return [
        f"{line.deal_id} {line.month}: the clean-up call may be made; if it is, enter it for the month in "
        f"which it is: `tapehouse event {line.deal_id} {_next_paid(line, deals_folder)} {CLEAN_UP_CALL} "
        "--evidence FILE`"
        for line in _last_months(months)
        if line.is_call_open
    ]


def _next_paid(line: MonthLine, deals_folder: Path) -> str:
    """The next month that is paid out, by the deal's terms; the next one where they cannot be read."""
    month = next_month(line.month)
    try:
        return next_paid_month(load_terms(line.deal_id, deals_folder), month)
    except TermsError:
        return month


def _changed_terms(months: Sequence[MonthLine], deals_folder: Path) -> list[str]:
    """Deals whose file was changed after their last close: the next close goes by the new terms."""
    problems = []
    for line in _last_months(months):
        file = deals_folder / f"{line.deal_id}.toml"
        if not file.is_file():
            problems.append(
                f"{line.deal_id}: no {file.name} in {shorten(deals_folder)}; put it back"
            )
        elif hash_files(file) != line.terms_sha256:
            problems.append(
                f"{line.deal_id}: {file.name} or its programme was changed after {line.month} was "
                f"closed; the next month goes by the new terms; if {line.month} should too, run "
                f"`tapehouse restate {line.deal_id} {line.month}`"
            )
    return problems


def _last_months(months: Sequence[MonthLine]) -> list[MonthLine]:
    """The last closed month of each deal; the lines are ordered by deal and month."""
    return list({line.deal_id: line for line in months}.values())


def _unused_tapes(
    home: Home, histories: Mapping[str, History], known_deals: Sequence[str]
) -> list[str]:
    """Tapes that landed last for their month and from which a deal of their book is not closed."""
    landed: dict[tuple[str, str], list[LandedTape]] = {}
    for tape in (tape for tape in list_landed(home.landed) if not tape.is_passed_over):
        landed.setdefault((tape.book_code, tape.month), []).append(tape)
    problems = []
    for (book_code, month), tapes in landed.items():
        book = {
            deal_id: history
            for deal_id, history in histories.items()
            if history.runs[-1].book_code == book_code
        }
        delivery = latest_delivery(tapes)
        waiting = [deal_id for deal_id in book if _waits_for(book[deal_id], month, delivery)]
        closed = [deal_id for deal_id, history in book.items() if history.find(month)]
        is_closed = bool(closed)
        # A book from which one deal is closed so far is told in that deal's name.
        name = next(iter(book)) if len(book) == 1 else book_code
        if waiting or not is_closed:
            is_deal = name in known_deals
            other = [deal_id for deal_id in closed if deal_id in waiting]
            problems.append(_describe_unused(delivery, name, is_deal, is_closed, waiting, other))
    return problems


def _waits_for(history: History, month: str, delivery: Sequence[LandedTape]) -> bool:
    """Whether a deal that has begun by the month, and is not repaid, is not closed from the tape."""
    run, last = history.find(month), history.last(month)
    if run is None:
        return last is not None and not last.is_repaid
    return {tape.sha256 for tape in delivery} != set(run.file_sha256s)


def _describe_unused(
    delivery: Sequence[LandedTape],
    name: str,
    is_deal: bool,
    is_closed: bool,
    waiting: Sequence[str],
    other: Sequence[str],
) -> str:
    """The tape of the deal or book of that name, why it is not used and what to do.

    `other` are the deals whose month is closed from another tape.
    """
    first = delivery[0]
    names = ", ".join(f"{tape.file_name} (SHA-256 {tape.sha256[:12]})" for tape in delivery)
    stands = "; the month stays closed from the tape before" if is_deal and is_closed else ""
    place = f"{name} {first.month}: "
    if first.refusal:
        reason = first.refusal.removeprefix(place).removeprefix(f"{first.file_name}: ")
        return f"{place}{names} was refused{stands}: {reason}"
    command = f"tapehouse {'close' if is_deal else 'allocate'} {name} {first.month}"
    if other:
        command = f"tapehouse restate {other[0]} {first.month}"
    if is_closed:
        command += "".join(f" --tape {shorten(tape.path)}" for tape in delivery)
    lake = "the lake" if is_deal or not waiting else f"the lake for {', '.join(waiting)}"
    return f"{place}{names} has landed and is not in {lake}{stands}; run `{command}`"


def _missing_reports(home: Home, months: Sequence[MonthLine]) -> list[str]:
    """Closed months whose published files, or those of a version before, are not all there unchanged."""
    from reports.publish.wholeness import is_published

    missing = [
        line
        for line in months
        if not is_published(home.report_folder(line.deal_id, line.month), line.run_id)
    ]
    runs = {(line.deal_id, line.month): line.run_id for line in missing}
    return [
        f"{found.place}: no whole report of "
        + (
            "each"
            if found.is_several
            else f"run {runs[found.deal_id, found.first]} and the versions before it"
            + _first_fault(home.report_folder(found.deal_id, found.first))
        )
        + f"; run `tapehouse report {found.deal_id} {found.first}`"
        + (" and so on, month by month" if found.is_several else "")
        for found in list_ranges(list(runs))
    ]


def _first_fault(folder: Path) -> str:
    """The first thing that is wrong with a month's files, and how many more are."""
    from reports.publish.verify import find_month_faults

    faults = find_month_faults(folder)
    if not faults:
        return ""
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f" ({printable(str(faults[0]))}{more})"


def _drafts(home: Home, months: Sequence[MonthLine]) -> Iterator[str]:
    """Closed months whose report waits for its approval."""
    from reports.publish.manifest import read_manifest

    for line in months:
        folder = home.report_folder(line.deal_id, line.month)
        if (read_manifest(folder) or {}).get("state") == "draft":
            yield (
                f"{line.deal_id} {line.month}: its report is a draft; look at it in {shorten(folder)}, then "
                f"run `tapehouse approve {line.deal_id} {line.month} --by NAME`"
            )


def _surplus_files(home: Home, months: Sequence[MonthLine]) -> Iterator[str]:
    """Files in a published month that are not of its report."""
    from reports.publish.wholeness import find_surplus

    for line in months:
        folder = home.report_folder(line.deal_id, line.month)
        for fault in find_surplus(folder):
            yield (
                f"{line.deal_id} {line.month}: {printable(str(fault))}; move it out of "
                f"{shorten(folder)}, for the next writing of the report removes it"
            )
