"""The workbench of rows that were set aside: look at them, and decide what becomes of each."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from deals.dates.calendar import period_of
from deals.load import load_terms
from deals.terms.deal import Terms
from expectations.failing_keys import mask
from expectations.rules.tape import RELEASABLE
from flows.close.lock import hold_deal
from flows.desk.printing import new_table
from flows.entries.decisions import RECORD, Decision, Kind, list_decisions, standing_decisions
from flows.entries.evidence import EntryRefused, incoming_entry, put_in_place
from flows.entries.free_text import check_free_text
from flows.entries.personal_key import personal_key
from flows.home import Home, as_typed
from flows.lake.connection import has_table, lake_exists, one_snapshot, open_lake
from flows.lake.history import ClosedRun, read_history
from flows.lake.publish import last_snapshot
from flows.lake.questions import question
from flows.refusals import UsageError
from tapes.land.tape import LandedTape, list_landed
from tapes.read.landed.decided import cast_value, hash_value, read_one_row
from tapes.read.tape import read_tape
from tapes.recognise.load import CANONICAL, detect_format, load_formats
from tapes.recognise.shape import Column, TapeFormat

if TYPE_CHECKING:
    from rich.table import Table

NEVER_CORRECTED = ("as_of_date",)


class SetAside(NamedTuple):
    """A row of a month's tape that is set aside, or of which a decision was seen at the close.

    `is_replaced`: an earlier version of the month set it aside, and its file is no longer of the tape;
    `closed_by` then is the row of the month's tape that has its loan, empty where there is none.
    """

    tape_sha256: str
    file_name: str
    row_number: int
    loan_id: str
    reasons: str
    is_malformed: bool
    is_set_aside: bool
    month: str
    is_replaced: bool
    closed_by: str

    @property
    def place(self) -> tuple[str, int]:
        return self.tape_sha256, self.row_number

    def is_open(self, decision: Decision | None) -> bool:
        """Whether something is left to be done about it: it is neither accepted, closed nor rejected."""
        is_left = not self.closed_by if self.is_replaced else self.is_set_aside
        return is_left and (decision is None or decision.kind != "reject")


@dataclass(frozen=True)
class DecisionRequest:
    """What a user decides on one row; `file_name` tells files apart that both have such a row."""

    home: Home
    deals_folder: Path
    deal_id: str
    month: str
    row_number: int
    kind: Kind
    by: str
    why: str
    values: Mapping[str, str] = field(default_factory=dict)
    file_name: str = ""

    @property
    def place(self) -> str:
        return f"{self.deal_id} {self.month} row {self.row_number}"


def list_rows(home: Home, deal_id: str, month: str) -> tuple[list[SetAside], list[Decision]]:
    """The month's rows that are set aside or were decided on, and all decisions on its files."""
    run = _closed_run(home, deal_id, month)
    rows = [row for row in _ask_rows(home, deal_id, month) if not row.is_replaced]
    decisions = [
        one for one in list_decisions(home, run.book_code) if one.tape_sha256 in run.file_sha256s
    ]
    return rows, decisions


def _ask_rows(home: Home, deal_id: str, month: str) -> list[SetAside]:
    """The rows of the month, or of all where it is empty, those of replaced files among them."""
    with open_lake(home.lake) as lake, one_snapshot(lake):
        if not has_table(lake, "intake.row_decision"):
            raise EntryRefused(
                f"{deal_id} {month}: the lake is of an earlier release; run `tapehouse upgrade --apply`"
            )
        values = {"deal": deal_id, "month": month}
        rows = lake.execute(question("quarantine"), values).fetchall()
        since = values | {"last_snapshot": last_snapshot(lake)}
        rows += lake.execute(question("replaced_rows"), since).fetchall()
    return sorted((SetAside(*row) for row in rows), key=lambda row: (row.month, row.is_replaced))


def find_row(rows: Sequence[SetAside], request: DecisionRequest) -> SetAside:
    """The row that is meant; EntryRefused where there is none, or several files have one."""
    found = [
        row
        for row in rows
        if row.row_number == request.row_number and request.file_name in ("", row.file_name)
    ]
    if len(found) == 1:
        return found[0]
    files = ", ".join(row.file_name for row in found)
    what = f"files {files} each have such a row set aside" if found else "no such row is set aside"
    how = "name one with --file" if found else "`tapehouse quarantine list` shows them"
    raise EntryRefused(f"{request.place}: {what}, expected one that is; {how}")


