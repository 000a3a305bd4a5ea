"""How each loan that the deal owns moves through the month."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sql.small_month import Month, Row

CASES: dict[str, dict[str, Any]] = {
    "normal": {"opening_balance": 100, "scheduled_principal_paid": 10, "closing_balance": 90,
               "interest_paid": 1, "fee_paid": Decimal("0.50"), "status_code": "current"},
    "prepaid": {"prepaid_principal_paid": 100, "closing_balance": 0, "status_code": "settled"},
    "catching up": {"overdue_principal_paid": 20, "closing_balance": 80},
    "late 1": {"status_code": "overdue_1_30"},
    "late 30": {"status_code": "overdue_1_30"},
    "late 31": {"status_code": "overdue_31_60"},
    "late 60": {"status_code": "overdue_31_60"},
    "late 61": {"status_code": "overdue_61_90"},
    "late 90": {"status_code": "overdue_61_90", "is_defaulted": False, "default_balance": 0},
    "late 91": {"status_code": "overdue_over_90", "is_new_default": True, "default_balance": 50},
    "written off": {"write_off_amount": 60, "closing_balance": 0, "status_code": "written_off",
                    "is_written_off": True, "is_new_default": True, "default_balance": 60},
    # What is still owed keeps its place among the overdue loans; the default is of all of it.
    "written off in part": {"write_off_amount": 20, "closing_balance": 40,
                            "status_code": "overdue_over_90", "is_written_off": True,
                            "default_balance": 60},
    "adjusted": {"adjustment_amount": 5, "scheduled_principal_paid": 10, "closing_balance": 95},
    # The tape says -5: the pool holds nothing of it.
    "overpaid": {"adjustment_amount": 5, "prepaid_principal_paid": 15, "closing_balance": 0,
                 "status_code": "settled"},
    "absent": {"is_unreported": True, "closing_balance": 30, "write_off_amount": 0,
               "status_code": "unknown", "is_defaulted": False, "days_past_due": None},
    "quarantined": {"is_unreported": True, "closing_balance": 30, "status_code": "unknown"},
    "twice": {"is_unreported": False, "closing_balance": 27, "scheduled_principal_paid": 3},
    "clashing": {"is_unreported": True, "closing_balance": 30, "scheduled_principal_paid": 0},
    # Ours was 100, the tape opens with 98.
    "corrected": {"opening_balance": 100, "adjustment_amount": -2, "closing_balance": 88},
    "recovering": {"opening_balance": 0, "recovery_amount": 7, "closing_balance": 0,
                   "status_code": "written_off", "is_new_default": False},
    "lost": {"is_unreported": False, "closing_balance": 0, "status_code": "written_off",
             "is_new_default": False},
    "defaulted before": {"is_defaulted": True, "is_new_default": False, "default_balance": 0,
                         "status_code": "overdue_over_90"},
    "cured": {"is_defaulted": True, "is_new_default": False, "status_code": "current"},
    "paid off late": {"closing_balance": 0, "status_code": "settled", "is_defaulted": False},
    "of unknown days": {"closing_balance": 15, "status_code": "unknown", "is_unreported": False,
                        "is_defaulted": False},
}  # fmt: skip


def loan(month: Month, loan_id: str) -> Row:
    return month.row("pool.loan_month", f"loan_id = '{loan_id}'")


@pytest.mark.parametrize("loan_id", CASES)
def test_a_loan_moves_as_its_tape_row_and_our_books_say(july: Month, loan_id: str) -> None:
    result = loan(july, loan_id)
    expected = CASES[loan_id]
    assert {column: result[column] for column in expected} == expected


def test_every_owned_loan_and_no_other_has_its_month(july: Month) -> None:
    assert {row["loan_id"] for row in july.rows("pool.loan_month")} == set(CASES)


@pytest.mark.parametrize("loan_id", ["quarantined", "clashing"])
def test_a_loan_whose_row_was_set_aside_is_held_whatever_the_terms_say_of_absent_loans(
    july_over: Month, loan_id: str
) -> None:
    result = loan(july_over, loan_id)
    assert (result["write_off_amount"], result["closing_balance"]) == (0, 30)
    assert (result["is_unreported"], result["is_new_default"]) == (True, False)


def test_a_loan_missing_from_the_tape_is_lost_where_the_terms_say_so(july_over: Month) -> None:
    result = loan(july_over, "absent")
    expected = {"is_unreported": True, "write_off_amount": 30, "closing_balance": 0,
                "status_code": "written_off", "is_new_default": True, "default_balance": 30}  # fmt: skip
    assert {column: result[column] for column in expected} == expected


def test_a_loan_that_was_lost_twice_over_is_not_written_off_again(july_over: Month) -> None:
    result = loan(july_over, "lost")
    assert (result["write_off_amount"], result["is_new_default"]) == (0, False)


def test_a_default_of_last_month_is_not_new_this_month(august: Month) -> None:
    result = loan(august, "late 91")
    assert (result["days_past_due"], result["is_defaulted"]) == (122, True)
    assert (result["is_new_default"], result["default_balance"]) == (False, 0)


def test_a_loan_written_off_last_month_still_recovers(august: Month) -> None:
    result = loan(august, "written off")
    assert (result["opening_balance"], result["recovery_amount"]) == (0, 2)
    assert result["status_code"] == "written_off"


def test_a_loan_written_off_as_lost_that_is_reported_again_owes_what_the_tape_says(
    august: Month,
) -> None:
    result = loan(august, "absent")
    expected = {"opening_balance": 0, "adjustment_amount": 30, "scheduled_principal_paid": 5,
                "closing_balance": 25, "status_code": "current", "is_new_default": False}  # fmt: skip
    assert {column: result[column] for column in expected} == expected


def test_a_loan_paid_off_has_left_even_if_the_tape_still_lists_it(august: Month) -> None:
    assert august.rows("pool.loan_month", "loan_id = 'prepaid'") == []


def test_a_loan_is_in_default_one_day_over_the_deals_own_limit(
    static_first: Month, static_second: Month
) -> None:
    assert [loan(static_first, name)["is_defaulted"] for name in "cd"] == [False, True]
    assert [loan(static_second, name)["is_new_default"] for name in "cd"] == [True, False]


def test_a_static_deal_owns_every_loan_that_owed_something_in_its_first_tape(
    static_first: Month,
) -> None:
    assert [row["loan_id"] for row in static_first.rows("pool.owned_loan")] == ["a", "b", "c", "d"]


def test_nothing_is_owned_before_the_first_draw(closing: Month) -> None:
    assert closing.rows("pool.loan_month") == []
