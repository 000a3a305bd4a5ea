"""Every page in headless Chromium, on a desk and on a phone: nothing is cut, broken or asked of a network."""

from math import inf
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.flows.programs.conftest import open_page

WIDTHS = (390, 1400)
# The words and figures that stand on two lines; what says itself that it may break (a hash, a path) may.
BROKEN = """() => {
  const range = document.createRange();
  const lines = () => new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
  const broken = [];
  for (const cell of document.querySelectorAll("td, th, dd, dt")) {
    range.selectNodeContents(cell);
    if (lines() < 2) continue;
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode;
      if (getComputedStyle(text.parentElement).overflowWrap === "anywhere") continue;
      for (const word of text.data.matchAll(/[0-9A-Za-z.,%]+/g)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (lines() > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}"""
# What stands out of the window, unless it is in a part that is moved by itself.
OUTSIDE = """() => [...document.querySelectorAll("body *")].filter((part) => {
  const box = part.getBoundingClientRect();
  const isMoved = part.closest(".scroll, pre, nav, table, dialog, .skip, svg");
  return !isMoved && box.width > 0 && box.right > document.documentElement.clientWidth + 1;
}).map((part) => part.tagName + " " + part.textContent.trim().slice(0, 60))"""


@pytest.mark.programs
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_cut_breaks_a_word_or_asks_for_anything(
    browser: Browser, pages: dict[str, Path], width: int
) -> None:
    faults = {}
    for name, path in pages.items():
        page, wrong = open_page(browser, path, width)
        assert page.title().strip(), name
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong += page.evaluate(OUTSIDE) or ["wider than the window"]
        wrong += [f"broken: {text}" for text in page.evaluate(BROKEN)]
        if wrong:
            faults[name] = wrong
        page.close()
    assert faults == {}


@pytest.fixture(params=["zh", "en"])
def opened(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Page:
    """The report of the corrected month on a desk."""
    page, _ = open_page(browser, report / f"report_{request.param}.html", 1400)
    request.addfinalizer(page.close)
    return page


def column(page: Page, table: str, head: int) -> list[str]:
    cells = page.locator(f"#{table} tbody tr:not(.total) > :nth-child({head + 1})")
    return [text.strip() for text in cells.all_inner_texts()]


def number(text: str) -> float:
    """Of a figure; what is unknown comes last."""
    return inf if text == "—" else float(text.replace(",", "").rstrip("%"))


@pytest.mark.programs
def test_a_table_sorts_by_its_head_and_back_to_the_order_published(opened: Page) -> None:
    table = "TR-4-1"
    head = opened.locator(f"#{table} thead th").last
    place = opened.locator(f"#{table} thead th").count() - 1
    published = column(opened, table, place)
    figures = sorted(map(number, published))
    known = [figure for figure in figures if figure != inf]
    assert len(known) > 2
    for direction in ("ascending", "descending", None):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == direction
        shown = column(opened, table, place)
        if direction:
            in_order = known if direction == "ascending" else known[::-1]
            assert [*map(number, shown)] == [*in_order, *figures[len(known) :]]
        else:
            assert shown == published


@pytest.mark.programs
def test_the_keyboard_alone_leads_from_a_figure_to_what_is_behind_it(opened: Page) -> None:
    section = opened.locator("section:has(td.figure)").first
    figures = section.locator(".figure")
    figures.first.focus()
    opened.keyboard.press("ArrowRight")
    focused = opened.evaluate("document.activeElement.textContent.trim()")
    assert focused == figures.nth(1).inner_text().strip()
    opened.keyboard.press("Enter")
    dialog = opened.locator("dialog")
    assert dialog.is_visible()
    command = dialog.locator("p").first.inner_text()
    table = section.get_attribute("id")
    assert command.startswith(f"tapehouse explain huabei_2017_1 2017-07 {table} ")
    assert focused in dialog.locator("h2").inner_text()
    opened.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opened.evaluate("document.activeElement.textContent.trim()") == focused


@pytest.mark.programs
def test_the_two_languages_lead_to_each_other_and_the_contents_to_every_table(opened: Page) -> None:
    links = opened.locator("#contents a")
    anchors = [link.get_attribute("href") or "" for link in links.all()]
    assert [anchor for anchor in anchors if not opened.locator(anchor).count()] == []
    tables = [f"#{part.get_attribute('id')}" for part in opened.locator("section:has(h3)").all()]
    assert len(tables) > 40
    assert set(tables) <= set(anchors)
    before = opened.url
    opened.locator(".ways a").first.click()
    assert opened.url != before
    opened.locator(".ways a").first.click()
    assert opened.url == before


@pytest.mark.programs
def test_paper_has_every_table_and_no_control(opened: Page) -> None:
    opened.emulate_media(media="print")
    tables = opened.locator("main table")
    assert tables.count() > 30
    assert [at for at in range(tables.count()) if not tables.nth(at).is_visible()] == []
    assert opened.locator("details:visible").count() == 0
    assert opened.locator("#contents a:visible").count() > 40
