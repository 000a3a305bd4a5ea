"""Which loans of the tape may be bought."""

import pytest

from tests.sql.scenarios import CLOSING_LOANS, LIMITS
from tests.sql.small_month import Month, Row


def cases(side: str) -> list[str]:
    return [loan_id for loan_id in CLOSING_LOANS if loan_id.endswith(f" {side}")]


def judged(month: Month, loan_id: str) -> Row:
    return month.row("eligibility.loan_eligibility", f"loan_id = '{loan_id}'")


def test_every_criterion_of_the_model_has_its_cases(closing: Month) -> None:
    columns = [name for name in judged(closing, cases("inside")[0]) if name[:3] in ("is_", "mat")]
    assert columns == [*LIMITS, "is_eligible"]


@pytest.mark.parametrize("loan_id", cases("inside"))
def test_a_loan_just_inside_a_limit_is_eligible(closing: Month, loan_id: str) -> None:
    result = judged(closing, loan_id)
    assert result["is_eligible"]
    assert result["first_failed_code"] is None


@pytest.mark.parametrize("loan_id", cases("outside"))
def test_a_loan_just_outside_a_limit_fails_that_criterion_alone(
    closing: Month, loan_id: str
) -> None:
    criterion = loan_id.split()[0]
    result = judged(closing, loan_id)
    assert [name for name in LIMITS if not result[name]] == [criterion]
    assert not result["is_eligible"]
    assert result["first_failed_code"] == criterion


@pytest.mark.parametrize("loan_id", cases("undecidable"))
def test_a_loan_of_which_a_criterion_is_unknown_is_not_eligible(
    closing: Month, loan_id: str
) -> None:
    criterion = loan_id.split()[0]
    result = judged(closing, loan_id)
    assert [name for name in LIMITS if not result[name]] == [criterion]
    assert not result["is_eligible"]
    assert result["first_failed_code"] == f"{criterion}:undecidable"


@pytest.mark.parametrize("loan_id", ["nothing owed", "quarantined"])
def test_a_loan_without_a_balance_or_a_sound_row_is_not_offered(
    closing: Month, loan_id: str
) -> None:
    assert closing.rows("eligibility.loan_eligibility", f"loan_id = '{loan_id}'") == []


def test_only_loans_that_the_deal_does_not_own_are_offered(july: Month) -> None:
    offered = [row["loan_id"] for row in july.rows("eligibility.loan_eligibility")]
    assert offered == ["new 100", "new 30", "new 5", "new 50, late 3", "new 80"]


def test_no_loan_is_offered_when_nothing_may_be_bought(
    july_over: Month, static_first: Month
) -> None:
    assert july_over.rows("eligibility.loan_eligibility") == []
    assert static_first.rows("eligibility.loan_eligibility") == []
