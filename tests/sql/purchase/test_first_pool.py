"""A first pool that the terms state, worth more or less than what the notes raised."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.sql.conftest import STATIC, first_pool
from tests.sql.scenarios import STATIC_FIRST_LOANS
from tests.sql.small_month import Builder, Month
from waterfall.money import WaterfallError

STATED = {"drawn_over": (1100, 1000), "drawn_short": (800, 1000), "static_over": ("299.99", 250)}


@pytest.fixture(params=STATED)
def stated(request: pytest.FixtureRequest) -> tuple[Month, Decimal, Decimal]:
    """A month with the balance that its first pool should have and what the notes raised."""
    balance, raised = map(Decimal, STATED[request.param])
    return request.getfixturevalue(request.param), balance, raised


def test_the_proceeds_are_paid_in_proportion_to_the_pool_that_was_found(
    stated: tuple[Month, Decimal, Decimal],
) -> None:
    month, balance, raised = stated
    result = month.row("purchase.purchase")
    assert result["available_amount"] == raised
    assert balance - 45 < result["purchased_balance"] <= balance
    due = result["purchased_balance"] * raised / balance
    assert result["price_amount"] == due.quantize(Decimal("0.01"), "ROUND_DOWN")
    assert result["initial_pool_balance"] == result["purchased_balance"]


def test_each_loan_is_paid_for_in_proportion_to_within_a_fen(
    stated: tuple[Month, Decimal, Decimal],
) -> None:
    month, balance, raised = stated
    loans = month.rows("purchase.purchased_loan")
    assert len(loans) > 2
    for loan in loans:
        exact = loan["balance_amount"] * raised / balance
        assert abs(loan["price_amount"] - exact) < Decimal("0.01")
    assert (
        sum(loan["price_amount"] for loan in loans)
        == month.row("purchase.purchase")["price_amount"]
    )


def test_what_the_originator_is_not_paid_for_is_over_collateralisation(static_over: Month) -> None:
    account = static_over.row("waterfall.account_balance")
    assert static_over.row("purchase.purchase")["price_amount"] == 250
    assert account["inflow_amount"] - account["outflow_amount"] == account["closing_balance"]
    pool, notes, surplus = (
        static_over.row("report.tr_15_1", f"item_code = '{code}'")["current_value"]
        for code in ("pool", "notes", "assets_over_notes")
    )
    cash = account["closing_balance"]
    assert surplus == pool + cash - notes
    assert surplus > Decimal("49.99")


def test_a_whole_tape_of_another_balance_than_the_stated_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WaterfallError) as refused:
        Builder(tmp_path).build(
            STATIC, "2017-05", STATIC_FIRST_LOANS, edits=[first_pool("balance", "300.00")]
        )
    assert str(refused.value) == (
        "small_static 2017-05: the first pool is 299.99, expected 300.00 as "
        "structure.initial_pool_balance or initial_pool_ratio states; correct the terms, or close from the "
        "tape of that pool"
    )


def test_a_whole_tape_above_the_proceeds_is_refused_unless_the_terms_state_it(
    tmp_path: Path,
) -> None:
    edits = [("{ value = 250.00,", "{ value = 200.00,"), ("{ value = 300.00,", "{ value = 250.00,")]
    with pytest.raises(
        WaterfallError, match=r"first pool is 299\.99, expected at most the 250\.00"
    ):
        Builder(tmp_path).build(STATIC, "2017-05", STATIC_FIRST_LOANS, edits=edits)
