"""The HTML page: whole in one file, every table under its heading, nothing written into it."""

import hashlib
from base64 import b64encode
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from reports.document import compose
from reports.forms.charts import Bar, draw_bars, round_up
from reports.forms.html import render_html
from reports.grids import text_em
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
def test_the_html_is_whole_without_network_or_other_file(
    published: Path, language: Language
) -> None:
    text = (published / f"report_{language}.html").read_text(encoding="utf-8")
    page = html.fromstring(text)
    assert page.xpath("//link | //img | //iframe | //script[@src]") == []
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
    assert text.count("<script") == 1
    assert html.fromstring(text).xpath("//h1")[0].text_content() == evil


def test_the_page_lets_no_script_run_but_its_own(published: Path) -> None:
    page = html.fromstring((published / "report_zh.html").read_text(encoding="utf-8"))
    (script,), (policy,) = page.xpath("//script/text()"), page.xpath("//meta[@http-equiv]/@content")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")


def test_a_table_of_rows_can_be_sorted_and_a_turned_one_cannot(published: Path) -> None:
    page = html.fromstring((published / "report_en.html").read_text(encoding="utf-8"))
    sortable = page.xpath("//section[.//table[@class='sortable']]/@id")
    assert {"TR-1", "TR-7", "TR-11"} <= set(sortable)
    assert "TR-3-2" not in sortable


def test_no_column_is_narrower_than_a_few_letters(published: Path) -> None:
    """Or a phone would show one Chinese letter a line."""
    page = html.fromstring((published / "report_zh.html").read_text(encoding="utf-8"))
    heads = page.xpath("//thead/tr/th")
    assert len(heads) > 20
    for head in heads:
        least = float(head.get("style").split()[1][:-2])
        assert least > min(text_em(head.text_content()), 5), head.text_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_page_links_to_lies_beside_it(published: Path, language: Language) -> None:
    page = html.fromstring((published / f"report_{language}.html").read_text(encoding="utf-8"))
    links = [link for link in page.xpath("//a/@href") if not link.startswith("#")]
    assert len(links) == 16
    assert [link for link in links if not (published / link).is_file()] == []
    ids = set(page.xpath("//*/@id"))
    assert [
        link for link in page.xpath("//a/@href") if link[0] == "#" and link[1:] not in ids
    ] == []


def test_a_key_figure_leads_to_the_tables_that_it_is_taken_from(published: Path) -> None:
    page = html.fromstring((published / "report_en.html").read_text(encoding="utf-8"))
    links = {
        figure.findtext("dt"): figure.xpath(".//a/@href")
        for figure in page.xpath("//dl[@class='figures']/div")
    }
    assert links["Pool balance"] == ["#TR-4-1"]
    assert links["Pool and cash, of the notes"] == ["#TR-4-1", "#TR-9", "#TR-3-2"]
    assert all(links.values())
    assert all(page.get_element_by_id(at[1:]) is not None for own in links.values() for at in own)


def test_a_bar_stays_within_its_track() -> None:
    bars = [
        Bar("<A>", "1", Decimal("1.5")),
        Bar("B", "0", Decimal("-1")),
        Bar("C", "½", Decimal("0.5")),
    ]
    svg = html.fromstring(draw_bars("T", bars, ("0%", "100%")).svg)
    widths = [rect.get("width") for rect in svg.xpath("//rect")]
    assert widths == ["320", "320.00", "320", "0.00", "320", "160.00"]
    assert svg.xpath("//text")[0].text == "<A>"
    assert [text.text for text in svg.xpath("//text")][-2:] == ["0%", "100%"]


@pytest.mark.parametrize(
    ("longest", "scale"),
    [("0.0061", "0.01"), ("0.2", "0.2"), ("0.21", "0.5"), ("1", "1"), ("0.00001", "0.00001")],
)
def test_a_scale_ends_at_a_round_figure_that_holds_the_longest_bar(
    longest: str, scale: str
) -> None:
    assert round_up(Decimal(longest)) == Decimal(scale)


def test_a_record_is_a_list_of_terms_and_total_rows_are_marked(published: Path) -> None:
    page = html.fromstring((published / "report_en.html").read_text(encoding="utf-8"))
    assert page.xpath("//section[@id='TR-2']//table") == []
    assert page.xpath("//section[@id='TR-2']//dt/text()")[0] == "Period no."
    totals = page.xpath("//section[@id='TR-7']//tr[@class='total']")
    assert [row.xpath("./td[1]/text()") for row in totals][-1] == [
        "Of which collected in this period"
    ]
    assert len(totals) == 3
    assert page.xpath("//header/p[@class='after']/text()") == ["Amounts in CNY (yuan)"]
