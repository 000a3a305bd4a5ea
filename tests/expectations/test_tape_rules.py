"""Each rule on the tape, with a row just inside and a row just outside."""

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from expectations.counts import measure
from expectations.rule import Rule
from expectations.rules.tape import every_rule, row_rules, tape_rules
from expectations.rules.tape.cross_field import cash_rules
from expectations.rules.tape.delivery import total_rules
from tests.expectations import servicing_sides
from tests.expectations.tape_sample import AS_OF_DATE, land_rows, land_total

Row = dict[str, Any]

# Rule id: a row that is just inside, and a row that is just outside.
SIDES: dict[str, tuple[Row, Row]] = {
    "critical_cell_unreadable": ({}, {"has_critical_bad_cell": True}),
    "loan_id_missing": ({"loan_id": "0"}, {"loan_id": "  "}),
    "month_wrong": ({"as_of_date": AS_OF_DATE}, {"as_of_date": date(2017, 7, 30)}),
    "money_missing": ({"write_off_amount": 0}, {"write_off_amount": None}),
    "flow_negative": ({"fee_paid": Decimal("-1500.00")}, {"fee_paid": Decimal("-1500.01")}),
    "payment_reversed": ({"fee_paid": Decimal("0.00")}, {"fee_paid": Decimal("-0.01")}),
    "roll_forward_broken": (
        {"adjustment_amount": Decimal("-0.01"), "closing_balance": Decimal("899.99")},
        {"adjustment_amount": Decimal("-0.01"), "closing_balance": Decimal("900.00")},
    ),
    "recovery_cost_above_contract": (
        {"recovery_amount": Decimal("-1500.00")},
        {"recovery_amount": Decimal("-1500.01")},
    ),
    "repurchase_inconsistent": (
        {
            "status_code": "repurchased",
            "closing_balance": Decimal("0.00"),
            "repurchase_price_amount": Decimal("905.00"),
        },
        {"status_code": "repurchased", "repurchase_price_amount": Decimal("905.00")},
    ),
    "annual_rate_out_of_range": ({"annual_rate": 1}, {"annual_rate": Decimal("1.000001")}),
    "dates_out_of_order": (
        {"origination_date": AS_OF_DATE, "maturity_date": AS_OF_DATE},
        {"origination_date": date(2017, 8, 1)},
    ),
    "status_code_unknown": ({"status_code": "settled"}, {"status_code": "Settled"}),
    "days_past_due_negative": ({"days_past_due": 0}, {"days_past_due": -1}),
    "status_contradicts_days": (
        {"status_code": "overdue", "days_past_due": 1},
        {"status_code": "overdue", "days_past_due": 0},
    ),
    "product_code_unknown": ({"product_code": "auto_loan"}, {"product_code": "auto"}),
    "repayment_method_code_unknown": (
        {"repayment_method_code": "bullet"},
        {"repayment_method_code": "balloon"},
    ),
    "five_class_code_unknown": ({"five_class_code": "loss"}, {"five_class_code": "lost"}),
    "status_code_missing": (
        {"status_code": None, "closing_balance": Decimal("0.00")},
        {"status_code": None, "closing_balance": Decimal("0.01")},
    ),
    "days_past_due_above_maximum": (
        {"days_past_due": 5, "max_days_past_due": 5},
        {"days_past_due": 6, "max_days_past_due": 5},
    ),
    "cell_rounded": ({"rounded_columns": None}, {"rounded_columns": "rate"}),
    "total_paid_differs": (
        {"total_paid": Decimal("112.50")},
        {"total_paid": Decimal("112.51")},
    ),
    "recovery_below_zero": ({"recovery_amount": 0}, {"recovery_amount": Decimal("-0.01")}),
    "overdue_without_balance": (
        {"closing_balance": Decimal("0.01"), "days_past_due": 1},
        {"closing_balance": Decimal("0.00"), "days_past_due": 1},
    ),
    "closing_balance_below_zero": ({"closing_balance": 0}, {"closing_balance": Decimal("-0.01")}),
    "principal_above_opening": (
        {"prepaid_principal_paid": Decimal("900.00")},
        {"prepaid_principal_paid": Decimal("900.01")},
    ),
    "write_off_with_balance": (
        {"write_off_amount": Decimal("900.00"), "closing_balance": Decimal("0.00")},
        {"write_off_amount": Decimal("899.99"), "closing_balance": Decimal("0.01")},
    ),
    "contract_below_balance": (
        {"contract_amount": Decimal("900.00")},
        {"contract_amount": Decimal("899.99")},
    ),
    "remaining_months_negative": ({"remaining_months": 0}, {"remaining_months": -1}),
    "borrower_age_out_of_range": ({"borrower_age": 18}, {"borrower_age": 17}),
    "cell_unreadable": ({}, {"bad_cell": "annual_income"}),
    "text_garbled": ({"region_code": "浙江"}, {"region_code": "浙\ufffd"}),
    "text_placeholder": ({"gender_code": "nil"}, {"gender_code": "None"}),
    "loan_id_placeholder": ({"loan_id": "NAN1"}, {"loan_id": "NaN"}),
    "loan_id_in_exponents": ({"loan_id": "12E5"}, {"loan_id": "1.23457E+17"}),
    "loan_id_with_blanks": ({"loan_id": "L-1"}, {"loan_id": "L 1"}),
    "loan_id_too_long": ({"loan_id": "L" * 64}, {"loan_id": "L" * 65}),
    "loan_id_is_identity_number": (
        {"loan_id": "110101199013077758"},
        {"loan_id": "110101199003077758"},
    ),
    "loan_id_is_telephone": ({"loan_id": "12912345678"}, {"loan_id": "13912345678"}),
    "borrower_id_is_identity_number": (
        {"borrower_id": "11010119900307775"},
        {"borrower_id": "11010119900307775X"},
    ),
    "borrower_id_is_telephone": (
        {"borrower_id": "139123456789"},
        {"borrower_id": "13912345678"},
    ),
    "annual_rate_above_cap": ({"annual_rate": "0.36"}, {"annual_rate": "0.360001"}),
    "annual_rate_tiny": ({"annual_rate": "0.001"}, {"annual_rate": "0.000999"}),
    "contract_amount_not_positive": ({"contract_amount": "0.01"}, {"contract_amount": 0}),
    "amount_of_nines": (
        {"contract_amount": "99999999.98"},
        {"contract_amount": "99999999.99"},
    ),
    "annual_income_below_zero": ({"annual_income": 0}, {"annual_income": "-0.01"}),
    "term_out_of_range": ({"term_months": 480}, {"term_months": 481}),
    "date_placeholder": (
        {"origination_date": date(1970, 1, 2)},
        {"origination_date": date(1970, 1, 1)},
    ),
    "maturity_too_far": (
        {"maturity_date": date(2057, 7, 31)},
        {"maturity_date": date(2057, 8, 1)},
    ),
    "days_past_due_above_ten_years": ({"days_past_due": 3650}, {"days_past_due": 3651}),
    "max_days_past_due_negative": ({"max_days_past_due": 0}, {"max_days_past_due": -1}),
    "past_due_count_negative": ({"past_due_count": 0}, {"past_due_count": -1}),
    "credit_score_out_of_range": ({"credit_score": 1}, {"credit_score": 0}),
    "adjustment_code_unknown": (
        {"adjustment_code": "waived"},
        {"adjustment_code": "forgiven"},
    ),
    "currency_code_malformed": ({"currency_code": "EUR"}, {"currency_code": "eur"}),
    "balance_move_unexplained": (
        {"unexplained_amount": Decimal("-1.00")},
        {"unexplained_amount": Decimal("-1.01")},
    ),
    "payment_after_end": (
        {"opening_balance": 0, "closing_balance": "0.01"},
        {"opening_balance": 0, "closing_balance": 0},
    ),
    "interest_above_due": ({"interest_paid": "12.50"}, {"interest_paid": "12.51"}),
    # 1,000.00 at 15% a year is 12.50 a month; half as much again and 1.00 are allowed.
    "interest_due_above_rate": ({"interest_due": "19.75"}, {"interest_due": "19.76"}),
    "fee_above_contract": ({"fee_paid": "1500.00"}, {"fee_paid": "1500.01"}),
    "recovery_above_contract": (
        {"recovery_amount": "1500.00"},
        {"recovery_amount": "1500.01"},
    ),
    "adjustment_code_alone": (
        {"adjustment_code": "waived", "adjustment_amount": "-0.01"},
        {"adjustment_code": "waived", "adjustment_amount": 0},
    ),
    "term_contradicts_dates": ({"term_months": 13}, {"term_months": 14}),
    "remaining_contradicts_maturity": ({"remaining_months": 9}, {"remaining_months": 10}),
    "remaining_above_term": (
        {"remaining_months": 12, "term_months": 12},
        {"remaining_months": 13, "term_months": 12},
    ),
    "matured_but_current": (
        {"maturity_date": date(2017, 6, 30)},
        {"maturity_date": date(2017, 6, 29)},
    ),
    "late_before_lent": (
        {"origination_date": date(2017, 7, 1), "days_past_due": 30},
        {"origination_date": date(2017, 7, 1), "days_past_due": 31},
    ),
    "borrower_was_a_minor": (
        {"borrower_age": 18, "origination_date": date(2016, 7, 31)},
        {"borrower_age": 18, "origination_date": date(2015, 7, 31)},
    ),
    "bullet_repaid_by_schedule": (
        {"repayment_method_code": "bullet", "maturity_date": AS_OF_DATE},
        {"repayment_method_code": "bullet", "maturity_date": date(2017, 8, 1)},
    ),
    "written_off_with_balance": (
        {"status_code": "written_off", "closing_balance": 0},
        {"status_code": "written_off", "closing_balance": "0.01"},
    ),
    "settled_with_balance": (
        {"status_code": "settled", "closing_balance": 0},
        {"status_code": "settled", "closing_balance": "0.01"},
    ),
    "open_without_balance": (
        {"status_code": "current", "closing_balance": "0.01"},
        {"status_code": "current", "closing_balance": 0},
    ),
    "write_off_without_status": (
        {"status_code": "defaulted", "write_off_amount": 1},
        {"status_code": "overdue", "write_off_amount": 1},
    ),
    "recovery_of_a_performing_loan": (
        {"status_code": "defaulted", "recovery_amount": 1},
        {"status_code": "overdue", "recovery_amount": 1},
    ),
    "class_too_good": (
        {"days_past_due": 90, "five_class_code": "special_mention"},
        {"days_past_due": 91, "five_class_code": "special_mention"},
    ),
    "late_but_never_late": (
        {"days_past_due": 1, "past_due_count": 1},
        {"days_past_due": 1, "past_due_count": 0},
    ),
    "late_without_anything_due": (
        {"maturity_date": AS_OF_DATE, "scheduled_principal_paid": "0.01", "interest_paid": 0},
        {"maturity_date": AS_OF_DATE, "scheduled_principal_paid": 0, "interest_paid": 0},
    ),
    **servicing_sides.SIDES,
}

