"""Exact money: int64 fen arrays of shape (scenarios,), with no float on the way."""

from collections.abc import Sequence
from decimal import Decimal
from math import gcd

import numpy as np
from numpy.typing import ArrayLike, NDArray

from deals.paying import Rounding

Fen = NDArray[np.int64]
"""Amounts in fen (1/100 of the currency unit), shape (scenarios,)."""

LARGEST_FEN = int(np.iinfo(np.int64).max)
LARGEST_RATE = 10**12
"""In millionths: a rate of a million, which no threshold reaches and a table of rates holds."""


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


def multiply(
    amounts: Fen,
    rate: Decimal,
    year_fraction: tuple[int, int] = (1, 1),
    rounding: Rounding = "half_up",
) -> Fen:
    """amounts x rate x year fraction, rounded once to the fen; amounts are not negative.

    With rate x fraction = p/q in lowest terms and amount = whole*q + rest, the product is
    whole*p + rest*p/q: neither part leaves int64 for balances to 1e13 fen, rates to 6 decimals and
    years of 365 days. Rates with more decimals than that take Python's unbounded integers.
    """
    numerator, denominator = rate.as_integer_ratio()
    p, q = numerator * year_fraction[0], denominator * year_fraction[1]
    divisor = gcd(p, q)
    p, q = p // divisor, q // divisor
    carry = q if rounding == "half_up" else 0
    largest = int(amounts.max(initial=0))
    if 2 * p * q + q > LARGEST_FEN or (largest // q + 1) * p > LARGEST_FEN:
        products = [(2 * amount * p + carry) // (2 * q) for amount in amounts.tolist()]
        return _fen_of_integers(products)
    whole, rest = np.divmod(amounts, q)
    return whole * p + (2 * p * rest + carry) // (2 * q)


def ratio_in_millionths(numerators: Fen, denominators: Fen) -> NDArray[np.int64]:
    """numerator / denominator in millionths, half up: a rate is published to 6 decimals and so tested.

    Neither may be negative. Nothing over nothing is zero, something over nothing the largest rate.
    """
    result = [
        min((2 * 10**6 * top + bottom) // (2 * bottom), LARGEST_RATE)
        if bottom
        else LARGEST_RATE * (top > 0)
        for top, bottom in zip(numerators.tolist(), denominators.tolist(), strict=True)
    ]
    return _fen_of_integers(result)


def split_pro_rata(available: Fen, dues: Sequence[Fen]) -> list[Fen]:
    """Split what is available over the dues in proportion, whole fen, never above a due.

    The parts sum to the smaller of the two totals: what rounding down leaves over goes to the
    largest remainders, the earlier due first among equals.
    """
    demanded = sum(dues[1:], dues[0])
    columns = zip(
        available.tolist(), demanded.tolist(), *(due.tolist() for due in dues), strict=True
    )
    shares = [_split_one(min(cash, total), total, wanted) for cash, total, *wanted in columns]
    return [np.array(part, dtype=np.int64) for part in zip(*shares, strict=True)]


def _split_one(cash: int, total: int, dues: list[int]) -> list[int]:
    if cash == total:
        return dues
    parts = [cash * due // total for due in dues]
    remainders = [cash * due % total for due in dues]
    order = sorted(range(len(dues)), key=lambda place: -remainders[place])
    for place in order[: cash - sum(parts)]:
        parts[place] += 1
    return parts


def _fen_of_integers(amounts: list[int]) -> Fen:
    try:
        return np.array(amounts, dtype=np.int64)
    except OverflowError as error:
        raise WaterfallError(
            f"{max(amounts)} fen is more than int64 holds; check the balance and the rate"
        ) from error


def format_fen(amount: int | np.int64) -> str:
    """1234567 -> "12,345.67": fen as currency units, for messages."""
    return f"{Decimal(int(amount)).scaleb(-2):,.2f}"
