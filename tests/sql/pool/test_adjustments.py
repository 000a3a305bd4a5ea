"""Balances roll from the last closing: what moved without cash has a kind, and a loan that is held a name."""

from datetime import date
from decimal import Decimal

import pytest
from duckdb import DuckDBPyConnection

from expectations.counts import measure
from expectations.rules import pool, report
from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, Row, carry, insert, loan, owned

DEAL = "small_revolving"
WRITE_OFF = {"unreported_loan": "write_off"}

LOANS = [
    loan("rolls", 100, 90, scheduled_principal_paid=10),
    loan("off by rounding", "100.02", "100.02"),
    loan("off by more than rounding", "100.03", "100.03"),
    loan("waived", 100, 60, adjustment_amount=-40, adjustment_code="waived"),
    loan("capitalised", 100, 105, adjustment_amount=5, adjustment_code="capitalised"),
    loan("stated without a kind", 100, 97, adjustment_amount=-3),
    loan("of an unknown kind", 100, 99, adjustment_amount=-1, adjustment_code="gift"),
    loan("explained by no flow", 100, 98, unexplained_amount=-2),
    loan("explained but for rounding", 100, "99.98", unexplained_amount="-0.02"),
    loan("overpaid", 10, -5, prepaid_principal_paid=15),
    loan("held before", 40, 35, scheduled_principal_paid=5),
    loan("lower and waived", 80, 70, adjustment_amount=-10, adjustment_code="waived"),
    loan("repurchased", 100, 0, status_code="repurchased", repurchase_price_amount="100.50"),
    loan("repurchased below", 100, 0, status_code="repurchased", repurchase_price_amount=90),
    loan("repriced", 100, 100, annual_rate="0.9", borrower_id="B-other"),
    loan("of blank interest", 100, 90, scheduled_principal_paid=10, interest_paid=None),
    loan("set aside", 30, 29),
]
OWNED = [
    owned(name, balance)
    for name, balance in {
        **{row["loan_id"]: 100 for row in LOANS}, "overpaid": 10, "held before": 45,
        "set aside": 30, "absent": 20,
    }.items()
]  # fmt: skip
ADJUSTED = {
    ("off by rounding", "rounding", "opening", "0.02"),
    ("off by more than rounding", "unexplained", "opening", "0.03"),
    ("waived", "waived", "month", "-40.00"),
    ("capitalised", "capitalised", "month", "5.00"),
    ("stated without a kind", "correction", "month", "-3.00"),
    ("of an unknown kind", "unexplained", "month", "-1.00"),
    ("explained by no flow", "unexplained", "month", "-2.00"),
    ("explained but for rounding", "rounding", "month", "-0.02"),
    ("overpaid", "overpayment", "month", "5.00"),
    ("held before", "held", "opening", "-5.00"),
    ("lower and waived", "unexplained", "opening", "-20.00"),
    ("lower and waived", "waived", "month", "-10.00"),
    ("repurchased below", "unexplained", "month", "-10.00"),
}


@pytest.fixture(scope="module")
def adjusted(builder: Builder) -> Month:
    """A month with an adjustment of every kind, after one in which a loan was held."""

    def fill(connection: DuckDBPyConnection) -> None:
        last_month(OWNED)(connection)
        held = {"loan_id": "held before", "held_since_date": date(2017, 6, 30)}
        kept = {"loan_id": "set aside", "held_since_date": date(2017, 5, 31)}
        insert(connection, "closed.held_loan", [held, kept])
        kinds = [{"adjustment_code": code, "adjustment_amount": 7} for code in ("waived", "held")]
        insert(connection, "closed.adjustment_kind", kinds)

    return builder.build(DEAL, "2017-07", LOANS, fill, **WRITE_OFF)


@pytest.fixture(scope="module")
def month_after(builder: Builder, adjusted: Month) -> Month:
    return builder.build(DEAL, "2017-08", [loan("rolls", 90, 90)], carry(adjusted), **WRITE_OFF)


def rows(month: Month, table: str) -> dict[str, Row]:
    return {row["loan_id"]: row for row in month.rows(table)}


def test_every_move_without_cash_is_an_adjustment_of_its_kind(adjusted: Month) -> None:
    result = {
        (row["loan_id"], row["adjustment_code"], row["arose_code"], str(row["adjustment_amount"]))
        for row in adjusted.rows("pool.adjustment")
    }
    assert result == ADJUSTED


def test_the_pool_counts_adjusted_loans_without_rounding_and_amounts_without_sign(
    adjusted: Month,
) -> None:
    result = adjusted.row("pool.adjusted_pool")
    loans = {loan_id for loan_id, code, *_ in ADJUSTED if code != "rounding"}
    assert result["adjusted_loan_count"] == len(loans)
    assert result["absolute_amount"] == sum(abs(Decimal(amount)) for *_, amount in ADJUSTED)


