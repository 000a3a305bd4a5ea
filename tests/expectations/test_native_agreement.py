"""Compiled predicates say what Great Expectations says when it looks at the rows itself."""

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from expectations.counts import measure
from expectations.rules.tape import row_rules
from expectations.rules.tape.codes import FIVE_CLASS_CODES, STATUS_CODES
from tests.expectations.tape_sample import AS_OF_DATE, land_rows

SAMPLE = [
    {"loan_id": "L01"},
    {"loan_id": None},
    {"loan_id": "L03", "fee_paid": 1},
    {"loan_id": "L03", "fee_paid": 2},
    {"loan_id": "L03", "fee_paid": 3},
    {"loan_id": "L06", "annual_rate": Decimal("1.000000")},
    {"loan_id": "L07", "annual_rate": Decimal("1.000001")},
    {"loan_id": "L08", "annual_rate": None},
    {"loan_id": "L09", "borrower_age": 17},
    {"loan_id": "L10", "borrower_age": 100},
    {"loan_id": "L11", "borrower_age": 199},
    {"loan_id": "L12", "borrower_age": None},
    {"loan_id": "L13", "status_code": "99"},
    {"loan_id": "L14", "status_code": None},
    {"loan_id": "L15", "five_class_code": "lost"},
    {"loan_id": "L16", "days_past_due": -1},
    {"loan_id": "L17", "remaining_months": -3},
    {"loan_id": "L18", "as_of_date": date(2017, 6, 30)},
    {"loan_id": "L19", "closing_balance": Decimal("-0.01")},
    {"loan_id": "L20", "has_critical_bad_cell": True},
]

# Rule id: the expectation that Great Expectations has for the same demand, and its arguments.
NATIVE: dict[str, tuple[str, dict[str, Any]]] = {
    "loan_id_missing": ("ExpectColumnValuesToNotBeNull", {"column": "loan_id"}),
    "loan_id_conflicting": ("ExpectColumnValuesToBeUnique", {"column": "loan_id"}),
    "month_wrong": (
        "ExpectColumnValuesToBeInSet",
        {"column": "as_of_date", "value_set": [AS_OF_DATE.isoformat()]},
    ),
    "annual_rate_out_of_range": (
        "ExpectColumnValuesToBeBetween",
        {"column": "annual_rate", "min_value": 0, "max_value": 1},
    ),
    "status_code_unknown": (
        "ExpectColumnValuesToBeInSet",
        {"column": "status_code", "value_set": list(STATUS_CODES)},
    ),
    "five_class_code_unknown": (
        "ExpectColumnValuesToBeInSet",
        {"column": "five_class_code", "value_set": list(FIVE_CLASS_CODES)},
    ),
    "days_past_due_negative": (
        "ExpectColumnValuesToBeBetween",
        {"column": "days_past_due", "min_value": 0},
    ),
    "remaining_months_negative": (
        "ExpectColumnValuesToBeBetween",
        {"column": "remaining_months", "min_value": 0},
    ),
    "closing_balance_below_zero": (
        "ExpectColumnValuesToBeBetween",
        {"column": "closing_balance", "min_value": 0},
    ),
    "borrower_age_out_of_range": (
        "ExpectColumnValuesToBeBetween",
        {"column": "borrower_age", "min_value": 18, "max_value": 100},
    ),
    "critical_cell_unreadable": (
        "ExpectColumnValuesToBeInSet",
        {"column": "has_critical_bad_cell", "value_set": [False]},
    ),
}


@pytest.fixture(scope="module")
def native_counts() -> dict[str, int]:
    """Failing rows by rule id as Great Expectations counts them on the rows."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    connection = duckdb.connect()
    land_rows(connection, SAMPLE)
    rows = connection.execute(
        "select * replace (as_of_date::varchar as as_of_date, annual_rate::double as annual_rate, "
        "closing_balance::double as closing_balance) from landed.tape_row"
    ).df()
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("sample").add_dataframe_asset("tape_row")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": rows})
    counts = {}
    for rule_id, (expectation, arguments) in NATIVE.items():
        result = batch.validate(getattr(gxe, expectation)(**arguments))
        assert not result.exception_info["raised_exception"], result.exception_info
        counts[rule_id] = result.result["unexpected_count"]
    return counts


@pytest.mark.parametrize("rule_id", NATIVE)
def test_a_compiled_rule_counts_the_rows_that_the_native_expectation_counts(
    native_counts: dict[str, int], rule_id: str
) -> None:
    connection = duckdb.connect()
    land_rows(connection, SAMPLE)
    result = measure(connection, row_rules(AS_OF_DATE))[rule_id].failing_count
    assert result == native_counts[rule_id]
    assert native_counts[rule_id] > 0
