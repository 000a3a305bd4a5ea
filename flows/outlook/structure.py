"""`tapehouse waterfall`: terms and a file of pool-level collections in, tables of payments out."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deals.load import load_structure
from flows.home import shorten
from flows.outlook.csv_tables import write_table
from flows.refusals import UsageError
from waterfall.money import format_fen
from waterfall.structure import CollectionRow, StructureRun, months_between, run_collections
from waterfall.tables.statements import state_run

if TYPE_CHECKING:
    from deals.terms.deal import Terms

DATES = ("collection_end", "payment_date")
REQUIRED = (*DATES, "principal", "interest", "prepayment", "defaulted", "recovery")
OPTIONAL = tuple(field.name for field in fields(CollectionRow) if field.name not in REQUIRED)


class CollectionsError(Exception):
    """A file of collections that cannot be used, in one line: file, line, column, value, advice."""


def run_structure(
    terms_file: Path, collections_file: Path, out: Path, exercises_call: bool
) -> tuple["Terms", StructureRun, list[Path]]:
    """Run the deal on the collections and write one CSV a table into `out`; the files are new ones.

    Raises TermsError, CollectionsError, WaterfallError, UsageError; then nothing was written.
    """
    terms = load_structure(terms_file)
    rows = read_collections(collections_file, terms.dates.initial_cut_off_date)
    tables = state_run(terms, run := run_collections(terms, rows, exercises_call))
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: a file is there, expected a folder; name another place")
    out.mkdir(parents=True, exist_ok=True)
    written = [write_table(out / f"{name}.csv", table) for name, table in tables.items() if table]
    return terms, run, written


def read_collections(path: Path, cut_off: date) -> list[CollectionRow]:
    """The rows of a CSV file with a header; amounts in the currency unit with at most 2 decimals.

    Raises CollectionsError, also for rows out of order, a period that stands twice and one that is left
    out, the one after the initial cut-off included.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = dict(_read_rows(path.name, csv.DictReader(file)))
    except UnicodeDecodeError as error:
        raise CollectionsError(
            f"{path.name}: byte {error.start} is not UTF-8, expected CSV in UTF-8; save it as UTF-8"
        ) from None
    except OSError as error:
        raise CollectionsError(
            f"{path}: {error.strerror}, expected a CSV file of collections; check the path"
        ) from None
    _check_order(path.name, lines)
    _check_gaps(path.name, lines)
    _check_first(path.name, lines, cut_off)
    return list(lines.values())


def _read_rows(name: str, reader: "csv.DictReader[str]") -> Iterator[tuple[int, CollectionRow]]:
    """Each row by its line in the file."""
    header = reader.fieldnames or []
    missing = [column for column in REQUIRED if column not in header]
    unknown = [column for column in header if column not in (*REQUIRED, *OPTIONAL)]
    if missing or unknown or len(set(header)) < len(header):
        wrong = (
            f"no column {missing[0]}"
            if missing
            else f"column {unknown[0]!r}"
            if unknown
            else "a column twice"
        )
        raise CollectionsError(
            f"{name} line 1: {wrong}, expected {', '.join(REQUIRED)} and of {', '.join(OPTIONAL)} "
            "what there is; correct the header"
        )
    empty = True
    for cells in reader:
        empty = False
        yield reader.line_num, _read_row(f"{name} line {reader.line_num}", cells)
    if empty:
        raise CollectionsError(
            f"{name}: no rows below the header, expected a row a month; add them"
        )


def _read_row(place: str, cells: dict[str, Any]) -> CollectionRow:
    if None in cells or None in cells.values():
        raise CollectionsError(f"{place}: not as many cells as the header has; correct the line")
    values: dict[str, Any] = {}
    for column, text in cells.items():
        if column in DATES:
            values[column] = _read_date(place, column, text)
        elif column == "events":
            values[column] = tuple(text.split())
        elif text.strip() or column in REQUIRED:
            values[column] = _read_fen(place, column, text)
    return CollectionRow(**values)


