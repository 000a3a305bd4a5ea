"""Shares of money to 15 decimals, multiplied exactly in int64."""

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

ONE = 10**15
"""The whole as a share: shares are int64 in 1e-15, from 0 to ONE."""

LARGEST_AMOUNT = 9 * 10**15
"""Fen that `take_share` can multiply: 90 trillion yuan."""


def take_share(amounts: Integers, shares: Integers) -> Integers:
    """amounts x shares / ONE in whole fen, each product rounded once, half up; shapes broadcast.

    Amounts are from 0 to LARGEST_AMOUNT. With amount = a1 x 10^6 + a0 and share = s1 x 10^9 + s0
    no product leaves int64; the parts below one fen are summed before they are rounded.
    """
    if not shares.any():
        return np.zeros(np.broadcast_shapes(amounts.shape, shares.shape), dtype=np.int64)
    a1 = amounts // 10**6
    a0 = amounts - a1 * 10**6
    s1 = shares // 10**9
    s0 = shares - s1 * 10**9
    high, low = a1 * s0, a0 * s1
    high_fen, low_fen = high // 10**9, low // 10**6
    rest = (high - high_fen * 10**9) * 10**6 + (low - low_fen * 10**6) * 10**9 + a0 * s0
    return a1 * s1 + high_fen + low_fen + (rest + ONE // 2) // ONE


def divide_half_up(numerator: int, denominator: int) -> int:
    """The quotient of unbounded integers, neither negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)
