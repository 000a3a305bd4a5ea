"""The HTML page: whole in one file, every table under its heading, nothing written into it."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from reports.document import compose
from reports.forms.charts import Bar, draw_bars
from reports.forms.html import render_html
from reports.pack import LANGUAGES, Language, ReportPack
from reports.words import load_words
from tests.reports.sample_pack import LAYOUT_NOTE, SYNTHETIC


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_holds_every_table_under_its_own_heading(
    published: Path, pack: ReportPack, language: Language
) -> None:
    page = html.fromstring((published / f"report_{language}.html").read_text(encoding="utf-8"))
    for table in pack.tables:
        (section,) = page.xpath(f'//section[@id="{table.table_id}"]')
        (heading,) = section.xpath("./h3")
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


def test_a_record_is_a_list_of_terms_and_total_rows_are_marked(published: Path) -> None:
    page = html.fromstring((published / "report_en.html").read_text(encoding="utf-8"))
    assert page.xpath("//section[@id='TR-2']//table") == []
    assert page.xpath("//section[@id='TR-2']//dt/text()")[0] == "Period no."
    totals = page.xpath("//section[@id='TR-7']//tr[@class='total']")
    assert [row.xpath("./td[1]/text()") for row in totals][-1] == ["Collections, total"]
    assert len(totals) == 3
    assert page.xpath("//header/p[@class='after']/text()") == ["Amounts in CNY (yuan)"]
