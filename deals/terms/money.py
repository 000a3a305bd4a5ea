"""Money of one amount: whole fen (1/100 of the currency unit), the unit, and division rounded once."""

from decimal import Decimal
from typing import SupportsInt


def fen(amount: Decimal) -> int:
    """An amount of the currency unit, with 2 decimals at most, in fen."""
    return int(amount.scaleb(2))


def yuan(amount_fen: SupportsInt) -> Decimal:
    """Fen as an amount of the currency unit, with 2 decimals."""
    return Decimal(int(amount_fen)).scaleb(-2)


def divide_half_up(numerator: int, denominator: int) -> int:
    """The quotient of unbounded integers, the numerator not negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)
