from decimal import Decimal

import pytest
from hypothesis import given, settings

from tests.waterfall.project.small_pool import CUT_OFF, GROUPS, loan_frame, performing
from waterfall.project.expected import expect_cash_flows
from waterfall.project.groups import PoolGroup, group_loans


def test_the_table_of_a_level_year_at_12_percent_is_the_annuity():
    table = expect_cash_flows([performing(1_000_000_00)], CUT_OFF)

    assert len(table) == 12
    first, last = table[0], table[-1]
    # 1,000,000.00 x 0.01 / (1.01^12 - 1) = 78,848.79; the payment is 88,848.79 each month.
    assert (first.opening_balance, first.principal_due, first.interest_due) == (
        100000000,
        7884879,
        1000000,
    )
    assert first.collection_end_date.isoformat() == "2017-07-31"
    assert last.collection_end_date.isoformat() == "2018-06-30"
    for row in table:
        assert row.principal_due + row.interest_due == pytest.approx(8884879, abs=1)


@settings(deadline=None)
@given(GROUPS)
def test_opening_less_principal_is_closing_and_the_principal_sums_to_the_pool(groups):
    table = expect_cash_flows(groups, CUT_OFF)

    closing = sum(group.balance_fen for group in groups if group.standing != "defaulted")
    assert sum(row.principal_due for row in table) == closing
    for row in table:
        assert row.opening_balance == closing
        closing = row.closing_balance
        assert row.opening_balance - row.principal_due == closing
    assert closing == 0


def test_overdue_loans_are_expected_to_pay_at_once_and_defaulted_ones_are_not_in_the_table():
    loans = loan_frame(
        {"annual_rate": Decimal(0), "remaining_months": 2},
        {"annual_rate": Decimal(0), "remaining_months": 2, "status_code": "overdue_1_30"},
        {"remaining_months": 0, "status_code": "overdue_1_30"},
        {"status_code": "overdue_over_90"},
    )

    table = expect_cash_flows(group_loans(loans), CUT_OFF)

    assert [row.principal_due for row in table] == [20000, 10000]
    assert [row.opening_balance for row in table] == [30000, 10000]


def test_a_pool_of_which_nothing_is_expected_has_an_empty_table():
    assert expect_cash_flows([PoolGroup("defaulted", None, 100_00)], CUT_OFF) == ()
