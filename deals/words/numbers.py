"""Amounts, rates, dates and lists as people write them in either language."""

from collections.abc import Iterable
from dataclasses import dataclass
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
