"""A rate of the terms: a decimal, or a quotient that no decimal states exactly."""

import re
from decimal import Decimal
from fractions import Fraction

from deals.terms.money import divide_half_up

MOST_PARTS = 10**6
"""The largest denominator of a rate in lowest terms: that of six decimals."""
_QUOTIENT = re.compile(r"(-?\d{1,9}(?:\.\d{1,6})?) ?/ ?(\d{1,9}(?:\.\d{1,6})?)")


class Quotient(Fraction):
    """A fraction with its `text`, as the terms write it: "3.36/103" is 84/2575."""

    text: str

    def __new__(cls, text: str) -> "Quotient":
        """ValueError for a text that is no quotient, or whose denominator is zero or too large."""
        found = _QUOTIENT.fullmatch(text)
        if not found or not Decimal(found[2]):
            raise ValueError(text)
        value = Fraction(Decimal(found[1])) / Fraction(Decimal(found[2]))
        if value.denominator > MOST_PARTS:
            raise ValueError(text)
        quotient = super().__new__(cls, value.numerator, value.denominator)
        quotient.text = text
        return quotient

    def __reduce__(self) -> tuple[type["Quotient"], tuple[str]]:
        return Quotient, (self.text,)


Rate = Decimal | Fraction
"""A fraction, per year where time counts."""


def add(one: Rate, other: Rate) -> Rate:
    """The exact sum, a decimal where both are."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one + other
    return Fraction(one) + Fraction(other)


def stated_rate(rate: Rate) -> Decimal:
    """The rate to 6 decimals, half up: to be printed and stored, not to be paid by.

    A decimal has no more, and stays as it is.
    """
    if isinstance(rate, Decimal):
        return rate
    numerator, denominator = rate.as_integer_ratio()
    return Decimal(divide_half_up(numerator * 10**6, denominator)).scaleb(-6)
