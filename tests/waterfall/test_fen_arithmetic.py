from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waterfall.small_deal import fen
from waterfall.money import WaterfallError, fen_of, multiply

BALANCE = st.integers(0, 10**13)
RATE = st.decimals(0, 1, places=6)


@given(st.lists(BALANCE, min_size=1, max_size=5), RATE, st.integers(0, 366))
def test_an_accrual_is_the_exact_product_rounded_half_up(balances, rate, days):
    result = multiply(fen(*balances), rate, (days, 365))

    exact = [balance * Fraction(rate) * Fraction(days, 365) for balance in balances]
    assert result.tolist() == [(amount + Fraction(1, 2)).__floor__() for amount in exact]


@given(BALANCE, st.decimals(0, 1, places=18))
def test_a_rate_of_many_decimals_is_as_exact_as_any_other(balance, rate):
    result = multiply(fen(balance), rate)

    assert result[0] == (balance * Fraction(rate) + Fraction(1, 2)).__floor__()


def test_half_a_fen_is_rounded_up_and_a_little_less_is_rounded_down():
    assert multiply(fen(1), Decimal("0.5")).tolist() == [1]
    assert multiply(fen(1), Decimal("0.499999")).tolist() == [0]


def test_the_largest_balance_for_a_leap_year_stays_exact():
    result = multiply(fen(10**13), Decimal("0.239999"), (366, 365))

    assert result.tolist() == [2406565315068]  # 10^13 x 0.239999 x 366 / 365 = …068.49


def test_an_amount_beyond_int64_is_refused_and_not_wrapped():
    with pytest.raises(WaterfallError, match="more than int64 holds"):
        multiply(fen(9 * 10**18), Decimal(3))


def test_one_number_serves_every_scenario():
    assert fen_of(5, 3).tolist() == [5, 5, 5]
    assert fen_of(fen(5), 3).tolist() == [5, 5, 5]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.array([1.0]), "the price has type float64; expected whole fen"),
        (Decimal("1.00"), "the price has type object; expected whole fen"),
        (np.array([1, 2]), r"the price has shape \(2,\); expected \(3,\)"),
    ],
)
def test_what_is_not_whole_fen_for_each_scenario_is_refused(value, message):
    with pytest.raises(WaterfallError, match=message):
        fen_of(value, 3, "the price")