# Cases beyond the first pair: does the row fail the rule?
FURTHER: list[tuple[str, Row, bool]] = [
    ("critical_cell_unreadable", {"has_critical_bad_cell": None}, True),
    ("loan_id_missing", {"loan_id": None}, True),
    ("month_wrong", {"as_of_date": None}, True),
    ("money_missing", {"opening_balance": None}, True),
    ("money_missing", {"closing_balance": None}, True),
    ("money_missing", {"scheduled_principal_paid": None}, True),
    ("money_missing", {"prepaid_principal_paid": None}, True),
    ("money_missing", {"overdue_principal_paid": None}, True),
    *(
        case
        for column in (
            "scheduled_principal_paid",
            "prepaid_principal_paid",
            "overdue_principal_paid",
        )
        for case in (
            ("payment_reversed", {column: Decimal("-0.01")}, True),
            ("payment_reversed", {column: Decimal("-0.01"), "opening_balance": -1}, False),
            ("flow_negative", {column: Decimal("-0.01"), "closing_balance": 1500}, False),
            (
                "flow_negative",
                {column: Decimal("-0.01"), "closing_balance": Decimal("1500.01")},
                True,
            ),
            ("flow_negative", {column: Decimal("-0.01"), "contract_amount": None}, False),
        )
    ),
    ("payment_reversed", {"interest_paid": Decimal("-0.01")}, True),
    ("flow_negative", {"interest_paid": Decimal("-1500.01")}, True),
    ("flow_negative", {"interest_paid": Decimal("-0.01"), "contract_amount": None}, True),
    ("flow_negative", {"write_off_amount": Decimal("-0.01")}, True),
    ("flow_negative", {"interest_due": Decimal("-0.01")}, True),
    ("recovery_cost_above_contract", {"contract_amount": None, "recovery_amount": -1}, False),
    ("repurchase_inconsistent", {"repurchase_price_amount": Decimal("0.01")}, True),
    (
        "repurchase_inconsistent",
        {
            "status_code": "repurchased",
            "closing_balance": 0,
            "prepaid_principal_paid": 900,
            "repurchase_price_amount": 905,
        },
        True,
    ),
    ("roll_forward_broken", {"status_code": "repurchased", "closing_balance": 0}, False),
    ("roll_forward_broken", {"unexplained_amount": Decimal("0.01")}, True),
    (
        "roll_forward_broken",
        {"unexplained_amount": Decimal("0.01"), "closing_balance": Decimal("900.01")},
        False,
    ),
    ("roll_forward_broken", {"adjustment_amount": None}, False),
    ("roll_forward_broken", {"write_off_amount": Decimal("0.01")}, True),
    ("roll_forward_broken", {"closing_balance": None}, True),
    ("annual_rate_out_of_range", {"annual_rate": 0}, False),
    ("annual_rate_out_of_range", {"annual_rate": Decimal("-0.000001")}, True),
    ("dates_out_of_order", {"maturity_date": date(2017, 3, 10)}, False),
    ("dates_out_of_order", {"maturity_date": date(2017, 3, 9)}, True),
    ("status_contradicts_days", {"days_past_due": 1}, True),
    ("status_contradicts_days", {"status_code": "defaulted"}, True),
    ("borrower_age_out_of_range", {"borrower_age": 100}, False),
    ("borrower_age_out_of_range", {"borrower_age": 101}, True),
    *servicing_sides.FURTHER,
]


