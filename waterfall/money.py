"""Exact money: int64 fen arrays of shape (scenarios,), with no float on the way."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache, reduce
from math import gcd
from operator import or_
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from deals.terms.money import fen, yuan
from deals.terms.payments import Rounding
from deals.terms.rates import Rate

Fen = NDArray[np.int64]
"""Amounts in fen (1/100 of the currency unit), shape (scenarios,)."""

Integers = NDArray[np.int64]
"""Whole numbers of any shape."""

ONE = 10**15
"""The whole as a share: shares are int64 in 1e-15, from 0 to ONE."""
LARGEST_AMOUNT = 9 * 10**15
"""Fen that `take_share` can multiply: 90 trillion yuan."""
LARGEST_FEN = int(np.iinfo(np.int64).max)
SMALLEST_PIECE = 8
"""In bits: with smaller pieces long division is slower than Python's own integers."""


class WaterfallError(Exception):
    """A settlement that cannot be made, in one line: deal, date, step, value, what to do."""


def zero_fen(scenarios: int) -> Fen:
    """Nothing, for each scenario."""
    return np.zeros(scenarios, dtype=np.int64)


def fens(amount: Decimal) -> Fen:
    """An amount of the currency unit in fen, of one scenario."""
    return np.array([fen(amount)], dtype=np.int64)


def fen_of(value: ArrayLike, scenarios: int, name: str = "the amount") -> Fen:
    """The value as int64 fen of shape (scenarios,); one number serves every scenario.

    Raises WaterfallError naming the value when it is not made of integers (a float is refused, not
    rounded) or when it is for another number of scenarios.
    """
    amounts = np.asarray(value)
    if amounts.dtype == np.int64 and amounts.shape == (scenarios,):
        return amounts
    if amounts.dtype.kind != "i":
        raise WaterfallError(f"{name} has type {amounts.dtype}; expected whole fen as int64")
    if amounts.shape not in ((), (1,), (scenarios,)):
        raise WaterfallError(f"{name} has shape {amounts.shape}; expected ({scenarios},)")
    return np.broadcast_to(amounts.astype(np.int64, copy=False), (scenarios,))


def is_any_negative(amounts: Iterable[Fen]) -> bool:
    """Whether one of many arrays has an amount below zero: x | y is below zero where x or y is."""
    return bool((reduce(or_, amounts) < 0).any())


def refuse_negative(amounts: Fen, name: str) -> None:
    """Raise WaterfallError naming the amount and the scenario when any is below zero."""
    if (amounts < 0).any():
        worst = int(np.argmin(amounts))
        raise WaterfallError(
            f"{name} is {format_fen(amounts[worst])} in scenario {worst}; expected zero or more"
        )


def multiply(
    amounts: Fen,
    rate: Rate,
    year_fraction: tuple[int, int] = (1, 1),
    rounding: Rounding = "half_up",
) -> Fen:
    """amounts x rate x year fraction, rounded once to the fen; none of them is negative."""
    factor, divisor = _reduce(rate, year_fraction)
    product = _largest(amounts) * factor
    if product == 0:
        return np.zeros_like(amounts)
    if (largest := product // divisor) >= LARGEST_FEN:
        raise WaterfallError(
            f"{largest} fen is more than int64 holds; check the balance and the rate"
        )
    return _scale(amounts, factor, divisor, is_half_up=rounding == "half_up")


@lru_cache(maxsize=1 << 12)
def _reduce(rate: Rate, year_fraction: tuple[int, int]) -> tuple[int, int]:
    """rate x year fraction as one fraction in lowest terms; a deal has few, month after month."""
    numerator, denominator = rate.as_integer_ratio()
    factor, divisor = numerator * year_fraction[0], denominator * year_fraction[1]
    common = gcd(factor, divisor)
    return factor // common, divisor // common


def split_pro_rata(available: Fen, dues: Sequence[Fen]) -> list[Fen]:
    """Split what is available over the dues in proportion, whole fen, never above a due.

    The parts sum to the smaller of the two totals: what rounding down leaves over goes to the
    largest remainders, the earlier due first among equals.
    """
    totals = sum(dues[1:], dues[0])
    if (available >= totals).all():
        return list(dues)
    claims, cash = np.stack(dues), np.minimum(available, totals)
    parts, remainders = divide_exactly(claims, cash, np.maximum(totals, 1))
    left_over = cash - parts.sum(axis=0)
    for place, remainder in enumerate(remainders):
        rank = (remainders[:place] >= remainder).sum(axis=0)
        rank += (remainders[place + 1 :] > remainder).sum(axis=0)
        parts[place] += rank < left_over
    return list(parts.astype(np.int64, copy=False))


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


def _scale(amounts: Fen, factor: int, divisors: Fen | int, is_half_up: bool) -> Fen:
    """amounts x factor / divisors, rounded once to a result that int64 holds."""
    quotients, remainders = divide_exactly(amounts, factor, divisors)
    if is_half_up:
        quotients = quotients + (remainders >= divisors - remainders)
    return quotients.astype(np.int64, copy=False)


def divide_exactly(
    amounts: NDArray[Any], factors: NDArray[Any] | int, divisors: NDArray[Any] | int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Quotient and remainder of amounts x factors / divisors, exact though the product leaves int64.

    Long division: the factors are taken in pieces of so many bits that a piece x amount and a
    remainder moved up by one piece stay in 62 bits. Where pieces would be too small, of rates with
    very many decimals or integers beyond int64, Python's unbounded integers do it.
    """
    amount, factor, divisor = _largest(amounts), _largest(factors), _largest(divisors)
    bits = 62 - max(amount, divisor).bit_length()
    if amounts.dtype == object or bits < SMALLEST_PIECE:
        products = amounts.astype(object) * factors
        return products // divisors, products % divisors
    if max(amount * factor, factor, divisor) <= LARGEST_FEN:
        return np.divmod(amounts * factors, divisors)
    quotients = remainders = np.zeros_like(amounts)
    for place in reversed(range(-(-factor.bit_length() // bits))):
        piece = (factors >> place * bits) & ((1 << bits) - 1)
        parts, remainders = np.divmod((remainders << bits) + amounts * piece, divisors)
        quotients = (quotients << bits) + parts
    return quotients, remainders


def _largest(amounts: Fen | int) -> int:
    return (
        amounts
        if isinstance(amounts, int)
        else int(np.maximum.reduce(amounts, axis=None, initial=0))
    )


def format_fen(amount: int | np.int64) -> str:
    """1234567 -> "12,345.67": fen as currency units, for messages."""
    return f"{yuan(amount):,.2f}"
