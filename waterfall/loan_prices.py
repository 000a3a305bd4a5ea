"""What a purchase pays for each loan, in fen: its balance, a share of it, or a present value.

A present value is of the payments that remain on schedule, each a whole number of months after the
cut-off, discounted by the month: balance x sum over t of C(t) / (1 + rate / 12)^t, where C(t) is what
one unit of balance pays in month t (`projection.schedules`). The sum is an exact fraction, and the
product is rounded once, half up to the fen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from deals.terms.purchase import Purchase
from waterfall.money import ONE, Fen, multiply
from waterfall.schedules import (
    LONGEST_MONTHS,
    METHODS,
    MONTHS_OF_PPM,
    RATE_DECIMALS,
    Repayment,
    outstanding_factors,
)

UNPRICED = -1
"""The price of a loan that has none: nothing is scheduled, or it cannot be told what is."""

WORKING_BITS = 62


@dataclass(frozen=True)
class Factor:
    """A price for one unit of balance: an exact fraction, not necessarily in lowest terms."""

    numerator: int
    denominator: int

    def price(self, balance_fen: int) -> int:
        """The price of a balance, half up to the fen."""
        product = 2 * balance_fen * self.numerator + self.denominator
        return product // (2 * self.denominator)


def price_loans(
    purchase: Purchase,
    balance: Fen,
    repayment: NDArray[np.int64],
    kinds: Sequence[Repayment | None],
) -> Fen:
    """The price of each loan, int64 fen (loans,), or UNPRICED.

    `balance` is int64 fen (loans,); `repayment` int64 (loans,) says which of `kinds` each loan repays
    by, None where that cannot be told. Only a present value asks for it. A price below half a fen is
    no price.
    """
    if purchase.price == "par":
        return balance
    if purchase.price == "discount":
        price = multiply(balance, purchase.price_share)
    else:
        factors = [kind and value_unit(kind, purchase.discount_rate) for kind in kinds]
        price = _multiply_exactly(balance, repayment, factors)
    return np.where(price > 0, price, UNPRICED)


def value_unit(repayment: Repayment, discount_rate: Decimal) -> Factor:
    """The present value of one unit of balance at a yearly rate, `discount_rate` / 12 a month."""
    owed = outstanding_factors(repayment)
    rate_ppm, discount_ppm = repayment.rate_ppm, int(discount_rate.scaleb(RATE_DECIMALS))
    growth = MONTHS_OF_PPM + discount_ppm
    numerator, discounted = 0, 1
    for before, after in zip(owed[-2::-1], owed[:0:-1], strict=True):
        # From the last month back: what it pays, and the value of all that comes later, a month nearer.
        paid = (before - after) * MONTHS_OF_PPM + before * rate_ppm
        numerator = (numerator + paid * discounted) * MONTHS_OF_PPM
        discounted *= growth
    return Factor(numerator, ONE * MONTHS_OF_PPM * discounted)


def read_repayments(
    annual_rate: Sequence[Decimal | None],
    remaining_months: Sequence[int | None],
    method_code: Sequence[str | None],
) -> list[Repayment | None]:
    """How each kind of loan repays; None where a value is missing, or nothing is left to repay."""
    rows = zip(annual_rate, remaining_months, method_code, strict=True)
    return [_read_repayment(*row) for row in rows]


def _read_repayment(
    rate: Decimal | None, months: int | None, method: str | None
) -> Repayment | None:
    if rate is None or months is None or method is None or method not in METHODS:
        return None
    is_in_range = 0 <= rate <= 1 and 1 <= months <= LONGEST_MONTHS
    return Repayment(rate, months, method) if is_in_range else None


def _multiply_exactly(
    balance: Fen, repayment: NDArray[np.int64], factors: Sequence[Factor | None]
) -> Fen:
    """Balances times factors, half up.

    In int64 with factors cut to so many bits that the products fit; where the cut could have moved the
    rounding, again in unbounded integers.
    """
    largest = max((f.numerator // f.denominator + 1 for f in factors if f), default=1)
    bits = int(balance.max(initial=1)).bit_length() + largest.bit_length()
    shift = max(WORKING_BITS - bits, 1)
    short = [(f.numerator << shift) // f.denominator if f else 0 for f in factors]
    product = balance * np.array(short, dtype=np.int64)[repayment] + (1 << (shift - 1))
    price = product >> shift
    is_told = np.array([factor is not None for factor in factors], dtype=np.bool_)[repayment]
    for place in np.flatnonzero(is_told & ((product + balance) >> shift != price)).tolist():
        factor = factors[repayment[place]]
        assert factor is not None
        price[place] = factor.price(int(balance[place]))
    return np.where(is_told, price, UNPRICED)
