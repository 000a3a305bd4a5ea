"""Exact ratios of whole numbers, by scenario: compared as fractions, rounded only to be stated.

A ratio is numerators over denominators, arrays of shape (scenarios,), none below zero. Nothing over
nothing is zero; something over nothing is the largest ratio, which no threshold reaches.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waterfall.money import divide_exactly

Ratio = tuple[NDArray[Any], NDArray[Any]]
Millionths = NDArray[np.int64]

LARGEST_RATIO = 10**6
LARGEST_RATE = LARGEST_RATIO * 10**6
"""In millionths."""


def bound(ratio: Ratio) -> Ratio:
    """The same ratio with a denominator above zero, and at most the largest."""
    numerators, denominators = ratio
    divisors = np.maximum(denominators, 1)
    is_largest = (denominators == 0) & (numerators > 0) | (numerators // divisors >= LARGEST_RATIO)
    return (
        np.where(is_largest, LARGEST_RATIO, np.where(denominators == 0, 0, numerators)),
        np.where(is_largest, 1, divisors),
    )


def average(ratios: Sequence[Ratio]) -> Ratio:
    """The arithmetic mean of ratios, unbounded integers where there are several; the largest if one is."""
    if len(ratios) == 1:
        return ratios[0]
    bounded = [bound(ratio) for ratio in ratios]
    is_largest = reduce(np.logical_or, (top // low >= LARGEST_RATIO for top, low in bounded))
    numerators, denominators = bounded[0][0].astype(object), bounded[0][1].astype(object)
    for top, low in bounded[1:]:
        numerators = numerators * low + top * denominators
        denominators = denominators * low
    return (
        np.where(is_largest, LARGEST_RATIO, numerators),
        np.where(is_largest, 1, denominators * len(ratios)),
    )


def add_up(ratios: Sequence[Ratio]) -> Ratio:
    """The sum of the numerators over the denominator of the last, which is the earliest period's."""
    return reduce(np.add, (numerators for numerators, _ in ratios)), ratios[-1][1]


def in_millionths(ratio: Ratio) -> Millionths:
    """The ratio to 6 decimals, half up: to be stated, not to be compared."""
    quotients, remainders, divisors = _divide(ratio)
    return (quotients + (remainders >= divisors - remainders)).astype(np.int64)


def compare(ratio: Ratio, millionths: int) -> NDArray[np.int64]:
    """1 where the ratio is over the number of millionths, 0 where it is at it, -1 where it is under."""
    quotients, remainders, _ = _divide(ratio)
    is_over = (quotients > millionths) | ((quotients == millionths) & (remainders > 0))
    return is_over.astype(np.int64) - (quotients < millionths).astype(np.int64)


def _divide(ratio: Ratio) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Whole millionths, what is left of the numerators, and the denominators."""
    numerators, denominators = bound(ratio)
    return (*divide_exactly(numerators, 10**6, denominators), denominators)
