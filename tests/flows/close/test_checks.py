"""A rule that crashes while a month is checked: an error that names it, kept, and nothing published."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations.rule import CheckError, Rule
from flows.close.check import ask_for_verdicts
from flows.lake.last_tape import make_tables

RULES = (
    Rule("sound", "pool.loan", "stop", "balance < 0", "余额不为负", "no balance is below zero"),
    Rule("crashing", "pool.loan", "warn", "balance / no_column > 1", "会出错", "it can be asked"),
)

SITE = "deal/2017-08/tape"


@pytest.fixture
def month() -> duckdb.DuckDBPyConnection:
    """A month being built, of one loan."""
    connection = duckdb.connect()
    connection.execute(
        """
        create schema close; create schema closed; create schema deal; create schema pool;
        create table deal.period as select 'deal' as deal_id, date '2017-08-31' as as_of_date;
        create table pool.loan as select 1.00 as balance;
        """
    )
    make_tables(connection)
    return connection


def test_a_rule_that_crashes_stops_the_month_and_is_named_with_its_cause(
    month: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with pytest.raises(CheckError) as refusal:
        ask_for_verdicts(month, {"pool": RULES}, "deal 2017-08", tmp_path / SITE).settle(month)
    message = str(refusal.value)
    assert message.startswith("deal 2017-08: rule pool/crashing could not be checked: Binder Error")
    assert "no_column" in message
    assert "\n" not in message
    kept = month.execute(
        "select rule_id, outcome_code, failing_count from close.verdict order by rule_id"
    ).fetchall()
    assert kept == [("crashing", "error", None), ("sound", "passed", 0)]


def test_a_verdict_has_its_share_its_change_and_its_first_rows_and_the_tape_a_score(
    month: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    month.execute("""
        insert into pool.loan values (-1.00), (-2.00), (3.00);
        insert into closed.last_verdict values ('tape', 'sound', 5), ('pool', 'sound', 9)""")
    warned = replace(RULES[0], level="warn", key="'loan ' || balance", family="field")
    kept = replace(RULES[0], id="kept", level="quarantine", failing="balance is null")
    suites = {"tape": (warned, kept), "pool": (replace(warned, id="of_another_stop"),)}
    ask_for_verdicts(month, suites, "deal 2017-08", tmp_path / SITE).settle(month)
    rows = month.execute(
        "select rule_id, family_code, failing_count, failing_share, failing_change, first_failing_keys "
        "from close.verdict where stop_code = 'tape' order by rule_id"
    ).fetchall()
    assert rows == [
        ("kept", None, 0, Decimal("0.000000"), None, None),
        ("sound", "field", 2, Decimal("0.500000"), -3, "loan -1.00, loan -2.00"),
    ]
    # One rule of level quarantine passed, counted three times; one warning failed.
    score = month.execute("from close.delivery_score").fetchall()
    assert score == [("deal", date(2017, 8, 31), 2, 1, Decimal("0.750000"))]
    assert "60.00%" in (tmp_path / "deal/index.html").read_text(encoding="utf-8")


def test_a_refused_month_has_its_page_too(month: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    month.execute("insert into pool.loan values (-1.00)")
    with pytest.raises(CheckError, match="pool/sound failed"):
        ask_for_verdicts(month, {"pool": RULES[:1]}, "deal 2017-08", tmp_path / SITE).settle(month)
    page = (tmp_path / SITE / "rules.html").read_text(encoding="utf-8")
    assert "no balance is below zero" in page
