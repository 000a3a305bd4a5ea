"""Codes of a deal's own are called by their names, and codes of tapes by the words for them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.names import read_names
from reports.pack import LANGUAGES, Language, ReportPack, ReportTable, Value
from reports.words import load_words
from tests.reports.sample_pack import build_pack

TRIGGERS = (
    ("bad", "cumulative_default_rate", None, "over", Decimal("0.05")),
    ("gone", "event", "server_dismiss", None, None),
)


def with_table(name: str, columns: str, *rows: tuple[Value, ...]) -> ReportPack:
    """The sample with a table more."""
    table = ReportTable("TR-0", name, "表", "Table", "rows", tuple(columns.split()), rows)
    pack = build_pack()
    return replace(pack, tables=(*pack.tables, table))


def say(pack: ReportPack, column: str, value: str, language: Language = "zh") -> str:
    return read_names(pack, load_words(), language).say(column, value)


def test_a_note_and_an_account_are_called_by_their_names(pack: ReportPack) -> None:
    assert [say(pack, "note_code", "A", language) for language in LANGUAGES] == [
        "花呗2017-1优先级",
        "Huabei 2017-1 senior",
    ]
    assert say(pack, "account_code", "collection") == "收款账户"
    assert say(replace(pack, tables=()), "account_code", "collection") == "collection"


def test_a_trigger_is_called_by_its_test_or_the_event_that_it_waits_for() -> None:
    columns = "trigger_code metric_code event_code breached_when_code threshold_rate"
    pack = with_table("tr_15_2", columns, *TRIGGERS)
    assert say(pack, "trigger_code", "bad") == "累计违约率高于5.00%"
    assert say(pack, "trigger_code", "bad", "en") == "Cumulative default rate over 5.00%"
    assert say(pack, "trigger_code", "gone") == "资产服务机构解任"


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("after_group_name", "CN-ZJ", "浙江"),
        ("after_group_name", "CN-ZJ / bill_instalment", "浙江 / 账单分期"),
        ("after_group_name", "(25,35]", "(25,35]"),
        ("before_group_name", "<=25", "≤25"),
        ("before_group_name", "Mars", "Mars"),
        ("current_rating_code", "unrated", "未评级"),
        ("current_rating_code", "AA+", "AA+"),
        ("day_count_code", "30/360, ACT/365F", "30/360, 实际天数/365（固定）"),
        ("security_code", "116522", "116522"),
        ("role_code", "custodian", "托管银行"),
        ("role_code", "auditor", "auditor"),
    ],
)
def test_an_identifier_is_worded_where_there_is_a_word_for_it(
    pack: ReportPack, column: str, value: str, expected: str
) -> None:
    assert say(pack, column, value) == expected


def test_why_a_loan_is_held_is_told_in_the_words_of_the_rule() -> None:
    pack = with_table("hl_1", "loan_id reason_code", ("L1", "loan_id_conflicting"))
    assert say(pack, "reason_code", "loan_id_conflicting", "en") != "loan_id_conflicting"
    assert say(pack, "reason_code", "a line of 3 cells") == "a line of 3 cells"
