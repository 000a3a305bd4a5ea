from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waterfall.small_deal import fen
from waterfall.money import (
    WaterfallError,
    fen_of,
    multiply,
    split_pro_rata,
)

BALANCE = st.integers(0, 10**13)
RATE = st.decimals(0, 1, places=6)


@given(st.lists(BALANCE, min_size=1, max_size=5), RATE, st.integers(0, 366))
def test_an_accrual_is_the_exact_product_rounded_half_up(balances, rate, days):
    result = multiply(fen(*balances), rate, (days, 365))

    exact = [balance * Fraction(rate) * Fraction(days, 365) for balance in balances]
    assert result.tolist() == [(amount + Fraction(1, 2)).__floor__() for amount in exact]


@given(st.lists(BALANCE, min_size=1, max_size=5), RATE, st.integers(0, 366))
def test_an_accrual_that_is_rounded_down_drops_every_part_of_a_fen(balances, rate, days):
    result = multiply(fen(*balances), rate, (days, 360), "down")

    assert result.tolist() == [
        (balance * Fraction(rate) * Fraction(days, 360)).__floor__() for balance in balances
    ]


@given(
    st.lists(st.integers(0, 10**15), min_size=1, max_size=3),
    st.fractions(0, 1, max_denominator=10**14),
)
def test_a_product_that_leaves_int64_is_divided_exactly(amounts, share):
    """A year by ACT/ACT in a leap year has the denominator 365 x 366, a rate a million more."""
    result = multiply(fen(*amounts), share)

    assert result.tolist() == [(amount * share + Fraction(1, 2)).__floor__() for amount in amounts]


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=4), st.integers(0, 10**16))
def test_parts_are_within_a_fen_of_their_exact_share_and_sum_to_what_there_is(dues, cash):
    parts = [int(part[0]) for part in split_pro_rata(fen(cash), [fen(due) for due in dues])]

    assert sum(parts) == min(cash, sum(dues))
    for part, due in zip(parts, dues, strict=True):
        assert 0 <= part <= due
        assert abs(part - Fraction(due * min(cash, sum(dues)), sum(dues) or 1)) < 1


@pytest.mark.parametrize(
    ("cash", "expected"),
    [
        (0, [0, 0, 0]),
        (1, [1, 0, 0]),
        (2, [1, 1, 0]),
        (4, [2, 1, 1]),
        (9, [3, 3, 3]),
        (10, [3, 3, 3]),
    ],
)
def test_of_equal_remainders_the_earlier_due_gets_the_fen(cash, expected):
    parts = split_pro_rata(fen(cash), [fen(3)] * 3)

    assert [int(part[0]) for part in parts] == expected


def test_each_scenario_is_split_by_its_own_remainders():
    parts = split_pro_rata(fen(7, 7, 0), [fen(30, 20, 5), fen(20, 30, 5)])

    assert [part.tolist() for part in parts] == [[4, 3, 0], [3, 4, 0]]


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
