"""Amounts, rates, dates, codes and lists as people write them in either language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from deals.terms.money import yuan
from deals.terms.rates import Quotient, Rate

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Sentence:
    """One statement in both languages."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


SayCode = Callable[[str, str], Sentence]
"""Words a code of a column of the tape, such as product_code."""


def plain_code(_column: str, value: str) -> Sentence:
    """The code itself, where nobody says what it means."""
    return Sentence(value, value)


def day(value: date) -> Sentence:
    """2018-01-31 -> "2018年1月31日", "31 January 2018"."""
    from babel.dates import format_date

    return Sentence(*(format_date(value, "long", locale) for locale in ("zh_CN", "en_GB")))


def money(fen: int) -> str:
    """123456 -> "1,234.56"."""
    return f"{yuan(fen):,.2f}"


def percent(fraction: Rate) -> str:
    """0.0530 -> "5.3%", and a quotient as it is written; nothing is rounded away."""
    if isinstance(fraction, Fraction):
        return fraction.text if isinstance(fraction, Quotient) else str(fraction)
    text = f"{fraction.scaleb(2):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def listed_zh(items: Iterable[str]) -> str:
    return "、".join(items)


def listed_en(items: Iterable[str]) -> str:
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
