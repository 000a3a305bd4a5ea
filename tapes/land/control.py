"""The control file that travels beside a tape: how many rows and which totals were sent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tapes import TapeError
from tapes.land.files import is_there, readable_name

ROW_COUNT = "row_count"
KEYS = frozenset({ROW_COUNT, "totals", "as_of_date", "is_synthetic", "scale"})
MOST_BYTES = 1 << 20
MOST_ROWS = 10**15
MOST_SCALE = 10**6
TOTAL_DIGITS, TOTAL_DECIMALS = 38, 6  # As `landed.control_total` keeps them.
SHOWN_CHARACTERS = 40
KINDS = {
    dict: "an object of column and total",
    str: "a text",
    bool: "true or false",
}


@dataclass(frozen=True)
class Control:
    """What the sender says of one file; what it does not say is None.

    `totals` are in the unit of their column; `sha256` is of the control file's own bytes, empty where none
    came. `places` says of a figure, "row_count" or a column, where the file's own footer states it.
    """

    row_count: int | None
    totals: Mapping[str, Decimal]
    as_of_date: date | None
    is_synthetic: bool
    scale: int
    sha256: str
    places: Mapping[str, str] = field(default_factory=dict)


NOTHING_SAID = Control(None, {}, None, False, 1, "")


def place_of(control: Control | None, figure: str) -> str:
    """Where a figure, "row_count" or a column, is stated, in words."""
    return control.places.get(figure, "control file") if control else "control file"


def control_path(file: Path) -> Path:
    """The place of the control file of a tape: `<name>.control.json` in the same folder."""
    return file.with_name(f"{file.name}.control.json")


def find_control(file: Path) -> Path | None:
    """The control file beside a tape, `x.csv.control.json` or `x.control.json`, or None."""
    name = file.name.removesuffix(".gz").removesuffix(".zst")
    candidates = [
        control_path(file),
        file.with_name(f"{name}.control.json"),
        file.with_name(f"{name.rpartition('.')[0]}.control.json"),
    ]
    return next((path for path in candidates if is_there(path)), None)


def load_control(path: Path) -> Control:
    """Read a control file (JSON); a TapeError names the key that is wrong."""
    name = readable_name(path)
    data = _read(path, name)
    content = _parse(data, name)
    if unknown := sorted(content.keys() - KEYS):
        raise TapeError(
            f"{name}: unknown key {_shown(unknown[0])}, expected some of {', '.join(sorted(KEYS))}; "
            "correct the control file"
        )
    totals = _entry(name, content, "totals", dict, {})
    return Control(
        row_count=_count(name, content, "row_count", 0, MOST_ROWS),
        totals={column: _total(name, column, value) for column, value in totals.items()},
        as_of_date=_date(name, _entry(name, content, "as_of_date", str, None)),
        is_synthetic=_entry(name, content, "is_synthetic", bool, False),
        scale=_count(name, content, "scale", 1, MOST_SCALE) or 1,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _read(path: Path, name: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TapeError(
            f"{name}: cannot be opened ({error.strerror}), expected a readable control file; "
            "change its permissions"
        ) from None
    if len(data) > MOST_BYTES:
        raise TapeError(
            f"{name}: more than {MOST_BYTES} bytes, expected a control file of a few lines; "
            "ask for the control file again"
        )
    return data


def _parse(data: bytes, name: str) -> dict[str, Any]:
    """The object of the control file; a number that no key can hold stays text, and is refused there."""
    found = "an object"
    try:
        content = json.loads(
            data, parse_int=_whole, parse_float=_decimal, object_pairs_hook=_without_repeats
        )
        if not isinstance(content, dict):
            found = f"a JSON {type(content).__name__}"
    except ValueError as error:
        found = f"no readable JSON ({str(error)[:120]})"
    except RecursionError:
        found = "JSON of too many levels"
    if found != "an object":
        raise TapeError(
            f"{name}: found {found}, expected an object with some of "
            f"{', '.join(sorted(KEYS))}; ask for the control file again"
        )
    return content


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= TOTAL_DIGITS + 1 else text


def _decimal(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"key {_shown(repeated)} stands twice")
    return content


def _entry(name: str, content: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = content.get(key)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise _wrong(name, key, value, KINDS[kind])
    return value


def _count(name: str, content: dict[str, Any], key: str, least: int, most: int) -> int | None:
    value = content.get(key)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and not (is_whole and least <= value <= most):
        raise _wrong(name, key, value, f"a whole number from {least} to {most}")
    return value


def _total(name: str, column: str, value: Any) -> Decimal:
    try:
        total = Decimal(value) if isinstance(value, str | int | Decimal) else Decimal("NaN")
    except InvalidOperation:
        total = Decimal("NaN")
    key = f"total of {column if column.isidentifier() else _shown(column)}"
    if not total.is_finite():
        raise _wrong(name, key, value, "a decimal number as text")
    most = TOTAL_DIGITS - TOTAL_DECIMALS
    _, digits, exponent = total.as_tuple()
    too_fine = -TOTAL_DECIMALS - int(exponent)  # Digits after the last decimal that is kept.
    if total and (total.adjusted() >= most or (too_fine > 0 and any(digits[-too_fine:]))):
        raise _wrong(
            name,
            key,
            value,
            f"at most {most} digits before the point and {TOTAL_DECIMALS} after it",
        )
    return total or Decimal(0)


def _date(name: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise _wrong(name, "as_of_date", text, "YYYY-MM-DD") from None


def _wrong(name: str, key: str, value: Any, expected: str) -> TapeError:
    return TapeError(
        f"{name}: {key} is {_shown(value)}, expected {expected}; correct the control file"
    )


def _shown(value: Any) -> str:
    """A value as it stands in the file, as far as one line holds it."""
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
