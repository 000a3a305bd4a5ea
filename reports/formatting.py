"""One value becomes one text: the kind of a column decides, the same in PDF, HTML and Excel."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from reports.pack import Language, ReportError, Value

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

MISSING = "—"

# Excel keeps 15 significant digits and rounds the rest away without a word.
_EXCEL_DIGITS = 15
# And it cuts a text that is longer.
EXCEL_CHARACTERS = 32_767


class Kind(StrEnum):
    """What a column holds; the suffix of its name says it (CONTRIBUTING.md, Names)."""

    MONEY = "money"
    PER_100 = "per_100"
    RATE = "rate"
    ANNUAL_RATE = "annual_rate"
    COUNT = "count"
    MONTHS = "months"
    DATE = "date"
    FLAG = "flag"
    CODE = "code"
    IDENTIFIER = "identifier"
    TEXT = "text"
    BY_UNIT = "by_unit"


NUMBERS = frozenset(
    {Kind.MONEY, Kind.PER_100, Kind.RATE, Kind.ANNUAL_RATE, Kind.COUNT, Kind.MONTHS, Kind.BY_UNIT}
)

_SUFFIXES: tuple[tuple[str, Kind], ...] = (
    ("_per_100", Kind.PER_100),
    ("annual_rate", Kind.ANNUAL_RATE),
    ("_rate", Kind.RATE),
    ("_ratio", Kind.RATE),
    ("_share", Kind.RATE),
    ("_amount", Kind.MONEY),
    ("_balance", Kind.MONEY),
    ("_due", Kind.MONEY),
    ("_paid", Kind.MONEY),
    ("_count", Kind.COUNT),
    ("_days", Kind.COUNT),
    ("_months", Kind.COUNT),
    ("_number", Kind.COUNT),
    ("_date", Kind.DATE),
    ("_code", Kind.CODE),
    ("_name", Kind.TEXT),
    ("_id", Kind.IDENTIFIER),
)

# How `unit_code` of a row formats the values of that row whose column is of kind BY_UNIT.
UNIT_KINDS: Mapping[str, Kind] = {
    "count": Kind.COUNT,
    "loans": Kind.COUNT,
    "borrowers": Kind.COUNT,
    "money": Kind.MONEY,
    "months": Kind.MONTHS,
    "points": Kind.MONTHS,
    "years": Kind.MONTHS,
    "times": Kind.MONTHS,
    "rate": Kind.RATE,
    "share": Kind.RATE,
    "days": Kind.COUNT,
}

# How a number of each kind is written: LDML's number patterns, which a workbook reads alike.
PATTERNS: Mapping[Kind, str] = {
    Kind.MONEY: "#,##0.00",
    Kind.PER_100: "#,##0.0000",
    Kind.RATE: "#,##0.00%",
    Kind.ANNUAL_RATE: "#,##0.00##%",
    Kind.COUNT: "#,##0",
    Kind.MONTHS: "#,##0.00",
}

_CHINESE_NUMERALS = "一二三四五六七八九十"

LOCALES: Mapping[Language, str] = {"zh": "zh_CN", "en": "en_GB"}


def strip_language(column: str) -> str:
    """`item_zh` and `item_en` are one column, `item`, in two languages."""
    return column.removesuffix("_zh").removesuffix("_en")


def kind_of(column: str) -> Kind | None:
    """The kind that the column's name says, or None when its suffix says nothing."""
    name = strip_language(column)
    if name.startswith(("is_", "has_")):
        return Kind.FLAG
    return next((kind for suffix, kind in _SUFFIXES if name.endswith(suffix)), None)


def check_value(value: Value, kind: Kind, place: str) -> None:
    """Refuse a value that is not of its column's kind; ReportError starts with `place`."""
    if value is None:
        return
    if kind in NUMBERS:
        _check_number(value, kind, place)
    elif kind is Kind.DATE:
        fits = isinstance(value, date) and not isinstance(value, datetime)
        _expect(fits, value, "a date", place)
    elif kind is Kind.FLAG:
        _expect(isinstance(value, bool), value, "true or false", place)
    else:
        _expect(isinstance(value, str), value, "text", place)
        _check_length(str(value), place)


def _check_length(text: str, place: str) -> None:
    if len(text) > EXCEL_CHARACTERS:
        raise ReportError(
            f"{place}: a text of {len(text):,} characters, expected {EXCEL_CHARACTERS:,} at most; "
            "shorten it where it was entered"
        )


def _check_number(value: Value, kind: Kind, place: str) -> None:
    is_number = isinstance(value, Decimal | int) and not isinstance(value, bool)
    _expect(is_number, value, "a Decimal or an integer", place)
    number = Decimal(str(value))
    _expect(number.is_finite(), value, "a finite number", place)
    digits = max(len(number.normalize().as_tuple().digits), number.adjusted() + 1)
    _expect(digits <= _EXCEL_DIGITS, value, f"within {_EXCEL_DIGITS} significant digits", place)
    if kind is Kind.MONEY:
        _expect(number == round(number, 2), value, "in whole cents", place)
    if kind is Kind.COUNT:
        _expect(number == round(number), value, "a whole number", place)


def _expect(holds: bool, value: Value, expected: str, place: str) -> None:
    if not holds:
        raise ReportError(
            f"{place}: {value!r} ({type(value).__name__}) is not {expected}; mend the report model"
        )


def format_number(value: Decimal | int, kind: Kind, language: Language) -> str:
    """A number as a reader sees it; rounded half up, away from zero, for the eye only."""
    pattern = _pattern(kind)
    places = pattern.frac_prec[1] + pattern.scale
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return pattern.apply(abs(rounded) if rounded == 0 else rounded, _locale(language))


def format_date(value: date, language: Language) -> str:
    """The day in words of the language: 2018年1月31日 or 31 January 2018."""
    from babel.dates import format_date as word_date

    return word_date(value, "long", _locale(language))


def format_month(value: date, language: Language) -> str:
    """The month of the day: 2018年1月 or January 2018."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMMM", value, locale=_locale(language))


def count_form(count: int, language: Language) -> str:
    """Which form of a word goes with a count, by CLDR's plural rules: one, other."""
    return _locale(language).plural_form(count)


def number_chapter(number: int, language: Language) -> str:
    """The number of a chapter, 1 to 10, as the language counts its chapters: 一 or 1."""
    return _CHINESE_NUMERALS[number - 1] if language == "zh" else str(number)


@cache
def _locale(language: Language) -> "Locale":
    from babel import Locale

    return Locale.parse(LOCALES[language])


@cache
def _pattern(kind: Kind) -> "NumberPattern":
    from babel.numbers import parse_pattern

    return parse_pattern(PATTERNS.get(kind, "#,##0"))
