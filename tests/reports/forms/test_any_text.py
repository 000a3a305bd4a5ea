"""Free text in any script or of any bytes: every form of the report is written, and says what it is."""

import unicodedata
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pyarrow import parquet
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from reports.characters import legible
from reports.document import compose
from reports.forms.glyphs import has_glyph
from reports.forms.pdf import render_pdf
from reports.pack import LANGUAGES, ReportPack, ReportTable
from reports.publish.files import render
from reports.words import load_words
from tests.reports.sample_pack import build_pack

NOTES = {
    "emoji": ("paid 😀", "paid 😀", "paid [U+1F600]"),
    "emoji of several": ("👩\u200d💻", "👩\u200d💻", "[U+1F469][U+200D][U+1F4BB]"),
    "korean": ("한", "한", "[U+D55C]"),
    "thai": ("ไทย", "ไทย", "[U+0E44][U+0E17][U+0E22]"),
    "arabic": ("ع", "ع", "[U+0639]"),
    "hebrew": ("א", "א", "[U+05D0]"),
    "rare han": ("𠮷野家", "𠮷野家", "[U+20BB7]野家"),
    "control": ("a\x07b\x00", "a[U+0007]b[U+0000]", "a[U+0007]b[U+0000]"),
    "noncharacter": ("a\uffff", "a[U+FFFF]", "a[U+FFFF]"),
    "private use": ("a\ue000", "a\ue000", "a[U+E000]"),
    "soft hyphen": ("hua\xadbei", "hua\xadbei", "hua[U+00AD]bei"),
    "line break": ("two\nlines", "two lines", "two lines"),
    "markup": ("*a* #b $c <b>&amp;", "*a* #b $c <b>&amp;", "*a* #b $c <b>&amp;"),
    "formula": ('=cmd|"/c calc"!A1', '=cmd|"/c calc"!A1', '=cmd|"/c calc"!A1'),
}
"""A note as it was entered, as page and workbook show it, and as the PDF prints it."""


def with_notes(pack: ReportPack, *notes: str) -> ReportPack:
    """A pack of one table with a row a note, the first of them also a deal's and a tape's name."""
    rows = tuple(("eod", note) for note in notes)
    columns = ("event_code", "event_note")
    table = ReportTable("TR-16", "tr_16", "事件", "Events", "rows", columns, rows)
    names = {"deal_name_zh": "".join(notes), "deal_name_en": notes[0]}
    return replace(pack, **names, tapes=((notes[0], "0" * 64),), tables=(table,))


def pdf_text(data: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return "".join("".join(pages).split())


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The report of all notes."""
    return render(with_notes(build_pack(), *(note for note, *_ in NOTES.values())), load_words())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_in_any_script_is_on_the_page(files: dict[str, bytes], language: str) -> None:
    page = html.fromstring(files[f"report_{language}.html"].decode())
    cells = page.xpath("//section[@id='TR-16']//td")
    assert [cell.text_content() for cell in cells] == [shown for _, shown, _ in NOTES.values()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_in_any_script_is_in_the_workbook(files: dict[str, bytes], language: str) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(files[f"report_{language}.xlsx"]))
    # Behind them stands the note of the table.
    rows = book.get_sheet_by_name("TR-16").to_python(skip_empty_area=False)[6 : 6 + len(NOTES)]
    assert [row[1] for row in rows] == [shown for _, shown, _ in NOTES.values()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_in_any_script_is_in_the_pdf_by_letter_or_code_point(
    files: dict[str, bytes], language: str
) -> None:
    text = pdf_text(files[f"report_{language}.pdf"])
    missing = [
        kind for kind, (*_, printed) in NOTES.items() if printed.replace(" ", "") not in text
    ]
    assert missing == []


def test_parquet_keeps_a_note_as_it_was_entered(files: dict[str, bytes]) -> None:
    table = parquet.read_table(BytesIO(files["tables/tr_16.parquet"]))
    assert table["event_note"].to_pylist() == [note for note, *_ in NOTES.values()]


def test_the_fonts_hold_what_chinese_reports_are_written_in() -> None:
    text = "花呗第一期优先级资产支持证券，金额：￥1,234.56（¥）“Ａ”—…①½é"
    assert [letter for letter in text if not has_glyph(letter)] == []
    assert not has_glyph("😀")
    assert not has_glyph("\t")


def test_a_text_that_can_be_shown_is_left_as_it_is() -> None:
    text = "年 a\u200d️é\U000e0100 ‏"
    assert legible(text) == text


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_any_text_can_be_set_and_none_is_lost(note: str) -> None:
    pack = with_notes(build_pack(), note)
    data = render_pdf(
        compose(replace(pack, deal_name_en="deal"), load_words(), "en"), pack.payment_date
    )
    for letter in note:
        if not has_glyph(letter) and not letter.isspace() and unicodedata.category(letter) != "Zs":
            assert f"[U+{ord(letter):04X}]" in pdf_text(data)
