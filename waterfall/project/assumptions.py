"""What is assumed of borrowers, month by month, and the words that say it on a command line.

Months count from the first projected one, also for loans that are bought later. CPR and CDR are
yearly rates (rates.py turns them into a month's); the other shares are of a month as they stand.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any

Vector = tuple[Decimal, ...]
"""One value for each projected month from the first; the last one goes on."""

DECIMALS = 12
NEVER: Vector = (Decimal(0),)


class AssumptionError(Exception):
    """An assumption that cannot be used, in one line: name, month, value, what was expected."""


@dataclass(frozen=True)
class Assumptions:
    """One scenario. Fractions from 0 to 1 of 12 decimals at most, lags in whole months.

    `cpr`, `cdr`: yearly shares of the balance that prepays, that defaults. Default takes overdue
    loans as well as performing ones; only performing loans prepay.
    `delinquency`: the share of the performing balance that misses its payment in the month; it is
    overdue, and pays all that fell due meanwhile `delinquency_months` later, except the share
    `roll` of it, which then defaults. Loans that are overdue at the start missed in month 0.
    `recovery`: the share of what defaults in the month that is recovered, `recovery_lag` months
    later (0: in the same month). `price`: paid for one yuan of purchased principal; None is what the
    deal's terms say.

    Raises AssumptionError.
    """

    cpr: Vector = NEVER
    cdr: Vector = NEVER
    delinquency: Vector = NEVER
    delinquency_months: int = 1
    roll: Vector = NEVER
    recovery: Vector = NEVER
    recovery_lag: int = 0
    price: Decimal | None = None

    def __post_init__(self) -> None:
        for name in VECTORS:
            _check_vector(name, getattr(self, name))
        for name, least in LAGS.items():
            months = getattr(self, name)
            if not least <= months <= 120:
                raise AssumptionError(
                    f"{_word(name)} is {months}; expected {least} to 120 whole months"
                )
        if self.price is not None:
            _check_price(self.price)


VECTORS = ("cpr", "cdr", "delinquency", "roll", "recovery")
LAGS = {"delinquency_months": 1, "recovery_lag": 0}
PRICES = (Decimal("0.01"), Decimal(2))


def _check_vector(name: str, vector: Vector) -> None:
    if not vector:
        raise AssumptionError(f"{_word(name)} has no value; expected one for each month, or one")
    for month, value in enumerate(vector, start=1):
        if not (value.is_finite() and 0 <= value <= 1) or _is_too_fine(value):
            raise AssumptionError(
                f"{_word(name)} of month {month} is {value}; expected a fraction from 0 to 1 of"
                f" {DECIMALS} decimals at most, such as 0.05 for 5 %"
            )


def _check_price(price: Decimal) -> None:
    lowest, highest = PRICES
    if not (price.is_finite() and lowest <= price <= highest) or _is_too_fine(price):
        raise AssumptionError(
            f"price is {price}; expected {lowest} to {highest} for each yuan of principal,"
            f" {DECIMALS} decimals at most, such as 1 for par"
        )


def _is_too_fine(value: Decimal) -> bool:
    return value != round(value, DECIMALS)


def _word(name: str) -> str:
    """The name as the command line writes it."""
    return name.replace("_", "-")


def parse_assumptions(words: Mapping[str, Sequence[str]]) -> tuple[Assumptions, ...]:
    """Scenarios from the texts of each option: every combination where an option has several.

    `{"cpr": ["0.2"], "cdr": ["0.01,0.02", "0.05"]}` is two scenarios, the last option's values
    varying first. An absent or empty option keeps its default. Raises AssumptionError.
    """
    parsers: dict[str, Callable[[str, str], Any]] = dict.fromkeys(VECTORS, _parse_vector)
    parsers |= {"delinquency_months": _parse_months, "recovery_lag": _parse_months}
    parsers["price"] = _parse_number
    for name in words:
        if name not in parsers:
            raise AssumptionError(
                f"assumption {name!r} is unknown; expected one of {', '.join(parsers)}"
            )
    choices = {
        name: [parsers[name](_word(name), text) for text in texts]
        for name, texts in words.items()
        if texts
    }
    return tuple(
        Assumptions(**dict(zip(choices, values, strict=True)))
        for values in product(*choices.values())
    )


def _parse_vector(word: str, text: str) -> Vector:
    parts = text.split(",")
    return tuple(_parse_number(f"{word} {text}: month {n}", p) for n, p in enumerate(parts, 1))


def _parse_number(place: str, text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        raise AssumptionError(
            f"{place} is {text.strip()!r}; expected a number, such as 0.05 for 5 %, or one for"
            " each month with commas between"
        ) from None


def _parse_months(word: str, text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 9:
        raise AssumptionError(f"{word} is {text.strip()!r}; expected a whole number of months")
    return int(text)
