"""The report of a synthetic programme as published: which tables, and in which language every word is."""

import re
from dataclasses import replace

import lxml.html
import pytest

from flows.close.report import is_stated_once, read_pack
from flows.home import Home
from flows.lake.tables import published_tables
from flows.transform.behind import model_files

DEAL, FIRST, SECOND = "huabei_2017_1", "2017-06", "2017-07"
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+/.-]*")
ALLOWED = re.compile(
    r"""
    [A-Z]{2,3}-\d+(-\d+)*        # ids of tables
    | A{1,3}[+-]?                 # ratings
    | [A-Z]\.\d+[a-z]?           # clauses
    | SHA-256 | PDF | PDF/A | HTML | Excel | Parquet | CSV | JSON   # forms of files
    | CPR | CDR | SMM | MDR             # rates that the field writes so
    """,
    re.VERBOSE,
)
"""What a Chinese report writes in Latin letters, beside names of files, hashes and numbers of runs."""


def texts(home: Home, language: str, month: str) -> str:
    """What the page of a month shows, without the paths of files, commands, SQL and the facts of the run."""
    path = home.published / DEAL / month / f"report_{language}.html"
    page = lxml.html.parse(path).getroot()
    paths = "//*[@id='documents']//dt | //*[@id='run-facts']//dd"
    for element in page.xpath(f"//style | //script | //a[@lang] | //code | {paths}"):
        element.drop_tree()
    for element in page.xpath("//*[@id='run-facts']//dt"):
        element.text = re.sub(r"\S+\.csv", "", element.text)
    return " ".join(page.find("body").itertext())


@pytest.mark.parametrize("month", [FIRST, SECOND])
def test_a_chinese_report_has_no_latin_word_beyond_ids_ratings_clauses_and_forms(
    closed_home: Home, month: str
) -> None:
    words = set(LATIN.findall(texts(closed_home, "zh", month)))
    assert {word for word in words if not ALLOWED.fullmatch(word)} == set()
    assert {"TR-3-2", "AAA", "T.1"} <= words


@pytest.mark.parametrize("month", [FIRST, SECOND])
def test_an_english_report_has_no_chinese_letter(closed_home: Home, month: str) -> None:
    assert re.findall(r"[\u4e00-\u9fff]+", texts(closed_home, "en", month)) == []


def test_every_figure_of_the_page_leads_to_what_is_behind_it(closed_home: Home) -> None:
    path = closed_home.published / DEAL / FIRST / "report_en.html"
    page = lxml.html.fromstring(path.read_text(encoding="utf-8"))
    for table in read_pack(closed_home, DEAL, FIRST).tables:
        if not table.rows or not table.behind:
            continue
        [details] = page.get_element_by_id(table.table_id).xpath("./details")
        assert details.xpath("string(.//code)") == model_files()[table.name]
        told = [
            item.xpath(f"string(./code[{at}])")
            for item in details.xpath(".//li")
            for at in range(1, len(item.get("data-at").split()) + 1)
        ]
        assert sorted(told) == sorted(table.behind)


def test_what_is_stated_once_stands_in_the_first_months_report_alone(closed_home: Home) -> None:
    first, second = (read_pack(closed_home, DEAL, month) for month in (FIRST, SECOND))
    published = [table for table in published_tables() if "table_id" in table.meta]
    every_month = [table.name for table in published if not is_stated_once(table)]
    assert [table.name for table in first.tables] == [table.name for table in published]
    assert [table.name for table in second.tables] == every_month
    assert is_stated_once(replace(published[0], meta={"stated": "once"}))
