"""What the footer of a file states of its rows, beside what its control file says.

`footer_values` of the format say where a figure stands. It is read as exactly as a cell is, and is then one
more thing that the sender said: rules compare it with what was read.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import duckdb

from tapes import TapeError
from tapes.land.control import (
    NOTHING_SAID,
    ROW_COUNT,
    TOTAL_DECIMALS,
    TOTAL_DIGITS,
    Control,
    place_of,
)
from tapes.land.tape import LandedTape
from tapes.open.footer import FooterLine, first_cell
from tapes.open.layout import CsvShape, FooterValue
from tapes.read.cells.numbers import undressed
from tapes.recognise.shape import UNITS, Column, TapeFormat

MOST_DIGITS = TOTAL_DIGITS - TOTAL_DECIMALS
NUMBER = rf"[+-]?[0-9]{{1,{MOST_DIGITS}}}([.][0-9]{{0,{TOTAL_DECIMALS}}}0*)?"
COUNT = r"[0-9]{1,15}([.]0*)?"
SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Figure:
    """A figure of a footer, and where it stands in words."""

    name: str
    value: Decimal
    place: str


def take_stated(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    tape_format: TapeFormat,
    shape: CsvShape,
    footer: Sequence[FooterLine],
) -> LandedTape:
    """The tape with what its footer states beside what its control file says.

    TapeError where a figure is not there, is no number, or is another one than the control file's.
    """
    control = tape.control or NOTHING_SAID
    for value in shape.footer_values:
        figure = _read_figure(connection, tape, tape_format, shape, value, footer)
        _check_agrees(tape, control, figure)
        places = {**control.places, figure.name: figure.place}
        control = replace(control, places=places)
        if figure.name == ROW_COUNT:
            control = replace(control, row_count=int(figure.value))
        else:
            control = replace(control, totals={**control.totals, figure.name: figure.value})
    return replace(tape, control=control) if shape.footer_values else tape


def _check_agrees(tape: LandedTape, control: Control, figure: Figure) -> None:
    said = control.row_count if figure.name == ROW_COUNT else control.totals.get(figure.name)
    if said is not None and said != figure.value:
        raise TapeError(
            f"{tape.file_name}: its {figure.place} states {figure.name} {figure.value:f}, "
            f"its {place_of(control, figure.name)} {Decimal(said):f}, expected the same; ask the sender "
            "which is right, and send the file with a control file that agrees"
        )


def _read_figure(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    tape_format: TapeFormat,
    shape: CsvShape,
    value: FooterValue,
    footer: Sequence[FooterLine],
) -> Figure:
    """The figure of the file; of several parts in an archive the sum of theirs."""
    total, place = Decimal(0), ""
    members = list(dict.fromkeys(line.member for line in footer))
    for member in members:
        lines = [line for line in footer if line.member == member and _begins(line, shape, value)]
        if len(lines) != 1:
            raise TapeError(
                f"{member or tape.file_name}: {len(lines)} lines of its footer begin with {value.line!r}, "
                f"expected one, which states {value.name}; send the file again, or correct footer_values of "
                "the format"
            )
        word = "column" if shape.transposed else "line"
        place = f"footer in {word} {lines[0].number}{f' of {member}' if member else ''}"
        text = _cell(lines[0], shape, value)
        number = _number(connection, tape_format, value, text)
        if number is None:
            shown = text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
            raise TapeError(
                f"{tape.file_name}: {value.name} in cell {value.cell} of its {place} is {shown!r}, expected "
                f"{_expected(value)}; send the file again, or correct footer_values of the format"
            )
        total += number
    return Figure(
        value.name, total, place if len(members) == 1 else f"footers of {len(members)} parts"
    )


def _begins(line: FooterLine, shape: CsvShape, value: FooterValue) -> bool:
    return first_cell(line.text.encode(), shape.delimiter).startswith(value.line.encode())


def _cell(line: FooterLine, shape: CsvShape, value: FooterValue) -> str:
    """The text of the cell that has the figure; empty where the line has no such cell."""
    cells: Iterator[list[str]] = csv.reader([line.text], delimiter=shape.delimiter)
    return "".join(next(cells, [])[value.cell - 1 : value.cell])


def _number(
    connection: duckdb.DuckDBPyConnection, tape_format: TapeFormat, value: FooterValue, text: str
) -> Decimal | None:
    """The figure of a cell, undressed as the numbers of the format are; None where there is none."""
    if value.pattern:
        match = re.search(value.pattern, text)
        text = (match[1] if match else None) or ""
    column = Column(value.name, "money", number=tape_format.number)
    plain = undressed("$text", column, tape_format.full_width)
    [(number,)] = connection.execute(f"select {plain}", {"text": text}).fetchall()
    if not re.fullmatch(COUNT if value.name == ROW_COUNT else NUMBER, number.strip()):
        return None
    found = Decimal(number.strip()).scaleb(UNITS[value.unit] if value.unit else 0)
    is_kept = found.adjusted() < MOST_DIGITS and found == round(found, TOTAL_DECIMALS)
    return found if is_kept else None


def _expected(value: FooterValue) -> str:
    if value.name == ROW_COUNT:
        return "a whole number of rows"
    unit = f" in {value.unit}" if value.unit else ""
    digits = f"at most {MOST_DIGITS} digits and {TOTAL_DECIMALS} decimals"
    return f"a total{unit} of {digits}, dressed as [number] says"
