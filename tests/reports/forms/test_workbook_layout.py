"""The workbook as people use it: links, heads that fit, frozen rows, filters and names."""

import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from reports.document import compose
from reports.formatting import Kind
from reports.forms.workbook.book import render_excel
from reports.forms.workbook.rows import FIRST_ROW
from reports.forms.workbook.styles import LINE_HEIGHT, count_lines
from reports.pack import LANGUAGES, Language, ReportPack
from reports.sections import Cell, Column, Section
from reports.words import load_words
from tests.reports.sample_pack import build_pack

HEAD = FIRST_ROW + 1
"""The row of a table's head, as a workbook counts."""


@pytest.fixture(scope="module", params=LANGUAGES)
def book(request: pytest.FixtureRequest, published: Path) -> Any:
    return openpyxl.load_workbook(published / f"report_{request.param}.xlsx")


def room_taken(text: str, width: float) -> float:
    """The least height of a text in a column of that width: a wide letter takes two places."""
    places = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return ceil(places / width) * LINE_HEIGHT


def links(sheet: Any) -> list[str]:
    return [cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink]


def test_the_contents_lead_to_every_sheet_and_every_sheet_back(book: Any) -> None:
    contents, *others = book.worksheets
    reached = {location.partition("!")[0].strip("'") for location in links(contents)}
    assert reached == {sheet.title for sheet in others}
    for sheet in others:
        assert links(sheet) == [f"'{contents.title}'!A1"]


def test_every_head_and_text_has_the_room_that_it_takes(book: Any) -> None:
    seen = 0
    for sheet in book.worksheets[2:]:
        for row in sheet.iter_rows(min_row=HEAD, max_row=max(HEAD, sheet.max_row - 2)):
            height = sheet.row_dimensions[row[0].row].height or LINE_HEIGHT
            for cell in row:
                if isinstance(cell.value, str) and cell.alignment.wrap_text:
                    seen += 1
                    width = sheet.column_dimensions[cell.column_letter].width
                    assert room_taken(cell.value, width) <= height, (sheet.title, cell.coordinate)
    assert seen > 100


def test_a_table_keeps_its_head_in_sight_can_be_filtered_and_has_a_name(book: Any) -> None:
    sheet = book["TR-8"]
    assert sheet.freeze_panes == f"B{HEAD + 1}"
    (table,) = sheet.tables.values()
    assert (table.name, table.ref) == ("TR_8", f"A{HEAD}:H{HEAD + 6}")
    assert table.autoFilter.ref == table.ref
    assert [column.name for column in table.tableColumns] == [cell.value for cell in sheet[HEAD]]


def test_a_record_has_a_name(book: Any) -> None:
    assert book.defined_names["TR_4_2"].attr_text == f"'TR-4-2'!$A${HEAD}:$B${HEAD + 4}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_rows_is_a_table_of_the_workbook(
    published: Path, pack: ReportPack, language: Language
) -> None:
    book = openpyxl.load_workbook(published / f"report_{language}.xlsx")
    sections = compose(pack, load_words(), language).sections
    expected = {section.table_id for section in sections if section.layout == "rows"}
    assert {sheet.title for sheet in book.worksheets if sheet.tables} == expected


def test_dates_are_shown_in_words(book: Any) -> None:
    formats = {
        cell.number_format for row in book["TR-2"] for cell in row if cell.is_date and cell.value
    }
    assert formats in ({'yyyy"年"m"月"d"日"'}, {"d mmmm yyyy"})


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("Balance", 10, 1),
        ("Balance before payment", 10, 3),
        ("兑付前本金余额", 10, 2),
        ("a" * 100, 11, 11),
    ],
)
def test_lines_are_counted_by_whole_words_and_single_letters(
    text: str, width: float, lines: int
) -> None:
    assert count_lines(text, width) == lines


def in_workbook(section: Section) -> Any:
    """The sheet of one table, as formulas."""
    document = compose(build_pack(), load_words(), "zh")
    chapter = replace(document.chapters[0], sections=(section,))
    data = render_excel(replace(document, chapters=(chapter,)), build_pack().payment_date)
    return openpyxl.load_workbook(BytesIO(data))[section.table_id]


def sums_of(sheet: Any) -> dict[str, str]:
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def added_up(values: Any, formula: str) -> Decimal:
    """What a formula of sums comes to, by the numbers that the workbook holds."""
    cells: list[Any] = []
    for part in formula.removeprefix("=SUM(").removesuffix(")").replace("$", "").split(","):
        found = values[part]
        cells += [cell for (cell,) in found] if isinstance(found, tuple) else [found]
    return sum((Decimal(repr(cell.value)) for cell in cells if cell.data_type == "n"), Decimal(0))


