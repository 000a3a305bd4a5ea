"""The workbook as people use it: links, heads that fit, frozen rows, filters and names."""

import unicodedata
from math import ceil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.document import compose
from reports.forms.workbook.sheets import FIRST_ROW
from reports.forms.workbook.styles import LINE_HEIGHT, count_lines
from reports.pack import LANGUAGES, Language, ReportPack
from reports.words import load_words

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