def test_more_adjusted_loans_than_the_terms_allow_stop_the_close_by_name(adjusted: Month) -> None:
    rules = [rule for rule in pool.RULES if rule.id == "adjusted_too_much"]
    count = measure(adjusted.connection, rules)["adjusted_too_much"]
    assert count.failing_count == 1
    assert "max_adjusted_loan_count 3" in count.example
    assert "first_adjusted_loans waived lower and waived repurchased below" in count.example


def test_every_other_identity_of_the_pool_holds(adjusted: Month) -> None:
    counts = measure(adjusted.connection, (*pool.RULES, *report.RULES))
    failed = {rule_id for rule_id, count in counts.items() if count.error or count.failing_count}
    assert failed == {"adjusted_too_much"}


def test_what_the_tape_says_was_repurchased_is_cash_and_no_loss(adjusted: Month) -> None:
    loan_month = rows(adjusted, "pool.loan_month")["repurchased"]
    assert (loan_month["repurchase_amount"], loan_month["write_off_amount"]) == (100, 0)
    assert (loan_month["is_defaulted"], loan_month["status_code"]) == (False, "repurchased")
    repurchase = rows(adjusted, "pool.repurchase")["repurchased"]
    price = (
        repurchase["balance_amount"],
        repurchase["interest_amount"],
        repurchase["price_amount"],
    )
    assert price == (100, Decimal("0.50"), Decimal("100.50"))
    assert repurchase["cause_code"] == "reported"
    assert adjusted.row("pool.collection")["repurchase_price_amount"] == Decimal("190.50")
    assert rows(adjusted, "pool.repurchase")["repurchased below"]["interest_amount"] == 0


def test_a_loan_that_no_row_tells_of_is_held_and_named_and_one_proved_absent_is_lost(
    adjusted: Month,
) -> None:
    result = {
        loan_id: (row["held_code"], row["reason_code"], row["held_balance"], row["held_since_date"])
        for loan_id, row in rows(adjusted, "pool.held_loan").items()
    }
    july = date(2017, 7, 31)
    assert result == {
        "of blank interest": ("row_set_aside", "owned_cash_missing", 100, july),
        "set aside": ("row_set_aside", "roll_forward_broken", 30, date(2017, 5, 31)),
    }
    assert rows(adjusted, "pool.loan_month")["absent"]["write_off_amount"] == 20
    assert rows(adjusted, "report.hl_1").keys() == result.keys()


def test_while_a_row_of_an_unknown_loan_is_set_aside_no_loan_is_known_to_be_absent(
    builder: Builder,
) -> None:
    loans = [loan("rolls", 100, 100), loan("", 20, 20)]
    month = builder.build(
        DEAL, "2017-07", loans, last_month([owned("rolls", 100), owned("absent", 20)]), **WRITE_OFF
    )
    held = month.row("pool.held_loan")
    assert (held["loan_id"], held["held_code"]) == ("absent", "row_unidentified")
    assert rows(month, "pool.loan_month")["absent"]["closing_balance"] == 20


def test_a_changed_static_field_has_both_its_values(adjusted: Month) -> None:
    result = {
        (row["loan_id"], row["field_name"], row["previous_text"], row["current_text"])
        for row in adjusted.rows("pool.changed_field")
    }
    assert result == {
        ("repriced", "annual_rate", "0.120000", "0.900000"),
        ("repriced", "borrower_id", "B-repriced", "B-other"),
    }


def test_the_report_states_adjustments_by_kind_and_what_is_held(
    adjusted: Month, month_after: Month
) -> None:
    lines = adjusted.rows("report.tr_7", "account_part_code = 'adjustment'")
    result = {row["line_code"]: (row["previous_amount"], row["current_amount"]) for row in lines}
    assert result == {
        "adjustment_capitalised": (0, 5),
        "adjustment_correction": (0, -3),
        "adjustment_held": (7, -5),
        "adjustment_overpayment": (0, 5),
        "adjustment_rounding": (0, 0),
        "adjustment_unexplained": (0, Decimal("-32.97")),
        "adjustment_waived": (7, -50),
    }
    features = adjusted.column("report.tr_11", "feature_code", "current_value")
    assert (features["held_loan_count"], features["held_balance"]) == (2, 130)
    assert features["adjustment_waived"] == -50
    after = month_after.rows("report.tr_7", "line_code = 'adjustment_waived'")
    assert [(row["previous_amount"], row["current_amount"]) for row in after] == [(-50, 0)]
