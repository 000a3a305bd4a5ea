"""What type of column some texts are, as a format would declare it."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from tapes.persons import form_of, personal_form, shows_person
from tapes.recognise.shape import KEPT_DECIMALS, MAX_DECIMALS, UNITS

DATE_PATTERNS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y年%m月%d日",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y-%m-%d %H:%M:%S",
    "%m/%Y",
    "%Y-%m",
    "%Y%m",
    "%m%Y",
    "%y%m%d",
    "%d%m%y",
    "%m%d%y",
    "%d%m%Y",
)
"""The first is read without a pattern; of several that fit, see `_narrowest`."""
PACKED = {"%Y%m%d": 8, "%d%m%Y": 8, "%Y%m": 6, "%m%Y": 6, "%y%m%d": 6, "%d%m%y": 6, "%m%d%y": 6}
"""Patterns without separators, and their digits."""
YEARS = range(1950, 2100)
BLANKS = ("", "-", "--", "n/a", "na", "null", "none", "nan", ".")
MARKS = re.compile(r"[¥￥$€£%％元]|CNY|RMB|USD|EUR")
# As R and Excel write large numbers; without a sign it may be a name, such as 12E4.
EXPONENT = re.compile(r"[eE][+-][0-9]{1,2}$")
LONGEST_NUMBER = 9
UNIT_NAMES = {
    "万元": re.compile("万元"),
    "thousand": re.compile(
        r"(?i)千元|\bT(?:EUR|€|USD)\b|\bTsd\b|\b(?:in )?thousands?\b|'000|\(000s?\)"
    ),
    "million": re.compile(r"(?i)百万元|\bMio\b|\b(?:in )?millions?\b"),
    "percent": re.compile(r"(?i)[%％]|\bv\.?\s?H\.?|\bper ?cent\b|\bpercent\b|\bpct\b"),
}
"""What the name of a column says of its unit."""
MOST_CODES, FEWEST_CELLS = 12, 30


Keys = dict[str, Any]
NUMBER_DRESSES = (("", "."), (",", "."), (".", ","), (" ", ","), (" ", "."), ("'", "."))
"""Separators of thousands and decimals, the plain ones first: 1.234 is a number with three decimals."""


@dataclass(frozen=True)
class Guess:
    """The keys of one column of a format, and a remark for the person who finishes it."""

    keys: Keys
    remark: str
    patterns: tuple[str, ...] = ()
    """Of a date, all that fit."""


def guess_column(
    cells: Sequence[str], wanted: str = "", name: str = "", preferred: Collection[str] = ()
) -> Guess:
    """The narrowest type that holds every cell that says anything; text where none does.

    `wanted` is the type that the column is asked for: money or a rate, where the cells are numbers; its
    `name` may say the unit. Of patterns of a date that fit as well, one of the `preferred` is taken.
    """
    trimmed = [cell.strip() for cell in cells]
    told = [cell for cell in trimmed if cell.lower() not in BLANKS]
    silent = sorted({cell for cell in trimmed if cell and cell.lower() in BLANKS})
    if personal := _personal_form(told, name):
        others = sum(form_of(cell) != personal for cell in told) if personal is not True else 0
        unlike = f"; {others} of {len(told)} cells are of another form" if others else ""
        keys: Keys = {"type": "text", "personal": personal}
        return Guess(keys, f"of a person, so it will be hashed{unlike}")
    found = (
        _guess(told, wanted, preferred) if told else Guess({"type": "text"}, "empty in the sample")
    )
    found = _in_unit(found, name)
    if any(map(shows_person, told)):
        found = replace(
            found, remark="some cells look like persons, so none is shown: is it `personal`?"
        )
    return replace(found, keys=found.keys | ({"null_texts": silent} if silent else {}))


def _personal_form(told: list[str], name: str) -> str | bool:
    """What `personal` says, by most of the cells or else by the column's name; False where neither tells."""
    forms = Counter(filter(None, map(form_of, told)))
    for form, count in forms.most_common(1):
        if 2 * count > len(told):
            return form
    return bool(personal_form([name]))


def _in_unit(found: Guess, name: str) -> Guess:
    """The guess of a number whose column's name says its unit."""
    unit = next((unit for unit, said in UNIT_NAMES.items() if said.search(name)), "")
    if not unit or found.keys["type"] not in ("money", "rate", "int") or "unit" in found.keys:
        return found
    keys = found.keys | {"type": "rate" if unit == "percent" else "money", "unit": unit}
    keys.pop("decimals", None)
    return Guess(keys, f"{found.remark}; the unit by its name")


