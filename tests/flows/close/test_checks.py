"""A rule that crashes while a month is checked: an error that names it, kept, and nothing published."""

from pathlib import Path

import duckdb
import pytest

from expectations.rule import CheckError, Rule
from flows.close.check import ask_for_verdicts

RULES = (
    Rule("sound", "pool.loan", "stop", "balance < 0", "余额不为负", "no balance is below zero"),
    Rule("crashing", "pool.loan", "warn", "balance / no_column > 1", "会出错", "it can be asked"),
)


@pytest.fixture
def month() -> duckdb.DuckDBPyConnection:
    """A month being built, of one loan."""
    connection = duckdb.connect()
    connection.execute(
        """
        create schema close; create schema deal; create schema pool;
        create table deal.period as select 'deal' as deal_id, date '2017-08-31' as as_of_date;
        create table pool.loan as select 1.00 as balance;
        """
    )
    return connection


def test_a_rule_that_crashes_stops_the_month_and_is_named_with_its_cause(
    month: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with pytest.raises(CheckError) as refusal:
        ask_for_verdicts(month, {"pool": RULES}, "deal 2017-08", tmp_path).settle(month)
    message = str(refusal.value)
    assert message.startswith("deal 2017-08: rule pool/crashing could not be checked: Binder Error")
    assert "no_column" in message
    assert "\n" not in message
    kept = month.execute(
        "select rule_id, outcome_code, failing_count from close.verdict order by rule_id"
    ).fetchall()
    assert kept == [("crashing", "error", None), ("sound", "passed", 0)]
