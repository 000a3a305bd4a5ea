"""The criteria as tables: what is compared with what, how many loans met it, and one loan through all."""

import pytest

from tests.sql.scenarios import LIMITS
from tests.sql.small_month import Month, Row


def criterion(month: Month, code: str) -> Row:
    return month.row("eligibility.criterion", f"criterion_code = '{code}'")


def test_the_criteria_stand_in_the_order_of_the_booleans(july: Month) -> None:
    rows = sorted(july.rows("eligibility.criterion"), key=lambda row: row["line_number"])
    assert [row["criterion_code"] for row in rows] == list(LIMITS)
    assert all(row["words_zh"] and row["words_en"] for row in rows)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("is_currency_allowed", ("currency_code", "in", "CNY")),
        ("is_signed", ("origination_date", "<=", "2017-07-31")),
        ("is_drawn", ("closing_balance", "<=", "contract_amount")),
        ("is_occupation_allowed", ("occupation_code", "not in", "student")),
        (
            "is_repayment_method_allowed",
            ("repayment_method_code", "in", "equal_instalment, bullet"),
        ),
        ("is_term_allowed", ("term_months", "in", "6, 8")),
        ("is_balance_allowed", ("closing_balance", "between", "1.00 and 500.00")),
        ("is_score_allowed", ("credit_score", ">=", "550")),
        ("matures_within_deal", ("maturity_date", "<=", "2017-12-12")),
        ("is_not_pledged", ("is_pledged", "=", "false")),
    ],
)
def test_a_criterion_tells_its_value_operator_and_limit(
    july: Month, code: str, expected: tuple[str, str, str]
) -> None:
    result = criterion(july, code)
    assert (result["value_name"], result["operator_code"], result["limit_text"]) == expected
    assert result["is_tested"]


@pytest.mark.parametrize(
    ("code", "operator", "limit"),
    [
        ("is_region_allowed", "not in", "XZ"),
        ("is_remaining_term_allowed", ">=", "2"),
        ("is_occupation_allowed", None, None),
        ("is_age_at_maturity_allowed", None, None),
        ("matures_within_deal", None, None),
        ("is_not_pledged", None, None),
    ],
)
def test_a_criterion_without_a_limit_says_that_it_is_not_tested(
    without_limits: Month, code: str, operator: str | None, limit: str | None
) -> None:
    result = criterion(without_limits, code)
    assert (result["operator_code"], result["limit_text"]) == (operator, limit)
    assert result["is_tested"] == (operator is not None)


def test_a_deal_without_limits_has_no_criteria(static_first: Month) -> None:
    assert static_first.rows("eligibility.criterion") == []
    assert static_first.rows("eligibility.criterion_result") == []


def test_the_results_count_the_loans_that_pass_fail_and_fail_nothing_else(on_offer: Month) -> None:
    loans = on_offer.rows("eligibility.loan_eligibility")
    for code in LIMITS:
        result = on_offer.row("eligibility.criterion_result", f"criterion_code = '{code}'")
        failed = [row for row in loans if not row[code]]
        alone = [row for row in failed if len(row["failed_codes"]) == 1]
        expected = {
            "offered_count": len(loans),
            "passed_count": len(loans) - len(failed),
            "failed_count": len(failed),
            "undecidable_count": sum(
                f"{code}:undecidable" in row["failed_codes"] for row in failed
            ),
            "only_failed_count": len(alone),
            "only_failed_balance": sum(row["outstanding_balance"] for row in alone),
        }
        assert {column: result[column] for column in expected} == expected, code
        assert failed


def test_a_month_without_a_purchase_has_results_of_no_loan(july_over: Month) -> None:
    results = july_over.rows("eligibility.criterion_result")
    assert len(results) == len(LIMITS)
    assert {row["offered_count"] for row in results} == {0}


def outcomes(month: Month, loan_id: str) -> dict[str, Row]:
    rows = month.rows("eligibility.loan_criterion", f"loan_id = '{loan_id}'")
    return {row["criterion_code"]: row for row in rows}


def test_one_loan_is_listed_with_value_limit_and_outcome_of_every_criterion(
    on_offer: Month,
) -> None:
    result = outcomes(on_offer, "is_drawn 0 outside")
    assert list(sorted(result)) == sorted(LIMITS)
    drawn = result.pop("is_drawn")
    assert (drawn["value_text"], drawn["limit_text"]) == ("45.00", "44.99")
    assert drawn["outcome_code"] == "failed"
    assert {row["outcome_code"] for row in result.values()} == {"passed"}
    assert result["is_seasoned"]["value_text"] == "3"
    assert result["is_borrower_allowed"]["value_text"] == "45.00"


def test_the_listing_tells_the_undecidable_from_the_failed_and_the_untested(
    on_offer: Month, without_limits: Month
) -> None:
    unknown = outcomes(on_offer, "is_score_allowed 0 undecidable")["is_score_allowed"]
    assert (unknown["value_text"], unknown["outcome_code"]) == (None, "undecidable")
    untested = outcomes(without_limits, "of unknown values")["is_term_allowed"]
    assert untested["outcome_code"] == "not_tested"
