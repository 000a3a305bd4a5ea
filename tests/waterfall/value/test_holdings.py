"""A part of a note that is held or bought."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waterfall.value.flow_building import AS_OF, flows, receipts
from waterfall.value.cash_flows import CashFlow, PricingError
from waterfall.value.holdings import Holding, buy_with_cash


def test_a_holder_receives_its_share_of_what_comes_after_the_purchase() -> None:
    paid = flows(
        ("2022-12-31", 10), ("2023-01-01", 20), ("2023-01-02", 30), ("2023-02-01", "40.01")
    )
    holding = Holding(AS_OF, Fraction(1, 4), 17_00)
    assert holding.select_flows(paid) == flows(
        ("2023-01-01", -17), ("2023-01-02", Decimal("7.5")), ("2023-02-01", 10)
    )


def test_accrued_interest_is_paid_on_top_of_the_cash() -> None:
    holding = buy_with_cash(AS_OF, 198_00, Decimal("0.99"), 1_000_00, 7_55)
    assert holding.share == Fraction(1, 5)
    assert holding.cost_fen == 198_00 + 1_51


def test_the_whole_note_can_be_bought_and_no_more() -> None:
    assert buy_with_cash(AS_OF, 990_00, Decimal("0.99"), 1_000_00, 0).share == 1
    for cash_fen in (990_01, 0, -1):
        with pytest.raises(PricingError, match=r"a note that costs 990\.00; expected above 0 and"):
            buy_with_cash(AS_OF, cash_fen, Decimal("0.99"), 1_000_00, 0)


@given(receipts(), st.integers(1, 1000))
def test_rounding_down_never_pays_the_holders_more_than_the_note(
    paid: list[CashFlow], holders: int
) -> None:
    holding = Holding(AS_OF, Fraction(1, holders), 0)
    received = holding.select_flows(paid, "down")[1:]
    for part, whole in zip(received, paid, strict=True):
        assert 0 <= whole.amount_fen - holders * part.amount_fen < holders
