"""The report as a workbook: a sheet a table, real numbers, the same bytes when written again."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from reports.cover import Figure
from reports.document import Document
from reports.formatting import NUMBERS, PATTERNS, Kind
from reports.grids import text_em

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FIRST_ROW = 5  # rows above the head of a table: way back, title, deal and period, notices, units
_NARROWEST, _WIDEST = 9.0, 44.0
_CHARACTERS_AN_EM = 1.9
_FACT_WIDTH = 68
_ACCENT, _QUIET, _BAND, _RULE = "#2f5d7c", "#5b6776", "#f3f6f8", "#c9d1d9"
_PAPER_A4 = 9
_ISO_DATE = "yyyy-mm-dd"


class Styles:
    """The formats of one workbook, each made once: XlsxWriter writes every one that it is given."""

    def __init__(self, workbook: "Workbook") -> None:
        self._workbook = workbook
        self._made: dict[tuple[Kind, bool], Format] = {}
        self.title = workbook.add_format({"font_size": 14, "font_color": _ACCENT})
        self.quiet = workbook.add_format({"font_color": _QUIET})
        self.chapter = workbook.add_format({"bold": True, "font_color": _ACCENT, "top": 1})
        self.link = workbook.add_format({"font_color": _ACCENT, "underline": 1})
        rule = {"bottom": 1, "bottom_color": _ACCENT, "top": 2, "top_color": _ACCENT}
        look = {"text_wrap": True, "valign": "bottom", "font_color": _QUIET, **rule}
        self.head = workbook.add_format({**look, "align": "left"})
        self.number_head = workbook.add_format({**look, "align": "right"})

    def cell(self, kind: Kind, is_total: bool = False) -> "Format":
        if (kind, is_total) not in self._made:
            look: dict[str, object] = {"bottom": 4, "bottom_color": _RULE, "valign": "top"}
            look["align"] = "right" if kind in NUMBERS or kind is Kind.DATE else "left"
            look["text_wrap"] = kind is Kind.TEXT
            if kind is Kind.DATE or kind in PATTERNS:
                look["num_format"] = PATTERNS.get(kind, _ISO_DATE)
            if is_total:
                look["bg_color"] = _BAND
            self._made[kind, is_total] = self._workbook.add_format(look)
        return self._made[kind, is_total]


def render_excel(document: Document, dated: date) -> bytes:
    """The workbook of one language; its creation stamp is `dated`, never the clock."""
    import xlsxwriter

    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    title = f"{document.deal_name} {document.title} {document.month}"
    workbook.set_properties({"title": title, "created": datetime.combine(dated, time())})
    styles = Styles(workbook)
    _write_contents(workbook, styles, document)
    _write_facts(workbook, styles, document, document.say("summary"), _summary(document))
    for section in document.sections:
        _write_section(workbook, styles, document, section)
    _write_facts(workbook, styles, document, document.say("documents"), document.documents)
    _write_facts(workbook, styles, document, document.say("run_facts"), document.facts)
    workbook.close()
    return buffer.getvalue()


def _summary(document: Document) -> tuple[Figure, ...]:
    """The cover: number and dates, figures, and what the report declares, one line a paragraph."""
    number = Figure(document.title, document.edition or document.month)
    first, *others = document.declaration
    declared = (Figure(document.say("declaration"), first), *(Figure("", each) for each in others))
    return (number, *document.dates, *document.figures, *declared)


def _write_contents(workbook: "Workbook", styles: Styles, document: Document) -> None:
    """The first sheet: every table by chapter, each a link to its sheet."""
    title = document.say("contents")
    sheet = _add_sheet(workbook, styles, document, name=title, title=title, is_wide=False)
    row = _write_links(sheet, styles, _FIRST_ROW, document.say("summary"), ())
    for chapter in document.chapters:
        row = _write_links(sheet, styles, row, document.name_chapter(chapter), chapter.sections)
    for closing in ("documents", "run_facts"):
        row = _write_links(sheet, styles, row, document.say(closing), ())
    sheet.set_column(0, 0, _NARROWEST + 3)
    sheet.set_column(1, 1, _FACT_WIDTH)


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


def _write_facts(
    workbook: "Workbook", styles: Styles, document: Document, title: str, facts: Sequence[Figure]
) -> None:
    sheet = _add_sheet(workbook, styles, document, name=title, title=title, is_wide=False)
    for place, fact in enumerate(facts):
        sheet.write_string(_FIRST_ROW + place, 0, fact.label, styles.cell(Kind.TEXT))
        cell = Cell(fact.text if fact.value is None else fact.value, fact.kind, fact.text)
        _write_cell(sheet, _FIRST_ROW + place, 1, cell, styles.cell(fact.kind))
    sheet.set_column(0, 0, _WIDEST)
    sheet.set_column(1, 1, _FACT_WIDTH)


def _write_section(
    workbook: "Workbook", styles: Styles, document: Document, section: Section
) -> None:
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
        sheet.write_string(_FIRST_ROW - 1, 0, document.amounts_in, styles.quiet)
    if not section.rows:
        sheet.write_string(_FIRST_ROW, 0, document.say("no_rows"), styles.quiet)
    elif is_record:
        _write_record(sheet, styles, document, section)
    else:
        _write_rows(sheet, styles, section)
    if section.note:
        lines = len(section.columns) if is_record else len(section.rows)
        note = f"{document.say('note')}{section.note}"
        sheet.write_string(_FIRST_ROW + lines + 2, 0, note, styles.quiet)


def _write_rows(sheet: "Worksheet", styles: Styles, section: Section) -> None:
    for place, column in enumerate(section.columns):
        is_number = column.kind in NUMBERS or column.kind is Kind.DATE
        head = styles.number_head if is_number else styles.head
        sheet.write_string(_FIRST_ROW, place, column.heading, head)
        widest = max(text_em(row[place].text) for row in section.rows)
        sheet.set_column(place, place, _width(max(widest, text_em(column.heading) / 2)))
    for number, row in enumerate(section.rows):
        for place, cell in enumerate(row):
            style = styles.cell(cell.kind, number in section.total_rows)
            _write_cell(sheet, _FIRST_ROW + 1 + number, place, cell, style)
    sheet.freeze_panes(_FIRST_ROW + 1, 1)
    sheet.repeat_rows(0, _FIRST_ROW)


def _write_record(sheet: "Worksheet", styles: Styles, document: Document, section: Section) -> None:
    sheet.write_string(_FIRST_ROW, 0, document.say("item"), styles.head)
    sheet.write_string(_FIRST_ROW, 1, document.say("value"), styles.number_head)
    label = styles.cell(Kind.TEXT)
    for place, (column, cell) in enumerate(zip(section.columns, section.rows[0], strict=True)):
        sheet.write_string(_FIRST_ROW + 1 + place, 0, column.heading, label)
        _write_cell(sheet, _FIRST_ROW + 1 + place, 1, cell, styles.cell(cell.kind))
    sheet.set_column(0, 0, _WIDEST)
    sheet.set_column(1, 1, _width(max(text_em(cell.text) for cell in section.rows[0])))
    sheet.freeze_panes(_FIRST_ROW + 1, 1)


def _write_cell(sheet: "Worksheet", row: int, place: int, cell: Cell, style: "Format") -> None:
    """Numbers as numbers and dates as dates; a Decimal goes in digit for digit, not by a float."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, Decimal | int | date):
        sheet.write_string(row, place, cell.text, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time()), style)
    else:
        sheet.write_number(row, place, value, style)  # type: ignore[arg-type]


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


def _width(ems: float) -> float:
    return min(max(ems * _CHARACTERS_AN_EM + 2, _NARROWEST), _WIDEST)
