from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.waterfall.small_deal import fen
from waterfall.money import LARGEST_AMOUNT, ONE, take_share

AMOUNT = st.integers(0, LARGEST_AMOUNT)


@settings(deadline=None)
@given(st.lists(AMOUNT, min_size=1, max_size=5), st.integers(0, ONE))
def test_a_share_is_the_exact_product_rounded_half_up(amounts, share):
    result = take_share(fen(*amounts), fen(share))

    exact = [amount * Fraction(share, ONE) for amount in amounts]
    assert result.tolist() == [(amount + Fraction(1, 2)).__floor__() for amount in exact]


def test_the_largest_amount_is_taken_whole_and_not_wrapped():
    assert take_share(fen(LARGEST_AMOUNT), fen(ONE)).tolist() == [LARGEST_AMOUNT]
    assert take_share(fen(LARGEST_AMOUNT), fen(ONE - 1)).tolist() == [LARGEST_AMOUNT - 9]


def test_half_a_fen_is_rounded_up_and_a_little_less_is_rounded_down():
    assert take_share(fen(1), fen(ONE // 2)).tolist() == [1]
    assert take_share(fen(1), fen(ONE // 2 - 1)).tolist() == [0]


def test_a_share_for_each_lot_meets_an_amount_for_each_scenario():
    amounts = np.array([[100, 200], [300, 400]], dtype=np.int64)
    shares = np.array([[ONE // 2], [ONE // 4]], dtype=np.int64)

    assert take_share(amounts, shares).tolist() == [[50, 100], [75, 100]]
