"""Which loans of the tape may be bought."""

from decimal import Decimal

import pytest

from tests.sql.scenarios import ALSO_FAILED, LIMITS, LOANS_ON_OFFER
from tests.sql.small_month import Month, Row


def cases(side: str) -> list[str]:
    return [loan_id for loan_id in LOANS_ON_OFFER if loan_id.endswith(f" {side}")]


def judged(month: Month, loan_id: str) -> Row:
    return month.row("eligibility.loan_eligibility", f"loan_id = '{loan_id}'")


def test_every_criterion_of_the_model_has_its_cases(on_offer: Month) -> None:
    row = judged(on_offer, cases("inside")[0])
    columns = [name for name, value in row.items() if isinstance(value, bool)]
    assert columns == ["was_repurchased", *LIMITS, "is_eligible"]


@pytest.mark.parametrize("loan_id", cases("inside"))
def test_a_loan_just_inside_a_limit_is_eligible(on_offer: Month, loan_id: str) -> None:
    result = judged(on_offer, loan_id)
    assert result["is_eligible"]
    assert result["failed_codes"] == []
    assert result["first_failed_code"] is None


@pytest.mark.parametrize("loan_id", cases("outside"))
def test_a_loan_just_outside_a_limit_fails_that_criterion(on_offer: Month, loan_id: str) -> None:
    check_failures(judged(on_offer, loan_id), loan_id.split()[0], loan_id)


@pytest.mark.parametrize("loan_id", cases("undecidable"))
def test_a_loan_of_which_a_criterion_is_unknown_is_not_eligible(
    on_offer: Month, loan_id: str
) -> None:
    check_failures(judged(on_offer, loan_id), f"{loan_id.split()[0]}:undecidable", loan_id)


def check_failures(result: Row, failed_code: str, loan_id: str) -> None:
    """The loan fails the criterion, what follows from it, and nothing else."""
    expected = [failed_code, *ALSO_FAILED.get(loan_id, ())]
    assert not result["is_eligible"]
    assert result["failed_codes"] == expected
    assert result["first_failed_code"] == failed_code
    failed = [code.split(":")[0] for code in expected]
    assert [name for name in LIMITS if not result[name]] == failed


@pytest.mark.parametrize("loan_id", ["nothing owed", "quarantined", "signed too late"])
def test_a_loan_without_a_balance_or_a_sound_row_is_not_offered(
    on_offer: Month, loan_id: str
) -> None:
    assert on_offer.rows("eligibility.loan_eligibility", f"loan_id = '{loan_id}'") == []


def test_only_loans_that_the_deal_does_not_own_are_offered(july: Month) -> None:
    offered = [row["loan_id"] for row in july.rows("eligibility.loan_eligibility")]
    assert offered == ["new 100", "new 30", "new 5", "new 50, late 3", "new 80",
                       "of an owing borrower"]  # fmt: skip


def test_no_loan_is_offered_when_nothing_may_be_bought(
    july_over: Month, static_first: Month
) -> None:
    assert july_over.rows("eligibility.loan_eligibility") == []
    assert static_first.rows("eligibility.loan_eligibility") == []


def test_what_a_borrower_owes_the_pool_already_counts(july: Month) -> None:
    result = judged(july, "of an owing borrower")
    assert result["borrower_balance"] == Decimal("505.01")
    assert result["failed_codes"] == ["is_borrower_allowed"]


def test_the_eligible_loans_of_a_borrower_together_stay_within_the_limit(on_offer: Month) -> None:
    of_one = on_offer.rows("eligibility.loan_eligibility", "loan_id like 'is_borrower_allowed%'")
    totals = {row["loan_id"].split()[-1]: row["borrower_balance"] for row in of_one}
    assert totals == {"inside": 460, "outside": Decimal("505.01"), "undecidable": None}


def test_a_limit_that_a_deal_leaves_out_admits_every_loan_of_unknown_value_too(
    without_limits: Month,
) -> None:
    failed = without_limits.column("eligibility.loan_eligibility", "loan_id", "failed_codes")
    refused = {"in an excluded region", "in an unknown region"}
    assert {loan_id for loan_id, codes in failed.items() if codes} == refused
    assert failed["in an excluded region"] == ["is_region_allowed"]
    assert failed["in an unknown region"] == ["is_region_allowed:undecidable"]


def test_a_tape_without_a_currency_is_in_that_of_the_deal_and_says_so(
    without_limits: Month, on_offer: Month
) -> None:
    assert set(without_limits.column("intake.loan_tape", "loan_id", "currency_code").values()) == {
        "CNY"
    }
    sources = [
        month.row("intake.tape")["currency_source_code"] for month in (without_limits, on_offer)
    ]
    assert sources == ["terms", "tape"]