def failed_rules(connection: duckdb.DuckDBPyConnection, *rows: Row) -> dict[str, int]:
    land_rows(connection, rows)
    counts = measure(connection, row_rules(AS_OF_DATE))
    assert not [count.error for count in counts.values() if count.error]
    return {
        rule_id: count.failing_count for rule_id, count in counts.items() if count.failing_count
    }


def failing_rows(connection: duckdb.DuckDBPyConnection, rule_id: str, *rows: Row) -> int | None:
    (rule,) = (rule for rule in row_rules(AS_OF_DATE) if rule.id == rule_id)
    land_rows(connection, rows)
    (count,) = measure(connection, [rule]).values()
    assert count.error == ""
    return count.failing_count


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


SOURCES = (
    "Ally", "Berka", "CMBS UBS 2017-C1", "CarMax", "ESMA annex 6", "Fannie CAS", "Freddie pool",
    "LendingClub", "PPDai", "SuperLender", "Taiwan cards", "card status", "users report", "reasoning",
)  # fmt: skip


def test_there_are_eighty_rules_on_a_tape_and_each_tells_its_family_and_its_case() -> None:
    rules = every_rule()
    assert len({rule.id for rule in rules}) == len(rules) >= 80
    assert [rule.id for rule in rules if not rule.case.startswith(SOURCES)] == []
    assert {rule.family for rule in rules} == {
        "schema", "field", "cross_field", "cross_row", "month_to_month", "delivery",
    }  # fmt: skip


