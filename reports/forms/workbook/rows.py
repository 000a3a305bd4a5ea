"""The cells of a sheet: a table of rows that can be filtered and whose totals add up again, or a record."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from reports.document import Document
from reports.formatting import NUMBERS, Kind
from reports.forms.workbook.styles import (
    LINE_HEIGHT,
    WIDEST,
    Styles,
    count_lines,
    width_of,
)
from reports.forms.workbook.sums import find_sums, has_total_below, word_sum
from reports.grids import text_em
from reports.sections import Cell, Column, Section

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FIRST_ROW = 5
"""Rows above the head of a table: way back, title, deal and period, notices, units."""
_PAPER_WIDTH = 210.0
"""Characters that a line of A4 on its side holds at the least size that is read with ease."""
# The button of a filter covers the end of a line.
_BUTTON_EM = 1.5
_WRAPPED = frozenset({Kind.TEXT, Kind.CODE, Kind.IDENTIFIER})


def write_rows(sheet: "Worksheet", styles: Styles, section: Section) -> list[float]:
    """The table with its filters and live totals; every row is as high as what wraps in it. The widths."""
    widths = [_column_width(section, place) for place in range(len(section.columns))]
    sums = {} if _is_sorted_by_parts(section) else find_sums(section)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    for row, cells in enumerate(section.rows, start=FIRST_ROW + 1):
        is_total = row - FIRST_ROW - 1 in section.total_rows
        for place, cell in enumerate(cells):
            style, summed = styles.cell(cell.kind, is_total), sums.get((row - FIRST_ROW - 1, place))
            if summed is None:
                write_cell(sheet, row, place, cell, style)
            else:
                _write_sum(sheet, row, place, cell, style, summed)
        wrapped = [
            count_lines(cell.text, width)
            for cell, width in zip(cells, widths, strict=True)
            if cell.kind in _WRAPPED
        ]
        set_height(sheet, row, max(wrapped, default=1))
    _add_table(sheet, styles, section)
    heads = zip(section.columns, widths, strict=True)
    # A line more than the words take: the buttons of the filters stand on the last.
    set_height(sheet, FIRST_ROW, 1 + max(count_lines(head.heading, width) for head, width in heads))
    sheet.freeze_panes(FIRST_ROW + 1, 1)
    # On paper a wide table goes over several pages before its letters become too small to read.
    sheet.fit_to_pages(ceil(sum(widths) / _PAPER_WIDTH), 0)
    sheet.repeat_rows(0, FIRST_ROW)
    sheet.repeat_columns("A:A")
    return widths


def _is_sorted_by_parts(section: Section) -> bool:
    """Whether it is one table after the other, each with its total: readers filter it by its parts."""
    return any(column.name == "dimension_code" for column in section.columns)


def _write_sum(
    sheet: "Worksheet", row: int, place: int, cell: Cell, style: "Format", rows: Sequence[int]
) -> None:
    """The total as a formula that comes to it, with the number beside it for whoever does not compute."""
    from xlsxwriter.utility import xl_col_to_name

    formula = word_sum(xl_col_to_name(place), rows, FIRST_ROW + 2)
    sheet.write_formula(row, place, formula, style, cell.value)  # type: ignore[arg-type]


def _add_table(sheet: "Worksheet", styles: Styles, section: Section) -> None:
    """The rows as a table that formulas can name, `TR_3_2`, with a filter at each head.

    A total below them is no row of it, so that it stays there when they are sorted. Where totals stand
    between the rows there is no filter: sorted, they would be totals of other rows.
    """
    heads = zip(_unique_headings(section.columns), section.columns, strict=True)
    is_below = has_total_below(section)
    has_filter = is_below or not section.total_rows or _is_sorted_by_parts(section)
    sheet.add_table(
        FIRST_ROW,
        0,
        FIRST_ROW + len(section.rows) - is_below,
        len(section.columns) - 1,
        {
            "name": range_name(section),
            "autofilter": has_filter,
            "style": None,
            "columns": [
                {
                    "header": heading,
                    "header_format": styles.number_head if _is_right(column.kind) else styles.head,
                }
                for heading, column in heads
            ],
        },
    )


def _unique_headings(columns: Sequence[Column]) -> list[str]:
    """The headings; one that stood before, in letters of any case, with its place behind it."""
    headings: list[str] = []
    for place, column in enumerate(columns, start=1):
        is_new = column.heading.lower() not in [heading.lower() for heading in headings]
        headings.append(column.heading if is_new else f"{column.heading} ({place})")
    return headings


def range_name(section: Section) -> str:
    """What a formula calls the table: its id, with underscores."""
    return section.table_id.replace("-", "_")


def _column_width(section: Section, place: int) -> float:
    """Wide enough for every value that does not wrap, and for the longest word of the head."""
    heading = section.columns[place].heading
    longest_word = max(text_em(word) if word.isascii() else 4.0 for word in heading.split())
    widest = max(text_em(row[place].text) for row in section.rows)
    return width_of(max(widest, text_em(heading) / 2, longest_word + _BUTTON_EM))


def write_record(
    workbook: "Workbook", sheet: "Worksheet", styles: Styles, document: Document, section: Section
) -> list[float]:
    """Each column as a line; the widths."""
    sheet.write_string(FIRST_ROW, 0, document.say("item"), styles.head)
    sheet.write_string(FIRST_ROW, 1, document.say("value"), styles.number_head)
    label, row = styles.cell(Kind.TEXT), FIRST_ROW
    width = width_of(max(text_em(cell.text) for cell in section.rows[0]))
    for row, (column, cell) in enumerate(
        zip(section.columns, section.rows[0], strict=True), start=FIRST_ROW + 1
    ):
        sheet.write_string(row, 0, column.heading, label)
        write_cell(sheet, row, 1, cell, styles.value(cell.kind))
        set_height(
            sheet, row, max(count_lines(column.heading, WIDEST), count_lines(cell.text, width))
        )
    sheet.set_column(0, 0, WIDEST)
    sheet.set_column(1, 1, width)
    sheet.freeze_panes(FIRST_ROW + 1, 1)
    place = f"='{section.table_id}'!$A${FIRST_ROW + 1}:$B${row + 1}"
    workbook.define_name(range_name(section), place)
    return [WIDEST, width]


def _is_right(kind: Kind) -> bool:
    return kind in NUMBERS or kind is Kind.DATE


def set_height(sheet: "Worksheet", row: int, lines: int) -> None:
    if lines > 1:
        sheet.set_row(row, lines * LINE_HEIGHT)


def write_cell(sheet: "Worksheet", row: int, place: int, cell: Cell, style: "Format") -> None:
    """Numbers as numbers and dates as dates; a Decimal goes in digit for digit, not by a float."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, Decimal | int | date):
        sheet.write_string(row, place, cell.text, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time()), style)
    else:
        sheet.write_number(row, place, value, style)  # type: ignore[arg-type]