def decide(request: DecisionRequest) -> Decision:
    """Keep a decision on a row; UsageError, TapeError or EntryRefused says why not."""
    for name, text in (("--by", request.by), ("--why", request.why)):
        if not text.strip():
            raise UsageError(
                f"{request.place}: {name} is empty, expected a text; say who decides, and why"
            )
        check_free_text(text, f"{request.place}: {name}")
    terms = load_terms(request.deal_id, request.deals_folder)
    with hold_deal(request.home, request.deal_id, f"deciding on {request.place}"):
        rows, decisions = list_rows(request.home, request.deal_id, request.month)
        row = find_row(rows, request)
        _check(request, row, decisions)
        values = check_values(request)
        if values:
            values = _without_persons(request, _landed_format(request, terms, row)[1], values)
        return _keep(request, row, terms.book.code, values)


def check_values(request: DecisionRequest) -> dict[str, str]:
    """The corrected values as the warehouse shows them; UsageError or TapeError for one that is none."""
    columns = canonical_columns()
    for name in request.values:
        if name not in columns or name in NEVER_CORRECTED:
            known = ", ".join(name for name in columns if name not in NEVER_CORRECTED)
            raise UsageError(
                f"{request.place}: column {name!r}, expected one of {known}; correct the name"
            )
    return {name: cast_value(columns[name], text) for name, text in request.values.items()}


def _without_persons(
    request: DecisionRequest, tape_format: TapeFormat, values: dict[str, str]
) -> dict[str, str]:
    """The values, those that tell who a person is hashed as the tape's are."""
    personal = tape_format.personal_canonical
    return {
        name: hash_value(personal[name], text, personal_key(request.home))
        if name in personal and text
        else text
        for name, text in values.items()
    }


def canonical_columns() -> dict[str, Column]:
    """The columns of the canonical tape by name."""
    return {column.name: column for column in load_formats()[CANONICAL].canonical}


def _check(request: DecisionRequest, row: SetAside, decisions: Sequence[Decision]) -> None:
    standing = [
        one for one in standing_decisions(decisions, [row.tape_sha256]) if one.place == row.place
    ]
    if request.kind == "withdraw" and not standing:
        raise EntryRefused(
            f"{request.place}: no decision stands on it, expected one; there is nothing to withdraw"
        )
    if row.is_malformed and request.kind == "release":
        raise EntryRefused(
            f"{request.place}: it is no row of cells ({row.reasons}), expected one with cells; give its "
            "values with `tapehouse quarantine correct`, ask for the tape again, or reject it"
        )
    if row.is_malformed and request.kind == "correct" and "loan_id" not in request.values:
        raise UsageError(
            f"{request.place}: it is no row of cells ({row.reasons}), expected all its values, loan_id "
            "first; give each with --set"
        )
    hard = [reason for reason in row.reasons.split(", ") if reason and reason not in RELEASABLE]
    if request.kind == "release" and hard:
        raise EntryRefused(
            f"{request.place}: rule {hard[0]} failed, and such a row cannot be released as it is, "
            f"expected only {', '.join(RELEASABLE)}; correct it with `tapehouse quarantine correct`"
        )
    if request.kind == "correct" and not request.values:
        raise UsageError(
            f"{request.place}: no --set COLUMN=VALUE, expected one or more; say what is right"
        )


def _keep(
    request: DecisionRequest, row: SetAside, book_code: str, values: dict[str, str]
) -> Decision:
    with incoming_entry(request.home.quarantine / book_code) as incoming:
        orders = [one.order for one in list_decisions(request.home, book_code)]
        decision = Decision(
            book_code=book_code,
            order=1 + max(orders, default=0),
            month=request.month,
            tape_sha256=row.tape_sha256,
            row_number=row.row_number,
            loan_id=row.loan_id or values.get("loan_id", ""),
            kind=request.kind,
            by=request.by,
            why=request.why,
            decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
            values=values,
        )
        put_in_place(incoming, decision.folder_name, RECORD, decision.record)
    return decision


def _closed_runs(home: Home, deal_id: str, month: str) -> tuple[ClosedRun, ...]:
    """The run of the month, or of every closed month where it is empty; EntryRefused where there is none."""
    if month:
        return (_closed_run(home, deal_id, month),)
    runs = read_history(home.lake, deal_id).runs if lake_exists(home.lake) else ()
    if not runs:
        raise EntryRefused(
            f"{deal_id}: no month is closed, expected one, whose rows were judged; close it first"
        )
    return runs


def _closed_run(home: Home, deal_id: str, month: str) -> ClosedRun:
    run = read_history(home.lake, deal_id).find(month) if lake_exists(home.lake) else None
    if run is None:
        raise EntryRefused(
            f"{deal_id} {month}: not closed, expected a closed month, whose rows were judged; close it first"
        )
    return run


