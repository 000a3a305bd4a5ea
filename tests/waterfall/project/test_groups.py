import re
from decimal import Decimal

import polars as pl
import pytest

from tests.waterfall.project.small_pool import LEVEL_YEAR, loan_frame, repayment
from waterfall.money import WaterfallError
from waterfall.project.groups import PoolGroup, group_loans


def test_loans_that_repay_alike_are_one_group_of_their_balances_to_the_fen():
    loans = loan_frame(
        {"balance": Decimal("0.01")},
        {"balance": Decimal("9999999999999.99")},
        {"remaining_months": 11},
        {"annual_rate": Decimal("0.120001")},
        {"repayment_method_code": "bullet"},
    )

    assert set(group_loans(loans)) == {
        PoolGroup("performing", LEVEL_YEAR, 10**15, 2),
        PoolGroup("performing", repayment("0.12", 11), 10000, 1),
        PoolGroup("performing", repayment("0.120001", 12), 10000, 1),
        PoolGroup("performing", repayment("0.12", 12, "bullet"), 10000, 1),
    }


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("current", "performing"),
        ("overdue", "overdue"),
        ("overdue_1_30", "overdue"),
        ("overdue_31_60", "overdue"),
        ("overdue_61_90", "overdue"),
        ("overdue_over_90", "defaulted"),
        ("defaulted", "defaulted"),
        ("written_off", "defaulted"),
    ],
)
def test_a_status_says_whether_a_loan_performs(status, standing):
    (group,) = group_loans(loan_frame({"status_code": status}))

    assert group.standing == standing
    assert (group.repayment is None) == (standing == "defaulted")


def test_a_loan_without_a_month_remaining_owes_all_of_it_now():
    loans = loan_frame(
        {"remaining_months": 0},
        {"remaining_months": 0, "status_code": "overdue_1_30"},
        {"remaining_months": 0, "status_code": "defaulted"},
    )

    assert set(group_loans(loans)) == {
        PoolGroup("matured", None, 20000, 2),
        PoolGroup("defaulted", None, 10000, 1),
    }


def test_a_loan_that_owes_nothing_is_in_no_group_whatever_is_unknown_of_it():
    settled = {"balance": Decimal(0), "annual_rate": None, "status_code": "settled"}

    assert group_loans(loan_frame(settled)) == ()


def test_a_defaulted_loan_needs_neither_rate_nor_months_nor_method():
    unknown = {"annual_rate": None, "remaining_months": None, "repayment_method_code": None}

    assert group_loans(loan_frame({"status_code": "defaulted"} | unknown)) == (
        PoolGroup("defaulted", None, 10000, 1),
    )


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("balance", Decimal("-0.01"), "-0.01"),
        ("balance", None, "missing"),
        ("status_code", "unknown", "unknown"),
        ("status_code", "settled", "settled"),
        ("status_code", None, "missing"),
        ("annual_rate", None, "missing"),
        ("annual_rate", Decimal("-0.000001"), "-0.000001"),
        ("annual_rate", Decimal("1.000001"), "1.000001"),
        ("remaining_months", None, "missing"),
        ("remaining_months", -1, "-1"),
        ("remaining_months", 601, "601"),
        ("repayment_method_code", None, "missing"),
        ("repayment_method_code", "annuity", "annuity"),
    ],
)
def test_a_loan_that_cannot_be_projected_is_refused_by_name(column, value, shown):
    loans = loan_frame({}, {column: value}, {column: value, "status_code": "overdue"})
    count = 1 if column == "status_code" else 2

    message = f"loan L2: {column} is {shown}; expected .*({count} such loans)"
    with pytest.raises(WaterfallError, match=message.replace("(", r"\(").replace(")", r"\)")):
        group_loans(loans)


@pytest.mark.parametrize("column", ["balance", "annual_rate"])
def test_money_or_a_rate_that_is_a_float_is_refused(column):
    loans = loan_frame({}).with_columns(pl.col(column).cast(pl.Float64))

    with pytest.raises(WaterfallError, match=f"column {column} of the loans is Float64"):
        group_loans(loans)


def test_a_frame_without_a_column_is_refused():
    with pytest.raises(WaterfallError, match=re.escape("the loans have no column status_code")):
        group_loans(loan_frame({}).drop("status_code"))
