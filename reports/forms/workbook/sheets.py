"""The sheets of a workbook: tables that can be filtered, records, lists of facts, and the contents."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.cover import Figure
from reports.document import Document
from reports.formatting import Kind
from reports.forms.workbook.paper import count_columns, set_print_area, write_note
from reports.forms.workbook.rows import (
    FIRST_ROW,
    set_height,
    write_cell,
    write_record,
    write_rows,
)
from reports.forms.workbook.styles import (
    NARROWEST,
    WIDEST,
    Styles,
    count_lines,
)
from reports.sections import Cell, Section

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_FACT_WIDTH = 68.0
_PAPER_A4 = 9


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
    _finish(sheet, document, title, row - 1, [NARROWEST + 3, _FACT_WIDTH])


def write_facts(
    workbook: "Workbook", styles: Styles, document: Document, title: str, facts: Sequence[Figure]
) -> None:
    """A sheet of labels and what they say."""
    sheet = _add_sheet(workbook, styles, document, name=title, title=title, is_wide=False)
    for row, fact in enumerate(facts, start=FIRST_ROW):
        sheet.write_string(row, 0, fact.label, styles.cell(Kind.TEXT))
        cell = Cell(fact.text if fact.value is None else fact.value, fact.kind, fact.text)
        write_cell(sheet, row, 1, cell, styles.cell(fact.kind))
        set_height(
            sheet, row, max(count_lines(fact.label, WIDEST), count_lines(fact.text, _FACT_WIDTH))
        )
    sheet.set_column(0, 0, WIDEST)
    sheet.set_column(1, 1, _FACT_WIDTH)
    _finish(sheet, document, title, FIRST_ROW + len(facts) - 1, [WIDEST, _FACT_WIDTH])


def write_section(
    workbook: "Workbook", styles: Styles, document: Document, section: Section
) -> None:
    """The sheet of one table."""
    is_record = section.layout == "record"
    title = f"{section.table_id}  {section.title}"
    sheet = _add_sheet(
        workbook, styles, document, name=section.table_id, title=title, is_wide=not is_record
    )
    widths: list[float] = []
    if section.has_money:
        sheet.write_string(FIRST_ROW - 1, 0, document.amounts_in, styles.quiet)
    if not section.rows:
        sheet.write_string(FIRST_ROW, 0, document.say("no_rows"), styles.quiet)
    elif is_record:
        widths = write_record(workbook, sheet, styles, document, section)
    else:
        widths = write_rows(sheet, styles, section)
    last = FIRST_ROW + (len(section.columns) if is_record and section.rows else len(section.rows))
    if section.note:
        last += 2
        note = f"{document.say('note')}{section.note}"
        columns = count_columns(widths, _head_lines(document, title))
        write_note(sheet, last, note, widths, columns, styles.note)
    _finish(sheet, document, title, last, widths)


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


def _add_sheet(
    workbook: "Workbook", styles: Styles, document: Document, name: str, title: str, is_wide: bool
) -> "Worksheet":
    """A sheet with its head lines and, for paper, the same in its head and foot."""
    sheet = workbook.add_worksheet(name)
    contents = document.say("contents")
    if name != contents:
        sheet.write_url(0, 0, _place_of(contents), styles.link, document.say("to_contents"))
    looks = (styles.title, styles.quiet, styles.quiet)
    for row, (line, style) in enumerate(
        zip(_head_lines(document, title), looks, strict=True), start=1
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


def _head_lines(document: Document, title: str) -> tuple[str, str, str]:
    """What stands above a table."""
    of_what = f"{document.deal_name}  ·  {document.period}"
    return title, of_what, "  ·  ".join(document.notices)


def _finish(
    sheet: "Worksheet", document: Document, title: str, last_row: int, widths: Sequence[float]
) -> None:
    """The part of the sheet that is printed."""
    set_print_area(sheet, last_row, count_columns(widths, _head_lines(document, title)))
