"""The page of a deal's published months: the latest first, with their files, kept up by every publish."""

from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest

from flows.home import Home
from reports.publish.index import INDEX, is_listed, write_index
from reports.publish.manifest import read_manifest
from tests.flows.command_running import Outcome

DEAL = "huabei_2017_1"


def test_the_page_lists_the_months_with_files_that_are_there(closed_home: Home) -> None:
    folder = closed_home.published / DEAL
    page = lxml.html.parse(folder / INDEX).getroot()
    rows = page.findall(".//tbody/tr")
    assert [row.find("th").text for row in rows] == ["2017-07", "2017-06"]
    for row in rows:
        month = folder / row.find("th").text
        run_id = (read_manifest(month) or {})["run_id"]
        assert row.findall("td")[-1].text == run_id
        assert is_listed(folder, run_id)
        links = [Path(link.get("href")) for link in row.iter("a")]
        assert len(links) == 8
        assert [link for link in links if not (folder / link).exists()] == []


def test_the_page_says_that_its_months_are_synthetic_and_to_which_scale(closed_home: Home) -> None:
    text = (closed_home.published / DEAL / INDEX).read_text(encoding="utf-8")
    manifest = read_manifest(closed_home.published / DEAL / "2017-06") or {}
    assert text.count(f"synthetic, 1:{manifest['scale']}<") == 1


def test_the_page_above_lists_every_deal_with_its_months(closed_home: Home) -> None:
    page = lxml.html.parse(closed_home.published / INDEX).getroot()
    manifest = read_manifest(closed_home.published / DEAL / "2017-07") or {}
    assert [head.text_content() for head in page.findall(".//h2")] == [manifest["deal_name_zh"]]
    links = [Path(link.get("href")) for link in page.find(".//main").iter("a")]
    assert {Path(DEAL, "2017-06", "report_en.html"), Path(DEAL, INDEX)} <= set(links)
    assert [link for link in links if not (closed_home.published / link).exists()] == []


def test_a_name_is_escaped(tmp_path: Path) -> None:
    folder = tmp_path / "<script>"
    folder.mkdir()
    assert "<script>" not in write_index(folder).read_text(encoding="utf-8")


def test_a_close_that_was_killed_before_the_page_writes_it_when_it_is_repeated(
    home: Home, run: Callable[..., Outcome]
) -> None:
    page = home.published / DEAL / INDEX
    whole = page.read_text(encoding="utf-8")
    page.unlink()
    assert run("close", DEAL, "2017-07").code == 0
    assert page.read_text(encoding="utf-8") == whole
    assert "closed already" in run("close", DEAL, "2017-07").errors


@pytest.mark.slow
def test_a_restated_month_links_its_earlier_version(
    home: Home, run: Callable[..., Outcome]
) -> None:
    assert run("close", DEAL, "2017-07", "--restate").code == 0
    page = home.published / DEAL / INDEX
    latest = lxml.html.parse(page).getroot().find(".//tbody/tr")
    links = [a.get("href") for a in latest.iter("a")]
    assert links[-1].startswith("2017-07/versions/") and links[-1].endswith("/report_en.html")
    assert (page.parent / links[-1]).is_file()
