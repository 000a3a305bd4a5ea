"""What a term of a TOML file can be: texts, codes, amounts, rates, counts, dates."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from unicodedata import category

from deals.terms.rates import MOST_PARTS, Quotient, Rate

T = TypeVar("T")

_MOST_MONEY = Decimal(10**11)


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a term must be, in words and as a parser (None = no); a stand-in for a bad one."""

    expected: str
    parse: Callable[[Any], T | None]
    stand_in: T
    has_source: bool = False


def _text(value: object) -> str | None:
    """A text of which something is seen: not only blanks, or characters without width."""
    if not isinstance(value, str):
        return None
    return value if any(category(letter)[0] in "LNPS" for letter in value) else None


def _texts(pattern: str) -> Callable[[object], tuple[str, ...] | None]:
    def parse(value: object) -> tuple[str, ...] | None:
        if not isinstance(value, list) or len({str(item) for item in value}) != len(value):
            return None
        good = [item for item in value if isinstance(item, str) and re.fullmatch(pattern, item)]
        return tuple(good) if len(good) == len(value) else None

    return parse


def _decimal(value: object, places: int) -> Decimal | None:
    """A finite TOML float of at most `places` decimals; a number without a point is refused."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    return value if -int(value.as_tuple().exponent) <= places else None


def _fen(value: object) -> int | None:
    amount = _decimal(value, 2)
    if amount is None or amount.as_tuple().exponent != -2 or not 0 <= amount <= _MOST_MONEY:
        return None
    return int(amount.scaleb(2))


def _rate(value: object) -> Decimal | None:
    rate = _decimal(value, 6)
    return rate if rate is not None and 0 <= rate <= 1 else None


def _ratio(value: object) -> Decimal | None:
    ratio = _decimal(value, 6)
    return ratio if ratio is not None and 0 <= ratio <= 100 else None


def _signed_rate(value: object) -> Decimal | None:
    rate = _decimal(value, 6)
    return rate if rate is not None and -1 <= rate <= 1 else None


def _or_quotient(
    parse: Callable[[object], Decimal | None], least: int, most: int
) -> Callable[[object], Rate | None]:
    """The decimals that `parse` takes, and quotients within the same bounds."""

    def parse_either(value: object) -> Rate | None:
        if not isinstance(value, str):
            return parse(value)
        try:
            quotient = Quotient(value)
        except ValueError:
            return None
        return quotient if least <= quotient <= most else None

    return parse_either


def exact(kind: Kind[Decimal], least: int, most: int) -> Kind[Rate]:
    """A fraction of that kind, or a quotient that no decimal states exactly."""
    return Kind(
        f'{kind.expected}, or a quotient such as "3.36/103", in lowest terms over at most {MOST_PARTS}',
        _or_quotient(kind.parse, least, most),
        kind.stand_in,
        kind.has_source,
    )


def _date(value: object) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _time_zone(value: object) -> str | None:
    """A name that the IANA time zone database of this machine knows."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(value).key if isinstance(value, str) else None
    except (ValueError, OSError, LookupError):
        return None


def _currency(value: object) -> str | None:
    """A code that the Unicode locale data know, which take theirs from ISO 4217."""
    from babel.numbers import is_currency

    return value if isinstance(value, str) and is_currency(value) else None


def matching(pattern: str, expected: str) -> Kind[str]:
    """A text that the whole pattern matches."""
    return Kind(
        expected,
        lambda value: value if isinstance(value, str) and re.fullmatch(pattern, value) else None,
        "",
    )


def one_of(*codes: str) -> Kind[Any]:
    """One of the given texts, typed Any so that it fits a Literal; the first is the stand-in."""
    first, *others = codes
    expected = "one of " + ", ".join(map(repr, codes)) if others else repr(first)
    return Kind(expected, lambda value: value if value in codes else None, first)


def some_of(*codes: str) -> Kind[tuple[Any, ...]]:
    """A list of at least one of the given texts, typed Any so that they fit Literals; none twice."""
    parse = _texts("|".join(codes))
    return Kind("a list of some of " + ", ".join(codes), lambda value: parse(value) or None, ())


def sourced(kind: Kind[T]) -> Kind[T]:
    """The same, as `{ value = …, source = "…" }`."""
    return replace(kind, has_source=True)


def count(least: int, most: int) -> Kind[int]:
    """A whole number between the two, inclusive."""

    def parse(value: object) -> int | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        return value if least <= value <= most else None

    return Kind(f"a whole number from {least} to {most}", parse, least, has_source=True)


def counts(least: int, most: int) -> Kind[tuple[int, ...]]:
    """A list of at least one whole number between the two, none of them twice."""
    one = count(least, most)

    def parse(value: object) -> tuple[int, ...] | None:
        if not isinstance(value, list) or len(set(map(str, value))) != len(value):
            return None
        good = tuple(item for item in value if one.parse(item) is not None)
        return good if good and len(good) == len(value) else None

    expected = f"a list of whole numbers from {least} to {most}, none of them twice"
    return Kind(expected, parse, (), has_source=True)


CODE = matching(r"[A-Za-z][A-Za-z0-9_]*", "a code of letters, digits and _")
CODES = Kind("a list of codes, none of them twice", _texts(r"[A-Za-z][A-Za-z0-9_-]*"), ())
SOME_CODES = Kind(
    "a list of at least one code, none of them twice", lambda value: CODES.parse(value) or None, ()
)
TEXT = Kind("a text", _text, "")
FLAG = Kind("true or false", lambda value: value if isinstance(value, bool) else None, False)
MONEY = Kind("an amount from 0.00 to 100000000000.00 with 2 decimals", _fen, 0, has_source=True)
RATE = Kind(
    "a fraction from 0.0 to 1.0 with a point and at most 6 decimals, such as 0.053 for 5.3 %",
    _rate,
    Decimal(0),
    has_source=True,
)
RATIO = Kind(
    "a fraction from 0.0 to 100.0 with a point and at most 6 decimals, such as 0.05 for 5 %",
    _ratio,
    Decimal(0),
    has_source=True,
)
SIGNED_RATE = Kind(
    "a fraction from -1.0 to 1.0 with a point and at most 6 decimals, such as -0.005",
    _signed_rate,
    Decimal(0),
    has_source=True,
)
EXACT_RATE = exact(RATE, 0, 1)
EXACT_RATIO = exact(RATIO, 0, 100)
EXACT_SIGNED_RATE = exact(SIGNED_RATE, -1, 1)
DATE = Kind("a date such as 2017-06-30, without quotes", _date, date.min, has_source=True)
CURRENCY = Kind("an ISO 4217 code such as 'CNY'", _currency, "")
CRON = matching(r"[\d*/,-]+( [\w*/,-]+){4}", "a cron expression of 5 fields such as '0 9 1-15 * *'")
TIME_ZONE = Kind("an IANA time zone such as 'Asia/Shanghai'", _time_zone, "")