def _guess(told: list[str], wanted: str, preferred: Collection[str]) -> Guess:
    if {cell.lower() for cell in told} <= {"true", "false"}:
        return Guess({"type": "bool"}, f"such as {told[0]!r}")
    if wanted in KEPT_DECIMALS:
        return _as_number(told, wanted) or _as_text(told)
    return _as_date(told, preferred) or _as_number(told, wanted) or _as_text(told)


def _as_text(told: list[str]) -> Guess:
    distinct = sorted(set(told))
    is_coded = len(distinct) <= MOST_CODES and len(told) >= FEWEST_CELLS
    remark = f"values: {', '.join(distinct)}" if is_coded else f"such as {told[0]!r}"
    return Guess({"type": "text"}, remark)


def _as_date(told: list[str], preferred: Collection[str]) -> Guess | None:
    fitting = [
        pattern for pattern in DATE_PATTERNS if all(_is_date(cell, pattern) for cell in told)
    ]
    if not fitting:
        return None
    chosen = min(fitting, key=lambda pattern: (_spread(told, pattern), pattern not in preferred))
    keys: Keys = {"type": "date"}
    if chosen != DATE_PATTERNS[0]:
        keys["pattern"] = chosen
    others = " or ".join(pattern for pattern in fitting if pattern != chosen)
    remark = f"such as {told[0]!r}" + (f"; {others} would fit too" if others else "")
    return Guess(keys, remark, tuple(fitting))


def _spread(told: list[str], pattern: str) -> int:
    """Days from the first date to the last: read in a wrong order, days and months become years."""
    days = {datetime.strptime(cell, pattern).toordinal() for cell in told}
    return max(days) - min(days)


def _is_date(cell: str, pattern: str) -> bool:
    # `strptime` takes one digit for two.
    if pattern in PACKED and len(cell) != PACKED[pattern]:
        return False
    try:
        return datetime.strptime(cell, pattern).year in YEARS
    except ValueError:
        return False


def _as_number(told: list[str], wanted: str) -> Guess | None:
    marks = sorted({mark for cell in told for mark in MARKS.findall(cell)})
    bare = [MARKS.sub("", cell).strip() for cell in told]
    has_exponents = any(map(EXPONENT.search, bare))
    for thousands, decimal in NUMBER_DRESSES:
        form = _form(thousands, decimal)
        if all(form.fullmatch(EXPONENT.sub("", cell)) for cell in bare):
            plain = [cell.replace(thousands, "") if thousands else cell for cell in bare]
            numbers = [Decimal(cell.replace(decimal, ".")) for cell in plain]
            dress = _dress(thousands, decimal, marks) | (
                {"exponent": True} if has_exponents else {}
            )
            keys = _keys_of(bare, numbers, dress, wanted)
            return Guess(keys, f"such as {told[0]!r}")
    return None


def _form(thousands: str, decimal: str) -> re.Pattern[str]:
    whole = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})*" if thousands else "[0-9]+"
    point = re.escape(decimal)
    return re.compile(rf"[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)")


def _dress(thousands: str, decimal: str, marks: list[str]) -> Keys:
    """The `number` of a column; empty for plain digits."""
    stated = {"thousands": thousands, "decimal": "" if decimal == "." else decimal, "marks": marks}
    return {key: value for key, value in stated.items() if value}


def _keys_of(bare: list[str], numbers: list[Decimal], dress: Keys, wanted: str) -> Keys:
    if (
        all(re.fullmatch(r"[+-]?[0-9]+", cell) for cell in bare)
        and not dress
        and wanted not in KEPT_DECIMALS
    ):
        is_name = any(len(cell) > LONGEST_NUMBER or re.match(r"0[0-9]", cell) for cell in bare)
        return {"type": "text" if is_name or wanted == "text" else "int"}
    places = max(max(0, -int(number.normalize().as_tuple().exponent)) for number in numbers)
    largest = max(map(abs, numbers))
    is_marked = not {"%", "％"}.isdisjoint(dress.get("marks", ()))
    is_rate = wanted == "rate" or is_marked or (largest <= 1 and places > KEPT_DECIMALS["money"])
    is_percent = is_marked or (is_rate and largest > 1)
    keys: Keys = {"type": "rate" if is_rate and wanted != "money" else "money"}
    if is_percent and keys["type"] == "rate":
        keys["unit"] = "percent"
    if dress:
        keys["number"] = dress
    kept = places - UNITS[keys["unit"]] if "unit" in keys else places
    if kept > MAX_DECIMALS:
        return {"type": "text"}
    if kept > KEPT_DECIMALS[keys["type"]]:
        keys["decimals"] = kept
    return keys