def _read_date(place: str, column: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise CollectionsError(
            f"{place}, {column} = {text!r}: no date, expected one such as 2018-09-30; correct the cell"
        ) from None


def _read_fen(place: str, column: str, text: str) -> int:
    """Only a recovery, net of its costs, may be below zero."""
    try:
        fen = Decimal(text.strip()).scaleb(2)
    except InvalidOperation:
        fen = Decimal("NaN")
    least = -(10**13) if column == "recovery" else 0
    if not fen.is_finite() or fen != fen.to_integral_value() or not least <= fen <= 10**13:
        raise CollectionsError(
            f"{place}, {column} = {text!r}: expected an amount with a point and at most 2 decimals"
            f"{'' if least else ', not below zero'}, such as 80000000.00; correct the cell"
        )
    return int(fen)


def _check_order(name: str, lines: dict[int, CollectionRow]) -> None:
    """Both dates go up from row to row."""
    for (_, before), (line, row) in pairwise(lines.items()):
        for column in DATES:
            if getattr(row, column) <= getattr(before, column):
                raise CollectionsError(
                    f"{name} line {line}, {column} = {getattr(row, column)}: expected one after the row "
                    f"before, {getattr(before, column)}; sort the rows, and take out what stands twice"
                )


def _check_gaps(name: str, lines: dict[int, CollectionRow]) -> None:
    """Every period is as many months as the shortest; several ends in one month have no such rule."""
    apart = {
        line: months_between(before.collection_end, row.collection_end)
        for (_, before), (line, row) in pairwise(lines.items())
    }
    shortest = min(apart.values(), default=0)
    for line, months in apart.items():
        if shortest and months > shortest:
            raise CollectionsError(
                f"{name} line {line}, collection_end = {lines[line].collection_end}: {months} months after "
                f"the row before, expected {shortest} as between others; add the row that is missing, of "
                "zeros where nothing came in"
            )


def _check_first(name: str, lines: dict[int, CollectionRow], cut_off: date) -> None:
    """The first period starts at the initial cut-off and is no longer than those after it."""
    (line, first), *others = lines.items()
    ends = [first.collection_end, *(row.collection_end for _, row in others)]
    usual = max(1, min(map(months_between, ends, ends[1:]), default=12))
    months = months_between(cut_off, first.collection_end)
    place = f"{name} line {line}, collection_end = {first.collection_end}"
    if first.collection_end <= cut_off:
        raise CollectionsError(
            f"{place}: expected a day after the initial cut-off, {cut_off}; correct the row, or "
            "dates.initial_cut_off_date of the terms"
        )
    if months > usual:
        raise CollectionsError(
            f"{place}: {months} months after the initial cut-off, {cut_off}, expected at most {usual}; add "
            "the row that is missing, of zeros where nothing came in, or correct "
            "dates.initial_cut_off_date of the terms"
        )


def _describe_call(run: StructureRun) -> Iterator[str]:
    """A call that the terms allowed and nobody asked for."""
    allowed = [month for month in run.months if month.result.may_be_called[0]]
    if allowed and not run.months[-1].result.is_called[0]:
        yield (
            f"  the clean-up call could be made from {allowed[0].period.payment_date} on, when the pool was "
            f"{format_fen(allowed[0].pool.closing_balance[0])}; --call makes it"
        )


def describe_run(terms: "Terms", run: StructureRun, written: Sequence[Path]) -> Iterator[str]:
    """The outcome in a few lines: what each note got, what is left, and where the tables are."""
    months = run.months
    yield f"{terms.deal_id}: {len(months)} payment dates to {months[-1].period.payment_date}"
    for note in terms.notes:
        paid = {
            kind: sum(int(month.result.paid(kind, note.code)[0]) for month in months)
            for kind in ("interest", "principal", "residual")
        }
        left = int(months[-1].result.state.note_balance[note.code][0])
        yield (
            f"  {note.code}: interest {format_fen(paid['interest'])}, principal "
            f"{format_fen(paid['principal'])}, residual {format_fen(paid['residual'])}, "
            f"outstanding {format_fen(left)}"
        )
    if months[-1].period.is_legal_final:
        unpaid = sum(int(balance[0]) for balance in months[-1].result.state.note_balance.values())
        yield (
            f"  the legal final date, {terms.dates.legal_final_date}, has come: "
            f"{format_fen(unpaid)} of the notes stays unpaid"
        )
    yield from _describe_call(run)
    if months[-1].result.is_called[0]:
        yield f"  called on {months[-1].period.payment_date}; {run.unused_rows} later rows not used"
    yield f"  {len(written)} tables in {shorten(written[0].parent.resolve())}"