def test_what_refuses_a_tape_is_named_here() -> None:
    """A warning that stopped a good tape would be noticed by whoever pays the notes."""
    assert {rule.id for rule in (*tape_rules(), *row_rules(AS_OF_DATE)) if rule.level == "stop"} == {
        "tape_total_missing", "tape_empty", "file_row_count_differs", "control_row_count_differs",
        "control_total_differs", "quarantined_share_too_high", "most_loans_vanished",
    }  # fmt: skip


def test_every_rule_on_a_row_has_a_row_inside_and_a_row_outside() -> None:
    rules = {rule.id for rule in row_rules(AS_OF_DATE) if rule.failing}
    assert rules == set(SIDES)


def test_a_sound_row_fails_no_rule(connection: duckdb.DuckDBPyConnection) -> None:
    assert failed_rules(connection, {}) == {}


@pytest.mark.parametrize("rule_id", SIDES)
def test_a_rule_passes_the_row_inside_and_fails_the_row_outside(
    connection: duckdb.DuckDBPyConnection, rule_id: str
) -> None:
    inside, outside = SIDES[rule_id]
    assert failing_rows(connection, rule_id, inside, outside) == 1
    assert failing_rows(connection, rule_id, inside) == 0


@pytest.mark.parametrize(("rule_id", "row", "fails"), FURTHER)
def test_a_rule_decides_its_further_cases(
    connection: duckdb.DuckDBPyConnection, rule_id: str, row: Row, fails: bool
) -> None:
    assert failing_rows(connection, rule_id, row) == fails


