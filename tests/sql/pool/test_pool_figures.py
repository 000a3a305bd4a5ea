"""The pool as a whole: its balance, its collections, its defaults, and what they trigger."""

from datetime import date
from decimal import Decimal

from tests.sql.small_month import Month


def test_the_pool_rolls_forward_from_opening_to_closing(july: Month) -> None:
    result = july.row("pool.pool_balance")
    expected = {"opening_balance": 945, "adjustment_amount": 8, "principal_paid": 188,
                "write_off_amount": 80, "repurchase_amount": 0, "closing_balance": 685}  # fmt: skip
    assert {column: result[column] for column in expected} == expected
    assert 945 + 8 - 188 - 80 - 0 == 685


def test_loans_that_owe_something_are_counted(july: Month) -> None:
    result = july.row("pool.pool_balance")
    assert (result["opening_loan_count"], result["loan_count"]) == (23, 19)


def test_the_opening_balance_of_unreported_loans_is_shown(july: Month) -> None:
    assert july.row("pool.pool_balance")["unreported_balance"] == 90


def test_a_pool_that_owns_nothing_has_a_row_of_zeros(closing: Month) -> None:
    result = closing.row("pool.pool_balance")
    assert (result["opening_balance"], result["closing_balance"], result["loan_count"]) == (0, 0, 0)
    assert result["unreported_balance"] == 0
    assert closing.row("pool.collection")["collected_amount"] == 0


def test_collections_are_principal_interest_fees_and_recoveries(july: Month) -> None:
    result = july.row("pool.collection")
    del result["deal_id"], result["as_of_date"]
    assert result == {
        "scheduled_principal_paid": 33,
        "prepaid_principal_paid": 135,
        "overdue_principal_paid": 20,
        "principal_paid": 188,
        "interest_paid": 1,
        "fee_paid": Decimal("0.50"),
        "recovery_amount": 7,
        "repurchase_price_amount": 0,
        "collected_amount": Decimal("196.50"),
        "cumulative_interest_paid": 1,
        "cumulative_recovery_amount": 7,
    }


def test_defaults_add_up_from_month_to_month(july: Month) -> None:
    result = july.row("pool.default_rate")
    assert (result["new_default_count"], result["new_default_balance"]) == (3, 170)
    assert result["cumulative_default_count"] == 5
    assert result["cumulative_default_balance"] == 30 + 170


def test_the_default_rate_is_measured_on_both_denominators(july: Month) -> None:
    result = july.row("pool.default_rate")
    assert (result["initial_pool_balance"], result["cumulative_purchased_balance"]) == (3000, 1000)
    assert result["cumulative_default_rate"] == Decimal("0.050000")  # 200 / 4,000
    assert result["cumulative_default_rate_initial"] == Decimal("0.066667")  # 200 / 3,000


def test_at_the_closing_there_is_no_pool_to_test(closing: Month) -> None:
    assert closing.row("pool.default_rate")["cumulative_default_rate"] is None
    assert closing.rows("pool.trigger_test") == []
    assert closing.rows("pool.trigger_metric") == []
    assert closing.row("pool.phase")["phase_code"] == "closing"


def test_a_static_deal_measures_its_first_defaults_on_the_pool_that_it_took(
    static_first: Month,
) -> None:
    result = static_first.row("pool.default_rate")
    assert result["initial_pool_balance"] == Decimal("299.99")
    assert result["cumulative_default_rate"] == Decimal("0.166672")
    assert static_first.rows("pool.trigger_test") == []


def test_a_default_rate_at_the_threshold_keeps_the_deal_revolving(july: Month) -> None:
    result = july.row("pool.trigger_test")
    assert (result["metric_rate"], result["is_breached"]) == (result["threshold_rate"], False)
    assert (result["is_in_force"], result["is_acting"]) == (False, False)
    assert (result["breached_since_date"], result["acts_from_date"]) == (None, None)
    assert july.row("pool.phase")["phase_code"] == "revolving"


def test_a_default_rate_just_over_the_threshold_ends_revolving(july_over: Month) -> None:
    result = july_over.row("pool.trigger_test")
    assert (result["metric_rate"], result["is_breached"]) == (Decimal("0.050001"), True)
    assert (result["breached_since_number"], result["is_acting"]) == (1, True)
    assert result["breached_since_date"] == date(2017, 7, 31)
    assert result["acts_from_date"] == date(2017, 8, 10)
    phase = july_over.row("pool.phase")
    assert (phase["scheduled_phase_code"], phase["phase_code"]) == ("revolving", "allocation")
    assert phase["has_purchase"] is False


def test_revolving_that_has_ended_does_not_come_back(august: Month) -> None:
    result = august.row("pool.trigger_test")
    assert (result["is_breached"], result["is_in_force"], result["is_cured"]) == (
        False,
        True,
        False,
    )
    assert result["breached_since_number"] == 1
    phase = august.row("pool.phase")
    assert (phase["scheduled_phase_code"], phase["phase_code"]) == ("revolving", "allocation")
