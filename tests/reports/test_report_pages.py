"""PDF and HTML: every page says what it is, no letter is missing, wide tables find room."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from reports.document import Section, compose
from reports.formatting import Kind, kind_of
from reports.forms.charts import Bar, draw_bars
from reports.forms.html import render_html
from reports.forms.pdf import render_pdf
from reports.grids import Grid, lay_out
from reports.pack import LANGUAGES, Language, ReportPack, ReportTable
from reports.words import load_words
from tests.reports.pdf_reading import Page, embedded_fonts, read_pages

SYNTHETIC = {"zh": "合成数据，比例 1:100", "en": "synthetic, 1:100"}
LAYOUT_NOTE = {"zh": "官方表号未经核实", "en": "official numbering unverified"}
PAGE_OF = {"zh": "第 {} 页，共 {} 页", "en": "Page {} of {}"}


def grid_of(pack: ReportPack, language: Language, table_id: str) -> Grid:
    return lay_out(section_of(pack, language, table_id))


def section_of(pack: ReportPack, language: Language, table_id: str) -> Section:
    sections = compose(pack, load_words(), language).sections
    return next(section for section in sections if section.table_id == table_id)


def with_rows(pack: ReportPack, name: str, times: int) -> ReportPack:
    """The pack with the rows of one table repeated."""
    tables = (replace(t, rows=t.rows * times) if t.name == name else t for t in pack.tables)
    return replace(pack, tables=tuple(tables))


def _scaled(table: ReportTable, factor: int) -> ReportTable:
    rows = (
        tuple(
            value * factor
            if isinstance(value, Decimal) and kind_of(column) is Kind.MONEY
            else value
            for column, value in zip(table.columns, row, strict=True)
        )
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def pages_of(pack: ReportPack, language: Language, folder: Path) -> list[Page]:
    file = folder / "report.pdf"
    file.write_bytes(render_pdf(compose(pack, load_words(), language), pack.payment_date))
    return read_pages(file)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pdf_page_says_deal_period_scale_layout_and_number(
    published: Path, pack: ReportPack, language: Language
) -> None:
    pages = read_pages(published / f"report_{language}.pdf")
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert pack.deal_name(language) in page.text
        assert "2017-08" in page.text
        assert SYNTHETIC[language] in page.text
        assert LAYOUT_NOTE[language] in page.text
        assert PAGE_OF[language].format(number, len(pages)) in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_embeds_both_fonts_and_misses_no_glyph(published: Path, language: Language) -> None:
    file = published / f"report_{language}.pdf"
    assert embedded_fonts(file) == {"NotoSansSC-Regular", "NotoSerifSC-Regular"}
    assert not any(0 in page.glyphs for page in read_pages(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_table_is_in_the_pdf(
    published: Path, pack: ReportPack, language: Language
) -> None:
    text = "".join(page.text for page in read_pages(published / f"report_{language}.pdf"))
    shown = text.replace("\n", "").replace(" ", "")
    document = compose(pack, load_words(), language)
    cells = {cell.text for section in document.sections for row in section.rows for cell in row}
    assert [words for words in cells if words.replace(" ", "") not in shown] == []


def test_a_short_wide_table_is_turned(pack: ReportPack) -> None:
    grid = grid_of(pack, "en", "TR-3-2")
    assert grid.head == ("Note", "A", "B", "C")
    assert grid.rows[0] == ("Notional", "53,100,000.00", "1,800,000.00", "5,100,000.00")
    assert not grid.is_landscape


def test_a_long_wide_table_lies_on_a_landscape_page(pack: ReportPack, tmp_path: Path) -> None:
    long = with_rows(pack, "tr_3_2", 4)
    grid = grid_of(long, "zh", "TR-3-2")
    assert (len(grid.rows), len(grid.head), grid.is_landscape) == (12, 18, True)
    lying = [page for page in pages_of(long, "zh", tmp_path) if page.is_landscape]
    assert len(lying) == 1
    assert "证券本息兑付情况" in lying[0].text
    assert SYNTHETIC["zh"] in lying[0].text


def test_a_table_too_wide_for_landscape_is_set_in_smaller_type(pack: ReportPack) -> None:
    huge = replace(pack, tables=tuple(_scaled(table, 10_000) for table in pack.tables))
    grid = grid_of(with_rows(huge, "tr_3_2", 4), "en", "TR-3-2")
    assert grid.is_landscape
    assert 0.5 < grid.type_scale < 1
    assert grid_of(with_rows(pack, "tr_3_2", 4), "zh", "TR-3-2").type_scale == 1


def test_a_long_table_repeats_its_head_on_the_next_page(pack: ReportPack, tmp_path: Path) -> None:
    pages = pages_of(with_rows(pack, "tr_8", 12), "en", tmp_path)
    assert sum("Shortfall" in page.text for page in pages) >= 2


def test_equal_codes_that_follow_each_other_share_one_cell(pack: ReportPack) -> None:
    assert grid_of(pack, "en", "TR-7").spans == (4, 0, 0, 0, 4, 0, 0, 0, 1)
    assert grid_of(pack, "en", "TR-1").spans == (1,) * 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_holds_every_table_under_its_own_heading(
    published: Path, pack: ReportPack, language: Language
) -> None:
    page = html.fromstring((published / f"report_{language}.html").read_text(encoding="utf-8"))
    for table in pack.tables:
        (section,) = page.xpath(f'//section[@id="{table.table_id}"]')
        (heading,) = section.xpath("./h2")
        assert table.title(language) in heading.text_content()
        assert section.get("aria-labelledby") == heading.get("id")
        assert page.xpath(f'//nav//a[@href="#{table.table_id}"]')
    assert page.xpath("//html/@lang") == [{"zh": "zh-CN", "en": "en"}[language]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_is_whole_without_network_or_script(published: Path, language: Language) -> None:
    text = (published / f"report_{language}.html").read_text(encoding="utf-8")
    page = html.fromstring(text)
    assert page.xpath("//script | //link | //img | //iframe") == []
    assert "url(" not in text
    assert "@import" not in text
    assert page.xpath("//th[not(@scope)]") == []
    assert page.xpath("//*[local-name()='svg'][not(@aria-label)]") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_says_scale_and_layout_on_screen_and_on_paper(
    published: Path, pack: ReportPack, language: Language
) -> None:
    page = html.fromstring((published / f"report_{language}.html").read_text(encoding="utf-8"))
    (style,), (footer,) = page.xpath("//style"), page.xpath("//footer")
    for notice in (SYNTHETIC[language], LAYOUT_NOTE[language], pack.deal_name(language)):
        assert notice in style.text_content()
        assert notice in footer.text_content()
    assert "counter(page)" in style.text_content()


def test_a_row_of_html_has_as_many_cells_as_the_head(published: Path) -> None:
    page = html.fromstring((published / "report_en.html").read_text(encoding="utf-8"))
    for table in page.xpath("//table"):
        width = len(table.xpath("./thead/tr/th"))
        covered = 0
        for row in table.xpath("./tbody/tr"):
            assert len(row) + (covered > 0) == width
            spans = [int(span) for span in row.xpath("./th/@rowspan")]
            covered = spans[0] - 1 if spans else max(covered - 1, 0)


def test_a_name_cannot_write_into_the_page(pack: ReportPack) -> None:
    evil = '</style><script>alert("1")</script>'
    text = render_html(compose(replace(pack, deal_name_en=evil), load_words(), "en"))
    assert "<script" not in text
    assert html.fromstring(text).xpath("//h1")[0].text_content() == evil


def test_a_bar_stays_within_its_track() -> None:
    bars = [
        Bar("<A>", "1", Decimal("1.5")),
        Bar("B", "0", Decimal("-1")),
        Bar("C", "½", Decimal("0.5")),
    ]
    svg = html.fromstring(draw_bars("T", bars).svg)
    widths = [rect.get("width") for rect in svg.xpath("//rect")]
    assert widths == ["320", "320.00", "320", "0.00", "320", "160.00"]
    assert svg.xpath("//text")[0].text == "<A>"


@pytest.mark.parametrize("layout", ["rows", "record"])
def test_a_table_without_rows_says_so(pack: ReportPack, tmp_path: Path, layout: str) -> None:
    tables = (replace(t, rows=(), layout=layout) if t.name == "tr_9" else t for t in pack.tables)
    empty = replace(pack, tables=tuple(tables))
    assert "None in this period." in render_html(compose(empty, load_words(), "en"))
    assert "None in this period." in "".join(p.text for p in pages_of(empty, "en", tmp_path))
