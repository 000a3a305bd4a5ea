"""Keyed chance: a draw is a pure function of (seed, purpose, key), never of the order of the draws.

So a book comes out the same to the byte on any machine, with any NumPy version and any number of
threads, and adding a month or a loan moves no other draw.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

QUANTILE_POINTS = 2001


def uniform(seed: int, purpose: str, keys: Integers) -> Numbers:
    """Draw one number in [0, 1) per key, by SplitMix64 (Steele, Lea and Flood 2014).

    Two purposes give independent draws for the same keys.
    """
    digest = hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=8).digest()
    bits = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits += np.uint64(int.from_bytes(digest, "little"))
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def choose(chance: Numbers, weights: Sequence[float]) -> Integers:
    """Turn uniform draws into indexes 0..len(weights)-1, in proportion to `weights`."""
    bounds = np.cumsum(weights) / math.fsum(weights)
    return np.searchsorted(bounds[:-1], chance, side="right")


def lognormal(chance: Numbers, median: float | Numbers, sigma: float) -> Numbers:
    """Turn uniform draws into a lognormal of that median, cut at 3.5 standard deviations."""
    normal = normal_quantiles()
    shape = np.array([math.exp(sigma * z) for z in normal])
    return median * np.interp(chance, quantile_shares(), shape)


def quantile_shares() -> Numbers:
    """Give the shares in (0, 1) at which `normal_quantiles` is tabulated."""
    return (np.arange(QUANTILE_POINTS) + 0.5) / QUANTILE_POINTS


@cache
def normal_quantiles() -> tuple[float, ...]:
    """Tabulate the standard normal quantiles; a table, so that no vector library rounds them."""
    return tuple(NormalDist().inv_cdf(float(share)) for share in quantile_shares())
