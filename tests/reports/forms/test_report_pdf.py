"""The PDF: every page says what it is, every text is there, no letter is missing."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from reports.document import compose
from reports.forms.html import render_html
from reports.forms.pdf import render_pdf
from reports.pack import LANGUAGES, Language, ReportPack
from reports.words import load_words
from tests.reports.sample_pack import LAYOUT_NOTE, SYNTHETIC, with_rows

MONTH = {"zh": "2017年8月", "en": "August2017"}
PAGE_OF = {"zh": "第 {} 页，共 {} 页", "en": "Page {} of {}"}


def pages_of(pack: ReportPack, language: Language) -> list[PageObject]:
    data = render_pdf(compose(pack, load_words(), language), pack.payment_date)
    return list(PdfReader(BytesIO(data)).pages)


def squeeze(text: str) -> str:
    """The text without blanks: a page sets some between Chinese and Latin letters, and breaks lines."""
    return "".join(text.split())


def fonts_of(page: PageObject) -> Iterator[dict]:
    """The descriptors of the fonts that the page is set in."""
    resources: Any = page["/Resources"]
    for font in resources.get("/Font", {}).values():
        for descendant in font.get_object()["/DescendantFonts"]:
            yield descendant.get_object()["/FontDescriptor"]


def glyphs_of(page: PageObject) -> set[bytes]:
    """The numbers of the glyphs that the page shows, two bytes each; 0 is the missing glyph."""
    content = page.get_contents()
    assert content is not None
    shown = b"".join(
        part.original_bytes
        for operands, operator in content.operations
        if operator in (b"Tj", b"TJ")
        for operand in operands
        for part in (operand if isinstance(operand, list) else [operand])
        if hasattr(part, "original_bytes")
    )
    return {shown[place : place + 2] for place in range(0, len(shown), 2)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pdf_page_says_deal_period_scale_layout_and_number(
    published: Path, pack: ReportPack, language: Language
) -> None:
    pages = PdfReader(published / f"report_{language}.pdf").pages
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        text = squeeze(page.extract_text())
        assert squeeze(pack.deal_name(language)) in text
        assert MONTH[language] in text
        assert squeeze(SYNTHETIC[language]) in text
        assert squeeze(LAYOUT_NOTE[language]) in text
        assert squeeze(PAGE_OF[language].format(number, len(pages))) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_embeds_both_fonts_and_misses_no_glyph(published: Path, language: Language) -> None:
    pages = PdfReader(published / f"report_{language}.pdf").pages
    fonts = [font for page in pages for font in fonts_of(page)]
    names = {font["/FontName"].partition("+")[2] for font in fonts}
    assert names == {"NotoSansSC-Regular", "NotoSerifSC-Regular"}
    assert all("/FontFile3" in font for font in fonts)
    glyphs = set.union(*map(glyphs_of, pages))
    assert len(glyphs) > 100
    assert b"\0\0" not in glyphs


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_table_is_in_the_pdf(
    published: Path, pack: ReportPack, language: Language
) -> None:
    pages = PdfReader(published / f"report_{language}.pdf").pages
    shown = squeeze("".join(page.extract_text() for page in pages))
    document = compose(pack, load_words(), language)
    cells = {cell.text for section in document.sections for row in section.rows for cell in row}
    assert [words for words in cells if squeeze(words) not in shown] == []


def test_a_long_wide_table_lies_on_a_landscape_page(pack: ReportPack) -> None:
    pages = pages_of(with_rows(pack, "tr_3_2", 4), "zh")
    lying = [page for page in pages if page.mediabox.width > page.mediabox.height]
    assert len(lying) == 1
    assert "证券本息兑付情况" in lying[0].extract_text()
    assert squeeze(SYNTHETIC["zh"]) in squeeze(lying[0].extract_text())


def test_wide_tables_that_follow_each_other_share_a_landscape_page(pack: ReportPack) -> None:
    wide = with_rows(pack, "tr_3_2", 2)
    again = [
        table
        for one in wide.tables
        for table in ([one, replace(one, table_id="TR-3-9")] if one.name == "tr_3_2" else [one])
    ]
    pages = pages_of(replace(wide, tables=tuple(again)), "zh")
    [lying] = [page for page in pages if page.mediabox.width > page.mediabox.height]
    text = lying.extract_text()
    assert "TR-3-2" in text and "TR-3-9" in text


def test_a_long_table_repeats_its_head_on_the_next_page(pack: ReportPack) -> None:
    pages = pages_of(with_rows(pack, "tr_8", 12), "en")
    assert sum("Shortfall" in page.extract_text() for page in pages) >= 2


@pytest.mark.parametrize("layout", ["rows", "record"])
def test_a_table_without_rows_says_so(pack: ReportPack, layout: str) -> None:
    tables = (replace(t, rows=(), layout=layout) if t.name == "tr_9" else t for t in pack.tables)
    empty = replace(pack, tables=tuple(tables))
    assert "None in this period." in render_html(compose(empty, load_words(), "en"))
    assert "None in this period." in "".join(p.extract_text() for p in pages_of(empty, "en"))
