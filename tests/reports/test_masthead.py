"""What makes tables a report: its number, its issuer, what it declares, its files."""

from dataclasses import replace
from datetime import date
from fnmatch import fnmatch

import pytest

from reports.masthead import find_issuer, find_report_date, list_documents, word_edition
from reports.pack import LANGUAGES, Language, ReportPack, ReportTable, Value
from reports.publish.files import render
from reports.publish.manifest import MANIFEST
from reports.words import load_words
from tests.reports.sample_pack import build_pack

DATES = ("period_number", "year_period_number", "report_date")


def dated(*row: Value) -> ReportPack:
    """A pack whose only table has these dates."""
    table = ReportTable("TR-2", "tr_2", "日期", "Dates", "record", DATES, (row,))
    return replace(build_pack(), tables=(table,))


def with_parties(*parties: tuple[str, str]) -> ReportPack:
    columns = ("role_code", "party_name_zh", "party_name_en")
    rows = tuple((role, name, name) for role, name in parties)
    table = ReportTable("TR-1", "tr_1", "机构", "Parties", "rows", columns, rows)
    return replace(build_pack(), tables=(table,))


@pytest.mark.parametrize(
    ("row", "chinese", "english"),
    [
        ((8, 3, date(2018, 3, 7)), "2018年第3期（总第8期）", "No. 3 of 2018 (no. 8 in all)"),
        ((8, None, date(2018, 3, 7)), "总第8期", "No. 8 in all"),
        ((0, 0, date(2017, 7, 12)), "设立报告", "At closing"),
        ((None, None, None), "", ""),
    ],
)
def test_a_report_is_numbered_within_the_year_of_its_date_and_in_all(
    row: tuple[Value, ...], chinese: str, english: str
) -> None:
    found = [word_edition(dated(*row), load_words(), language) for language in LANGUAGES]
    assert found == [chinese, english]


def test_the_trustee_issues_a_report_and_the_manager_where_there_is_none() -> None:
    parties = (("programme_manager", "M"), ("originator", "O"))
    both = find_issuer(with_parties(*parties, ("trustee", "T")), load_words(), "en")
    alone = find_issuer(with_parties(*parties), load_words(), "zh")
    assert both and (both.label, both.text) == ("Issued by (Trustee)", "T")
    assert alone and (alone.label, alone.text) == ("报告机构（计划管理人）", "M")
    assert find_issuer(with_parties(("originator", "O")), load_words(), "en") is None


@pytest.mark.parametrize(("language", "text"), [("zh", "2017年9月7日"), ("en", "7 September 2017")])
def test_the_report_date_is_in_words(pack: ReportPack, language: Language, text: str) -> None:
    found = find_report_date(pack, load_words(), language)
    assert found and found.text == text
    assert find_report_date(dated(8, 3, None), load_words(), language) is None


@pytest.mark.parametrize("restated", [None, ()])
def test_the_list_of_documents_names_every_file_that_is_written(
    pack: ReportPack, restated: tuple[()] | None
) -> None:
    pack = replace(pack, restated=restated)
    files = {*render(pack, load_words()), MANIFEST}
    patterns = [document.label for document in list_documents(pack, load_words(), "en")]
    written = {path for path in files if not any(fnmatch(path, each) for each in patterns)}
    assert written == set()
    assert [each for each in patterns if not any(fnmatch(path, each) for path in files)] == []
    assert len(set(patterns)) == len(patterns)


@pytest.mark.parametrize(("count", "words"), [(1, "1 table as data"), (2, "2 tables as data")])
def test_one_table_is_no_plural(pack: ReportPack, count: int, words: str) -> None:
    few = replace(pack, tables=pack.tables[:count])
    texts = [document.text for document in list_documents(few, load_words(), "en")]
    assert [text for text in texts if text.startswith(words)]