def describe_rows(home: Home, deal_id: str, month: str) -> "Iterator[str | Table]":
    """The month's rows as a table, and what is left to do; where it is empty, the open rows of all months."""
    runs = _closed_runs(home, deal_id, month)
    book_code = runs[-1].book_code
    decisions = list_decisions(home, book_code)
    files = {one.tape_sha256 for one in decisions}
    standing = {one.place: one for one in standing_decisions(decisions, files)}
    rows = [
        row
        for row in _ask_rows(home, deal_id, month)
        if month or row.is_open(standing.get(row.place))
    ]
    if not rows:
        yield (
            f"{deal_id}: no row is open" if not month else f"{deal_id} {month}: no row is set aside"
        )
        return
    seen = frozenset(identity for run in runs for identity in run.decisions)
    yield _table(rows, standing, seen, has_months=not month)
    for run in runs:
        waiting = [
            one
            for one in standing.values()
            if one.tape_sha256 in run.file_sha256s and one.identity not in run.decisions
        ]
        if waiting:
            line = (
                f"{len(waiting)} decisions wait for the next close: "
                f"`tapehouse restate {deal_id} {run.month}`"
            )
            yield as_typed(line)


def _table(
    rows: Sequence[SetAside],
    standing: Mapping[tuple[str, int], Decision],
    seen: frozenset[str],
    *,
    has_months: bool,
) -> "Table":
    first = ("month", "file") if has_months else ("file",)
    last = ("loan", "failed rules", "decision", "by", "why", "state")
    table = new_table(*first, counts=("row",), last=last)
    for row in rows:
        decision = standing.get(row.place)
        undecided = "open" if row.is_open(None) or not row.is_replaced else ""
        told = (decision.kind, decision.by, decision.why) if decision else (undecided, "", "")
        table.add_row(
            *((row.month,) if has_months else ()),
            row.file_name,
            str(row.row_number),
            mask(row.loan_id or ""),
            row.reasons if row.is_set_aside or row.is_replaced else "",
            *told,
            _state(row, decision, seen),
        )
    return table


def _state(row: SetAside, decision: Decision | None, seen: frozenset[str]) -> str:
    if row.is_replaced:
        return f"closed by {row.closed_by}" if row.closed_by else "its file was replaced"
    if decision is not None and decision.identity not in seen:
        return "waits for the next close"
    return "set aside" if row.is_set_aside else "accepted"


def describe_row(
    home: Home, deals_folder: Path, place: tuple[str, str], row_number: int, file_name: str
) -> "Iterator[str | Table]":
    """A row's cells as they are read again from its landed file, and all decisions on it."""
    deal_id, month = place
    run = _closed_run(home, deal_id, month)
    decisions = list_decisions(home, run.book_code)
    request = DecisionRequest(
        home, deals_folder, deal_id, month, row_number, "reject", "", "", {}, file_name
    )
    rows = _ask_rows(home, deal_id, month)
    current = [row for row in rows if not row.is_replaced and row.row_number == row_number]
    row = find_row(current if current and not file_name else rows, request)
    closed = f"; closed by {row.closed_by}" if row.closed_by else ""
    yield f"{request.place} of {row.file_name}: {row.reasons or 'accepted'}{closed}"
    table = new_table("column", last=("value",))
    for name, value in _read_again(request, load_terms(deal_id, deals_folder), row).items():
        table.add_row(name, value)
    yield table
    for one in decisions:
        if one.place == row.place:
            values = "".join(f" {name}={value}" for name, value in one.values.items())
            yield f"{one.decided_at} {one.kind}{values} by {one.by}: {one.why}"


def _read_again(request: DecisionRequest, terms: Terms, row: SetAside) -> dict[str, str]:
    """The row's columns that have a value, personal ones masked, and its cells that could not be read."""
    import duckdb

    tape, found = _landed_format(request, terms, row)
    cut_off = period_of(terms, request.month).collection_end_date
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        read_tape(
            connection,
            [tape],
            found,
            cut_off,
            Path(scratch),
            terms.currency,
            personal_key=lambda: personal_key(request.home),
        )
        cells = read_one_row(connection, row.row_number, found.canonical)
        return {name: mask(value) for name, value in cells}


def _landed_format(
    request: DecisionRequest, terms: Terms, row: SetAside
) -> tuple[LandedTape, TapeFormat]:
    """The landed file that the row is of, and its format; EntryRefused where it is gone."""
    landed = list_landed(request.home.landed, terms.book.code, request.month)
    tapes = [tape for tape in landed if tape.sha256 == row.tape_sha256]
    if not tapes:
        raise EntryRefused(
            f"{request.place}: its file is no longer landed; put it back from a backup"
        )
    cut_off = period_of(terms, request.month).collection_end_date
    return tapes[0], detect_format(
        tapes[0].path, load_formats(), terms.tape_formats, tapes[0].file_name, cut_off
    )
