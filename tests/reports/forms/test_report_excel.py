"""The workbook, read back by another library: numbers are numbers and equal the pack."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reports.document import compose
from reports.formatting import Kind
from reports.forms.workbook.book import render_excel
from reports.pack import LANGUAGES, Language, ReportPack, Value
from reports.words import load_words
from tests.reports.sample_pack import SYNTHETIC, pack_of

HEAD_ROW = 5


def rows_of(book: CalamineWorkbook, sheet: str) -> list[list[object]]:
    """From the very first row and column, as the workbook has them."""
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def cells_of(
    pack: ReportPack, language: Language, book: CalamineWorkbook
) -> Iterator[tuple[str, Kind, Value, object]]:
    """Each value of the pack (of an identifier its name) beside the cell that should hold it."""
    for section in compose(pack, load_words(), language).sections:
        sheet = rows_of(book, section.table_id)[HEAD_ROW + 1 :]
        for number, row in enumerate(section.rows):
            for place, cell in enumerate(row):
                found = sheet[place][1] if section.layout == "record" else sheet[number][place]
                value = cell.text if cell.kind is Kind.IDENTIFIER and cell.value else cell.value
                yield f"{section.table_id} {number} {place}", cell.kind, value, found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_in_excel_equals_the_pack_to_the_last_digit(
    published: Path, pack: ReportPack, language: Language
) -> None:
    book = CalamineWorkbook.from_path(published / f"report_{language}.xlsx")
    numbers = 0
    for place, _, expected, result in cells_of(pack, language, book):
        if isinstance(expected, bool) or not isinstance(expected, Decimal | int):
            continue
        numbers += 1
        assert isinstance(result, float | int), place
        assert Decimal(repr(result)) == expected, place
    assert numbers > 150


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_are_dates_and_texts_are_texts(
    published: Path, pack: ReportPack, language: Language
) -> None:
    book = CalamineWorkbook.from_path(published / f"report_{language}.xlsx")
    for place, kind, expected, result in cells_of(pack, language, book):
        if expected is None:
            assert result == "—", place
        elif isinstance(expected, date) or kind in (Kind.TEXT, Kind.IDENTIFIER):
            assert result == expected, place


@given(st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=200))
@settings(max_examples=15, deadline=None)
def test_any_money_survives_the_workbook_to_the_cent(amounts: list[Decimal]) -> None:
    rows = (("collection", amount) for amount in amounts)
    pack = pack_of(("account_code", "inflow_amount"), *rows)
    data = render_excel(compose(pack, load_words(), "en"), pack.payment_date)
    sheet = rows_of(CalamineWorkbook.from_filelike(BytesIO(data)), "TR-9")
    rows = sheet[HEAD_ROW + 1 : HEAD_ROW + 1 + len(amounts)]
    assert [Decimal(repr(row[1])) for row in rows] == amounts


@pytest.mark.parametrize(
    ("language", "notice"), [("zh", "合成数据，比例 1:100"), ("en", "synthetic, 1:100")]
)
def test_every_sheet_says_deal_period_scale_and_layout(
    published: Path, pack: ReportPack, language: Language, notice: str
) -> None:
    book = CalamineWorkbook.from_path(published / f"report_{language}.xlsx")
    assert len(book.sheet_names) == len(pack.tables) + 4
    for name in book.sheet_names:
        head = "\n".join(str(row[0]) for row in rows_of(book, name)[:HEAD_ROW])
        assert notice in head
        assert "2019" in head
        assert pack.deal_name(language) in head
        assert {"zh": "2017年8月", "en": "August 2017"}[language] in head


def test_the_summary_holds_the_key_figures_as_numbers(published: Path) -> None:
    book = CalamineWorkbook.from_path(published / "report_en.xlsx")
    found = {row[0]: row[1] for row in rows_of(book, "Summary")}
    assert found["Pool balance"] == 60299225.87
    assert found["Phase"] == "Revolving period"


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    only = pack_of(("account_code", "item"), ("collection", '=HYPERLINK("x")'))
    data = render_excel(compose(only, load_words(), "en"), only.payment_date)
    sheet = rows_of(CalamineWorkbook.from_filelike(BytesIO(data)), "TR-9")
    assert sheet[HEAD_ROW + 1][1] == '=HYPERLINK("x")'


def test_the_creation_stamp_is_the_payment_date(pack: ReportPack) -> None:
    data = render_excel(compose(pack, load_words(), "en"), pack.payment_date)
    core = ZipFile(BytesIO(data)).read("docProps/core.xml").decode()
    assert core.count(datetime(2017, 9, 12).strftime("%Y-%m-%dT00:00:00Z")) == 2


@pytest.mark.parametrize(
    ("language", "amounts", "page"),
    [
        ("zh", "金额单位：人民币元", "第 &amp;P 页"),
        ("en", "Amounts in CNY (yuan)", "Page &amp;P of &amp;N"),
    ],
)
def test_a_sheet_names_its_unit_keeps_its_head_in_sight_and_prints_notice_and_page(
    published: Path, language: Language, amounts: str, page: str
) -> None:
    file = published / f"report_{language}.xlsx"
    book = CalamineWorkbook.from_path(file)
    sheet = (
        ZipFile(file).read(f"xl/worksheets/sheet{book.sheet_names.index('TR-7') + 1}.xml").decode()
    )
    assert rows_of(book, "TR-7")[HEAD_ROW - 1][0] == amounts
    assert f'ySplit="{HEAD_ROW + 1}"' in sheet
    footer = sheet.partition("<oddFooter>")[2].partition("</oddFooter>")[0]
    assert SYNTHETIC[language] in footer
    assert page in footer