def test_a_car_loan_without_the_optional_columns_fails_no_rule(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    optional = (
        "borrower_id",
        "currency_code",
        "term_months",
        "past_due_count",
        "region_code",
        "gender_code",
        "occupation_code",
        "annual_income",
        "credit_score",
        "is_renegotiated",
        "days_past_due",
        "max_days_past_due",
        "five_class_code",
        "borrower_age",
        "interest_due",
        "remaining_months",
        "origination_date",
        "maturity_date",
        "annual_rate",
        "contract_amount",
    )
    assert failed_rules(connection, dict.fromkeys(optional)) == {}


@pytest.mark.parametrize("adjustment", [Decimal("-50.00"), Decimal("50.00")])
def test_an_adjustment_may_have_either_sign(
    connection: duckdb.DuckDBPyConnection, adjustment: Decimal
) -> None:
    row = {"adjustment_amount": adjustment, "closing_balance": 900 + adjustment}
    assert failed_rules(connection, row) == {}


def test_the_refund_of_an_overpaid_loan_is_no_negative_flow(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Ally loan 20256022: closed January 2020 at -6,003.82, refunded in February."""
    refund = {
        "opening_balance": Decimal("-6003.82"),
        "scheduled_principal_paid": Decimal("0.00"),
        "prepaid_principal_paid": Decimal("-6003.82"),
        "closing_balance": Decimal("0.00"),
        "status_code": "settled",
    }
    assert failed_rules(connection, refund) == {}


def test_a_written_off_loan_may_stay_overdue_without_a_balance(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    row = {
        "opening_balance": 0,
        "scheduled_principal_paid": 0,
        "closing_balance": 0,
        "days_past_due": 200,
        "max_days_past_due": 200,
        "past_due_count": 7,
        "origination_date": date(2016, 3, 10),
        "maturity_date": date(2017, 3, 10),
        "five_class_code": "loss",
        "status_code": "written_off",
        "recovery_amount": 40,
    }
    assert failed_rules(connection, row) == {}


def test_a_copy_of_a_row_fails_and_the_first_row_stays(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    result = failed_rules(connection, {}, {"loan_id": "L2"}, {}, {"tape_sha256": "b" * 64})
    assert result == {"row_repeated": 2}


def test_all_rows_of_a_loan_with_differing_contents_fail(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    result = failed_rules(
        connection, {}, {"loan_id": "L2"}, {"fee_paid": 1}, {"borrower_age": None}
    )
    assert result == {"loan_id_conflicting": 3}


def test_two_rows_without_a_loan_id_are_missing_and_not_conflicting(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    result = failed_rules(connection, {"loan_id": None}, {"loan_id": None, "fee_paid": 1})
    assert result == {"loan_id_missing": 2}


def test_a_row_left_over_from_last_month_does_not_taint_the_loan_of_this_month(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    result = failed_rules(connection, {}, {"as_of_date": date(2017, 6, 30)})
    assert result == {"month_wrong": 1}


CASH = (
    "scheduled_principal_paid",
    "prepaid_principal_paid",
    "overdue_principal_paid",
    "write_off_amount",
    "interest_paid",
    "fee_paid",
    "recovery_amount",
)


def blank_rows(connection: duckdb.DuckDBPyConnection, rule: Rule, *rows: Row) -> int | None:
    connection.execute("create schema if not exists closed")
    connection.execute("create or replace table closed.pool_loan as select 'L1' as loan_id")
    land_rows(connection, rows)
    (count,) = measure(connection, [rule]).values()
    assert count.error == ""
    return count.failing_count


@pytest.mark.parametrize("column", CASH)
def test_blank_cash_of_an_owned_loan_is_unknown_and_of_another_loan_nobodys_business(
    connection: duckdb.DuckDBPyConnection, column: str
) -> None:
    (rule,) = cash_rules("quarantine", "carried", needs_interest_due=False)
    owned, other = {column: None}, {column: None, "loan_id": "L2"}
    assert blank_rows(connection, rule, {}, owned, other) == 1


def test_in_the_first_tape_of_a_static_deal_every_loan_that_owes_is_owned(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    (rule,) = cash_rules("stop", "whole_tape", needs_interest_due=False)
    owed = {"loan_id": "L2", "interest_paid": None}
    assert blank_rows(connection, rule, owed, owed | {"opening_balance": 0}) == 1


@pytest.mark.parametrize(("is_needed", "expected"), [(True, 1), (False, 0)])
def test_interest_due_must_be_given_where_a_figure_needs_it(
    connection: duckdb.DuckDBPyConnection, is_needed: bool, expected: int
) -> None:
    (rule,) = cash_rules("quarantine", "carried", needs_interest_due=is_needed)
    assert blank_rows(connection, rule, {"interest_due": None}) == expected


@pytest.mark.parametrize(("status", "expected"), [("repurchased", 1), ("settled", 0), (None, 0)])
def test_the_price_of_a_repurchase_must_be_given(
    connection: duckdb.DuckDBPyConnection, status: str | None, expected: int
) -> None:
    (rule,) = cash_rules("quarantine", "carried", needs_interest_due=False)
    assert blank_rows(connection, rule, {"status_code": status}) == expected


# Rule id: totals that are just inside, and totals that are just outside.
TOTAL_SIDES: dict[str, tuple[Row, Row]] = {
    "tape_empty": (
        {"row_count": 1, "read_row_count": 1, "malformed_row_count": 0},
        {"row_count": 0, "read_row_count": 0, "malformed_row_count": 0},
    ),
    "file_row_count_differs": ({"row_count": 10}, {"row_count": 11}),
    "control_file_absent": ({"control_row_count": 0}, {"control_row_count": None}),
    "control_row_count_differs": ({"control_row_count": 10}, {"control_row_count": 9}),
    "control_total_differs": ({"control_difference_count": 0}, {"control_difference_count": 1}),
    "quarantined_share_too_high": ({"quarantined_row_count": 1}, {"quarantined_row_count": 2}),
}


def failed_totals(connection: duckdb.DuckDBPyConnection, **changes: Any) -> set[str]:
    land_total(connection, **changes)
    counts = measure(connection, total_rules())
    return {rule_id for rule_id, count in counts.items() if count.failing_count != 0}


def test_sound_totals_fail_no_rule(connection: duckdb.DuckDBPyConnection) -> None:
    assert failed_totals(connection) == set()


@pytest.mark.parametrize("rule_id", TOTAL_SIDES)
def test_a_rule_on_totals_passes_the_inside_and_fails_the_outside(
    connection: duckdb.DuckDBPyConnection, rule_id: str
) -> None:
    inside, outside = TOTAL_SIDES[rule_id]
    assert rule_id not in failed_totals(connection, **inside)
    assert rule_id in failed_totals(connection, **outside)


def test_every_rule_on_totals_is_tried() -> None:
    assert {rule.id for rule in total_rules()} == {*TOTAL_SIDES, "tape_total_missing"}


def test_an_absent_control_file_is_a_warning_and_stops_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    absent = {"control_row_count": None, "control_difference_count": 0}
    assert failed_totals(connection, **absent) == {"control_file_absent"}


def test_of_the_rules_on_totals_all_but_an_absent_control_file_stop_the_close() -> None:
    warnings = {rule.id for rule in total_rules() if rule.level != "stop"}
    assert warnings == {"control_file_absent"}


@pytest.mark.parametrize(
    ("column", "rule_id"),
    [
        ("row_count", "file_row_count_differs"),
        ("malformed_row_count", "file_row_count_differs"),
        ("control_difference_count", "control_total_differs"),
        ("quarantined_row_count", "quarantined_share_too_high"),
    ],
)
def test_an_unknown_total_is_not_a_pass(
    connection: duckdb.DuckDBPyConnection, column: str, rule_id: str
) -> None:
    assert rule_id in failed_totals(connection, **{column: None})


@pytest.mark.parametrize(
    "query",
    ["delete from landed.tape_total", "insert into landed.tape_total from landed.tape_total"],
)
def test_totals_of_no_row_or_of_two_rows_are_refused(
    connection: duckdb.DuckDBPyConnection, query: str
) -> None:
    land_total(connection)
    connection.execute(query)
    assert measure(connection, total_rules())["tape_total_missing"].failing_count == 1
