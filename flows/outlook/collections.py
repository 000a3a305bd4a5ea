"""A file of pool-level collections: a row a month, of one scenario or of several."""

import csv
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

from waterfall.structure import CollectionRow, months_between

SCENARIO = "scenario"
MAX_NAME = 60
DATES = ("collection_end", "payment_date")
REQUIRED = (*DATES, "principal", "interest", "prepayment", "defaulted", "recovery")
OPTIONAL = tuple(field.name for field in fields(CollectionRow) if field.name not in REQUIRED)


class CollectionsError(Exception):
    """A file of collections that cannot be used, in one line: file, line, column, value, advice."""


def read_collections(path: Path, cut_off: date) -> dict[str, list[CollectionRow]]:
    """The rows of a CSV file with a header, by scenario; amounts in the currency unit, at most 2 decimals.

    Without a column `scenario` all are of one, whose name is empty. Raises CollectionsError, also for a
    scenario's rows out of order, a period that stands twice and one that is left out, the one after the
    initial cut-off included.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            scenarios = _read_rows(path.name, csv.DictReader(file))
    except UnicodeDecodeError as error:
        raise CollectionsError(
            f"{path.name}: byte {error.start} is not UTF-8, expected CSV in UTF-8; save it as UTF-8"
        ) from None
    except OSError as error:
        raise CollectionsError(
            f"{path}: {error.strerror}, expected a CSV file of collections; check the path"
        ) from None
    for lines in scenarios.values():
        _check_order(path.name, lines)
        _check_gaps(path.name, lines)
        _check_first(path.name, lines, cut_off)
    return {scenario: list(lines.values()) for scenario, lines in scenarios.items()}


def _read_rows(name: str, reader: "csv.DictReader[str]") -> dict[str, dict[int, CollectionRow]]:
    """The rows of each scenario by their lines in the file."""
    header = reader.fieldnames or []
    missing = [column for column in REQUIRED if column not in header]
    unknown = [column for column in header if column not in (SCENARIO, *REQUIRED, *OPTIONAL)]
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
    scenarios: dict[str, dict[int, CollectionRow]] = {}
    for cells in reader:
        place = f"{name} line {reader.line_num}"
        _check_cells(place, cells)
        scenario = _read_scenario(place, cells)
        scenarios.setdefault(scenario, {})[reader.line_num] = _read_row(place, cells)
    if not scenarios:
        raise CollectionsError(
            f"{name}: no rows below the header, expected a row a month; add them"
        )
    return scenarios


def _check_cells(place: str, cells: Mapping[Any, Any]) -> None:
    if None in cells or None in cells.values():
        raise CollectionsError(f"{place}: not as many cells as the header has; correct the line")


def _read_scenario(place: str, cells: dict[str, Any]) -> str:
    """The name of the row's scenario, taken out of the cells; empty where the file has no such column."""
    if SCENARIO not in cells:
        return ""
    name = cells.pop(SCENARIO).strip()
    if not name or not name.isprintable() or len(name) > MAX_NAME:
        raise CollectionsError(
            f"{place}, {SCENARIO} = {name!r}: expected a name of 1 to {MAX_NAME} printable characters, such "
            "as base; correct the cell"
        )
    return name


def _read_row(place: str, cells: dict[str, Any]) -> CollectionRow:
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
