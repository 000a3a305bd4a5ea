"""Ratios are compared as exact fractions and rounded only to be stated."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waterfall.small_deal import fen
from waterfall.ratios import LARGEST_RATE, LARGEST_RATIO, average, compare, in_millionths

AMOUNT = st.integers(0, 10**17)
RATIOS = st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=4)


def exact(top: int, low: int) -> Fraction:
    """The ratio as the module's words have it."""
    if not low:
        return Fraction(LARGEST_RATIO if top else 0)
    return min(Fraction(top, low), Fraction(LARGEST_RATIO))


def place(ratio: Fraction, millionths: int) -> int:
    gap = ratio - Fraction(millionths, 10**6)
    return (gap > 0) - (gap < 0)


@given(RATIOS, st.integers(0, 10**8))
def test_a_ratio_is_compared_as_the_exact_fraction_and_stated_half_up(ratios, threshold):
    fractions = [exact(top, low) for top, low in ratios]
    tops, lows = zip(*ratios, strict=True)
    ratio = fen(*tops), fen(*lows)

    assert compare(ratio, threshold).tolist() == [place(one, threshold) for one in fractions]
    assert in_millionths(ratio).tolist() == [
        min((one * 10**6 + Fraction(1, 2)).__floor__(), LARGEST_RATE) for one in fractions
    ]


@given(st.lists(st.tuples(AMOUNT, AMOUNT), min_size=2, max_size=12), st.integers(0, 10**8))
def test_a_mean_is_rounded_once_and_not_in_its_parts(ratios, threshold):
    fractions = [exact(top, low) for top, low in ratios]
    mean = sum(fractions, Fraction(0)) / len(fractions)
    if LARGEST_RATIO in fractions:
        mean = Fraction(LARGEST_RATIO)
    averaged = average([(fen(top), fen(low)) for top, low in ratios])

    assert compare(averaged, threshold).tolist() == [place(mean, threshold)]
    assert in_millionths(averaged).tolist() == [(mean * 10**6 + Fraction(1, 2)).__floor__()]


@pytest.mark.parametrize(
    ("top", "low", "expected"),
    [
        (30_000_499, 10**9, 1),  # 3.0000499 %
        (30_000_000, 10**9, 0),
        (29_999_999, 10**9, -1),
        (3 * 10**16 + 1, 10**18, 1),
        (3 * 10**16, 10**18, 0),
        (3 * 10**16 - 1, 10**18, -1),
    ],
)
def test_a_fen_over_three_per_cent_is_over_it(top, low, expected):
    assert compare((fen(top), fen(low)), 30_000).tolist() == [expected]
    assert in_millionths((fen(top), fen(low))).tolist() == [30_000]


def test_the_smallest_excess_that_there_can_be_is_over():
    # 1,000,000 thirds are 333,333 and one third more.
    assert compare((fen(1), fen(3)), 333_333).tolist() == [1]


def test_a_third_three_times_is_exactly_one_third_on_average():
    thirds = [(fen(1), fen(3)), (fen(2), fen(6)), (fen(0), fen(7)), (fen(2), fen(3))]
    averaged = average(thirds)

    assert Fraction(int(averaged[0][0]), int(averaged[1][0])) == Fraction(1, 3)
    assert compare(averaged, 333_333).tolist() == [1]
    assert compare(averaged, 333_334).tolist() == [-1]


def test_something_of_nothing_is_the_largest_ratio_and_nothing_of_nothing_is_none():
    assert in_millionths((fen(0, 1), fen(0, 0))).tolist() == [0, LARGEST_RATE]
    assert compare((fen(0, 1), fen(0, 0)), 0).tolist() == [0, 1]
