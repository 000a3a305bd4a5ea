"""What axe finds on every page: nothing, in light and in dark."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.flows.programs.conftest import open_page

AXE = Axe()
ONLY_COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}


def violations(page: Page, **options: dict) -> dict[str, list[str]]:
    """By rule, the first parts of the page that break it."""
    result = AXE.run(page, **options)
    assert result.response["passes"]
    return {
        rule["id"]: [part["html"][:120] for part in rule["nodes"][:3]]
        for rule in result.response["violations"]
    }


@pytest.mark.programs
def test_axe_finds_nothing_on_any_page(browser: Browser, pages: dict[str, Path]) -> None:
    found = {}
    for name, path in pages.items():
        page, _ = open_page(browser, path, 1400)
        found[name] = violations(page)
        page.close()
    assert {name: rules for name, rules in found.items() if rules} == {}


@pytest.mark.programs
def test_every_kind_of_page_can_be_read_in_the_dark(
    browser: Browser, pages: dict[str, Path]
) -> None:
    kinds = ("report_en", "correction_en", "published/index", "projected/", "docs/handbook")
    found = {}
    for kind in kinds:
        name = next(name for name in pages if kind in name)
        page, _ = open_page(browser, pages[name], 1400, color_scheme="dark")
        found[name] = violations(page, options=ONLY_COLOURS)
        page.close()
    assert {name: rules for name, rules in found.items() if rules} == {}
