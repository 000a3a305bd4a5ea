"""The sheets of a workbook: tables that can be filtered, records, lists of facts, and the contents."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from reports.cover import Figure
from reports.document import Document
from reports.formatting import NUMBERS, Kind
from reports.forms.workbook.styles import (
    LINE_HEIGHT,
    NARROWEST,
    WIDEST,
    Styles,
    count_lines,
    width_of,
)
from reports.grids import text_em
from reports.sections import Cell, Column, Section

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FIRST_ROW = 5
"""Rows above the head of a table: way back, title, deal and period, notices, units."""
_FACT_WIDTH = 68.0
_PAPER_A4 = 9
_PAPER_WIDTH = 210.0
"""Characters that a line of A4 on its side holds at the least size that is read with ease."""
# The button of a filter covers the end of a line.
_BUTTON_EM = 1.5
_WRAPPED = frozenset({Kind.TEXT, Kind.CODE, Kind.IDENTIFIER})


def write_contents(workbook: "Workbook", styles: Styles, document: Document) -> None:
    """The first sheet: every table by chapter, each a link to its sheet."""
    title = document.say("contents")
    sheet = _add_sheet(workbook, styles, document, name=title, title=title, is_wide=False)
    row = _write_links(sheet, styles, FIRST_ROW, document.say("summary"), ())
    for chapter in document.chapters:
        row = _write_links(sheet, styles, row, document.name_chapter(chapter), chapter.sections)
    for closing in ("documents", "run_facts"):
        row = _write_links(sheet, styles, row, document.say(closing), ())
    sheet.set_column(0, 0, NARROWEST + 3)
    sheet.set_column(1, 1, _FACT_WIDTH)
    sheet.freeze_panes(FIRST_ROW, 0)


def write_facts(
    workbook: "Workbook", styles: Styles, document: Document, title: str, facts: Sequence[Figure]
) -> None:
    """A sheet of labels and what they say."""
    sheet = _add_sheet(workbook, styles, document, name=title, title=title, is_wide=False)
    for row, fact in enumerate(facts, start=FIRST_ROW):
        sheet.write_string(row, 0, fact.label, styles.cell(Kind.TEXT))
        cell = Cell(fact.text if fact.value is None else fact.value, fact.kind, fact.text)
        _write_cell(sheet, row, 1, cell, styles.cell(fact.kind))
        _set_height(
            sheet, row, max(count_lines(fact.label, WIDEST), count_lines(fact.text, _FACT_WIDTH))
        )
    sheet.set_column(0, 0, WIDEST)
    sheet.set_column(1, 1, _FACT_WIDTH)


def write_section(
    workbook: "Workbook", styles: Styles, document: Document, section: Section
) -> None:
    """The sheet of one table."""
    is_record = section.layout == "record"
    sheet = _add_sheet(
        workbook,
        styles,
        document,
        name=section.table_id,
        title=f"{section.table_id}  {section.title}",
        is_wide=not is_record,
    )
    if section.has_money:
        sheet.write_string(FIRST_ROW - 1, 0, document.amounts_in, styles.quiet)
    if not section.rows:
        sheet.write_string(FIRST_ROW, 0, document.say("no_rows"), styles.quiet)
    elif is_record:
        _write_record(workbook, sheet, styles, document, section)
    else:
        _write_rows(sheet, styles, section)
    if section.note:
        lines = len(section.columns) if is_record else len(section.rows)
        note = f"{document.say('note')}{section.note}"
        sheet.write_string(FIRST_ROW + lines + 2, 0, note, styles.quiet)


def _write_links(
    sheet: "Worksheet", styles: Styles, row: int, title: str, sections: Sequence[Section]
) -> int:
    """A chapter's line and those of its tables, or the line of a sheet of that title; the next row."""
    sheet.set_row(row, None, styles.chapter)
    if not sections:
        sheet.write_url(row, 0, _place_of(title), styles.chapter, title)
        return row + 1
    sheet.write_string(row, 0, title, styles.chapter)
    for number, section in enumerate(sections, start=row + 1):
        place = _place_of(section.table_id)
        sheet.write_url(number, 0, place, styles.link, section.table_id)
        sheet.write_url(number, 1, place, styles.link, section.title)
    return row + 1 + len(sections)


def _place_of(sheet: str) -> str:
    """The first cell of a sheet, as a link names it."""
    name = sheet.replace("'", "''")
    return f"internal:'{name}'!A1"