def test_a_total_is_a_sum_that_comes_to_the_number_beside_it(book: Any, published: Path) -> None:
    numbers = openpyxl.load_workbook(published / "report_zh.xlsx", data_only=True)
    found = {sheet.title: sums_of(sheet) for sheet in book.worksheets}
    assert {title for title, sums in found.items() if sums} == {"TR-4-1", "TR-7"}
    for title, sums in found.items():
        for place, formula in sums.items():
            stated = Decimal(repr(numbers[title][place].value))
            assert added_up(numbers[title], formula) == stated, (title, place)
    first, last = HEAD + 1, HEAD + 9
    assert found["TR-7"][f"D{last - 5}"] == f"=SUM(D${first}:D${first + 2})"
    assert found["TR-7"][f"D{last}"] == f"=SUM(D${first}:D${first + 2},D${last - 4}:D${last - 2})"


def test_a_total_adds_up_the_same_rows_in_every_column() -> None:
    lines = [
        ("a", 0, "1.00"),
        ("b", 0, "2.00"),
        ("total", 0, "3.00"),
        ("c", 0, "4.00"),
        ("d", 0, "5.00"),
    ]
    section = divided(*lines, ("total", 0, "12.00"), columns="line_name loan_count paid_amount")
    assert sums_of(in_workbook(section)) == {
        **{
            f"{column}{HEAD + 3}": f"=SUM({column}${HEAD + 1}:{column}${HEAD + 2})"
            for column in "BC"
        },
        **{
            f"{column}{HEAD + 6}": f"=SUM({column}${HEAD + 3}:{column}${HEAD + 5})"
            for column in "BC"
        },
    }


def test_a_table_with_totals_between_its_rows_has_no_filter(book: Any) -> None:
    (table,) = book["TR-7"].tables.values()
    assert table.autoFilter is None
    assert table.ref.endswith(str(HEAD + 9))


def divided(*rows: tuple[str, int | None, str], columns: str = "") -> Section:
    """A distribution: its rows with a count and a mean."""
    names = (columns or "bucket_zh loan_count mean_balance").split()
    kinds = (Kind.TEXT, Kind.COUNT, Kind.MONEY)
    heads = tuple(Column(name, name, kind) for name, kind in zip(names, kinds, strict=True))
    cells = tuple(
        (
            Cell(name, Kind.TEXT, name),
            Cell(count, Kind.COUNT, "*" if count is None else str(count)),
            Cell(Decimal(mean), Kind.MONEY, mean),
        )
        for name, count, mean in rows
    )
    totals = frozenset(at for at, (name, *_) in enumerate(rows) if name == "total")
    return Section("TR-12-1", "分布", "rows", heads, cells, totals)


def test_a_total_below_its_rows_stays_there_when_they_are_sorted() -> None:
    sheet = in_workbook(divided(("a", 2, "5.00"), ("b", 3, "6.00"), ("total", 5, "5.60")))
    (table,) = sheet.tables.values()
    assert table.ref == table.autoFilter.ref == f"A{HEAD}:C{HEAD + 2}"
    assert sums_of(sheet) == {f"B{HEAD + 3}": f"=SUM(B${HEAD + 1}:B${HEAD + 2})"}
    assert sheet[f"C{HEAD + 3}"].value == 5.6


@pytest.mark.parametrize("second", [None, 4])
def test_a_total_that_is_not_the_sum_of_what_stands_above_it_is_a_number(
    second: int | None,
) -> None:
    sheet = in_workbook(divided(("a", 2, "5.00"), ("b", second, "6.00"), ("total", 5, "5.60")))
    assert sums_of(sheet) == {}
    assert sheet[f"B{HEAD + 3}"].value == 5


def test_a_table_of_several_parts_keeps_its_filter_and_its_numbers() -> None:
    rows = [("a", 2, "5.00"), ("b", 3, "6.00"), ("total", 5, "5.60")]
    section = divided(*rows, *rows, columns="dimension_code loan_count mean_balance")
    sheet = in_workbook(section)
    (table,) = sheet.tables.values()
    assert (table.autoFilter.ref, sums_of(sheet)) == (f"A{HEAD}:C{HEAD + 6}", {})


def test_what_is_printed_is_every_filled_cell_and_the_whole_of_the_lines_above(book: Any) -> None:
    for sheet in book.worksheets:
        low, high = sheet.print_area.rpartition("!")[2].replace("$", "").split(":")
        filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert low == "A1"
        assert sheet[high].row == max(cell.row for cell in filled)
        assert sheet[high].column >= max(cell.column for cell in filled)


def test_a_note_has_the_lines_that_it_takes_over_all_columns_that_are_printed(book: Any) -> None:
    noted = [sheet for sheet in book.worksheets if sheet.merged_cells.ranges]
    assert noted
    for sheet in noted:
        (merged,) = sheet.merged_cells.ranges
        width = sum(
            sheet.column_dimensions[get_column_letter(place)].width
            if get_column_letter(place) in sheet.column_dimensions
            else 8.43
            for place in range(merged.min_col, merged.max_col + 1)
        )
        note = sheet.cell(merged.min_row, 1)
        height = sheet.row_dimensions[merged.min_row].height or LINE_HEIGHT
        assert room_taken(note.value, width) <= height, sheet.title


def test_the_dates_of_the_summary_are_dates(book: Any) -> None:
    dates = [cell.value.date() for cell in book.worksheets[1]["B"] if cell.is_date and cell.value]
    assert dates == [date(2017, 9, 7), date(2017, 8, 31), date(2017, 9, 12)]
