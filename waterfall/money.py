"""Exact money: int64 fen arrays of shape (scenarios,), with no float on the way."""

from decimal import Decimal
from math import gcd

import numpy as np
from numpy.typing import ArrayLike, NDArray

Fen = NDArray[np.int64]
"""Amounts in fen (1/100 of the currency unit), shape (scenarios,)."""

LARGEST_FEN = int(np.iinfo(np.int64).max)


class WaterfallError(Exception):
    """A settlement that cannot be made, in one line: deal, date, step, value, what to do."""


def zero_fen(scenarios: int) -> Fen:
    """Nothing, for each scenario."""
    return np.zeros(scenarios, dtype=np.int64)


def fen_of(value: ArrayLike, scenarios: int, name: str = "the amount") -> Fen:
    """The value as int64 fen of shape (scenarios,); one number serves every scenario.

    Raises WaterfallError naming the value when it is not made of integers (a float is refused, not
    rounded) or when it is for another number of scenarios.
    """
    amounts = np.asarray(value)
    if amounts.dtype.kind != "i":
        raise WaterfallError(f"{name} has type {amounts.dtype}; expected whole fen as int64")
    if amounts.shape not in ((), (1,), (scenarios,)):
        raise WaterfallError(f"{name} has shape {amounts.shape}; expected ({scenarios},)")
    return np.broadcast_to(amounts.astype(np.int64, copy=False), (scenarios,))


def refuse_negative(amounts: Fen, name: str) -> None:
    """Raise WaterfallError naming the amount and the scenario when any is below zero."""
    if (amounts < 0).any():
        worst = int(np.argmin(amounts))
        raise WaterfallError(
            f"{name} is {format_fen(amounts[worst])} in scenario {worst}; expected zero or more"
        )


def multiply(amounts: Fen, rate: Decimal, year_fraction: tuple[int, int] = (1, 1)) -> Fen:
    """amounts x rate x year fraction, rounded once to the fen, half up; amounts are not negative.

    With rate x fraction = p/q in lowest terms and amount = whole*q + rest, the product is
    whole*p + rest*p/q: neither part leaves int64 for balances to 1e13 fen, rates to 6 decimals and
    years of 365 days. Rates with more decimals than that take Python's unbounded integers.
    """
    numerator, denominator = rate.as_integer_ratio()
    p, q = numerator * year_fraction[0], denominator * year_fraction[1]
    divisor = gcd(p, q)
    p, q = p // divisor, q // divisor
    largest = int(amounts.max(initial=0))
    if 2 * p * q + q > LARGEST_FEN or (largest // q + 1) * p > LARGEST_FEN:
        return _multiply_unbounded(amounts, p, q)
    whole, rest = np.divmod(amounts, q)
    return whole * p + (2 * p * rest + q) // (2 * q)


def _multiply_unbounded(amounts: Fen, p: int, q: int) -> Fen:
    products = [(2 * amount * p + q) // (2 * q) for amount in amounts.tolist()]
    try:
        return np.array(products, dtype=np.int64)
    except OverflowError as error:
        raise WaterfallError(
            f"{max(products)} fen is more than int64 holds; check the balance and the rate"
        ) from error


def format_fen(amount: int | np.int64) -> str:
    """1234567 -> "12,345.67": fen as currency units, for messages."""
    return f"{Decimal(int(amount)).scaleb(-2):,.2f}"