def _write_rows(sheet: "Worksheet", styles: Styles, section: Section) -> None:
    """The table with its filters; every row is as high as what wraps in it."""
    widths = [_column_width(section, place) for place in range(len(section.columns))]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    for row, cells in enumerate(section.rows, start=FIRST_ROW + 1):
        is_total = row - FIRST_ROW - 1 in section.total_rows
        for place, cell in enumerate(cells):
            _write_cell(sheet, row, place, cell, styles.cell(cell.kind, is_total))
        wrapped = [
            count_lines(cell.text, width)
            for cell, width in zip(cells, widths, strict=True)
            if cell.kind in _WRAPPED
        ]
        _set_height(sheet, row, max(wrapped, default=1))
    _add_table(sheet, styles, section)
    heads = zip(section.columns, widths, strict=True)
    # A line more than the words take: the buttons of the filters stand on the last.
    _set_height(
        sheet, FIRST_ROW, 1 + max(count_lines(head.heading, width) for head, width in heads)
    )
    sheet.freeze_panes(FIRST_ROW + 1, 1)
    # On paper a wide table goes over several pages before its letters become too small to read.
    sheet.fit_to_pages(ceil(sum(widths) / _PAPER_WIDTH), 0)
    sheet.repeat_rows(0, FIRST_ROW)
    sheet.repeat_columns("A:A")


def _add_table(sheet: "Worksheet", styles: Styles, section: Section) -> None:
    """The rows as a table that formulas can name, `TR_3_2`, with a filter at each head."""
    heads = zip(_unique_headings(section.columns), section.columns, strict=True)
    sheet.add_table(
        FIRST_ROW,
        0,
        FIRST_ROW + len(section.rows),
        len(section.columns) - 1,
        {
            "name": range_name(section),
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


def _write_record(
    workbook: "Workbook", sheet: "Worksheet", styles: Styles, document: Document, section: Section
) -> None:
    sheet.write_string(FIRST_ROW, 0, document.say("item"), styles.head)
    sheet.write_string(FIRST_ROW, 1, document.say("value"), styles.number_head)
    label, row = styles.cell(Kind.TEXT), FIRST_ROW
    width = width_of(max(text_em(cell.text) for cell in section.rows[0]))
    for row, (column, cell) in enumerate(
        zip(section.columns, section.rows[0], strict=True), start=FIRST_ROW + 1
    ):
        sheet.write_string(row, 0, column.heading, label)
        _write_cell(sheet, row, 1, cell, styles.value(cell.kind))
        _set_height(
            sheet, row, max(count_lines(column.heading, WIDEST), count_lines(cell.text, width))
        )
    sheet.set_column(0, 0, WIDEST)
    sheet.set_column(1, 1, width)
    sheet.freeze_panes(FIRST_ROW + 1, 1)
    place = f"='{section.table_id}'!$A${FIRST_ROW + 1}:$B${row + 1}"
    workbook.define_name(range_name(section), place)


def _set_height(sheet: "Worksheet", row: int, lines: int) -> None:
    if lines > 1:
        sheet.set_row(row, lines * LINE_HEIGHT)


def _write_cell(sheet: "Worksheet", row: int, place: int, cell: Cell, style: "Format") -> None:
    """Numbers as numbers and dates as dates; a Decimal goes in digit for digit, not by a float."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, Decimal | int | date):
        sheet.write_string(row, place, cell.text, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time()), style)
    else:
        sheet.write_number(row, place, value, style)  # type: ignore[arg-type]


def _is_right(kind: Kind) -> bool:
    return kind in NUMBERS or kind is Kind.DATE


def _add_sheet(
    workbook: "Workbook", styles: Styles, document: Document, name: str, title: str, is_wide: bool
) -> "Worksheet":
    """A sheet with its head lines and, for paper, the same in its head and foot."""
    sheet = workbook.add_worksheet(name)
    contents = document.say("contents")
    if name != contents:
        sheet.write_url(0, 0, _place_of(contents), styles.link, document.say("to_contents"))
    lines = (title, f"{document.deal_name}  ·  {document.period}", "  ·  ".join(document.notices))
    for row, (line, style) in enumerate(
        zip(lines, (styles.title, styles.quiet, styles.quiet), strict=True), start=1
    ):
        sheet.write_string(row, 0, line, style)
    sheet.set_row(1, 21)
    sheet.hide_gridlines(2)
    sheet.set_paper(_PAPER_A4)
    if is_wide:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    page = document.say("page").format(page="&P", pages="&N")
    notice = document.notices[0].replace("&", "&&")
    sheet.set_header(f"&R{document.period.replace('&', '&&')}")
    sheet.set_footer(f"&L{notice}&R{page}")
    return sheet
