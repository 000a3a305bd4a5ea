"""The control file that travels beside a tape: how many rows and which totals were sent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tapes import TapeError

KEYS = frozenset({"row_count", "totals", "as_of_date", "is_synthetic", "scale"})
KINDS = {
    int: "a whole number from 0",
    dict: "an object of column and total",
    str: "a text",
    bool: "true or false",
}


@dataclass(frozen=True)
class Control:
    """What the sender says of one file; what it does not say is None.

    `totals` are in the unit of their column; `sha256` is of the control file's own bytes.
    """

    row_count: int | None
    totals: Mapping[str, Decimal]
    as_of_date: date | None
    is_synthetic: bool
    scale: int
    sha256: str


def control_path(file: Path) -> Path:
    """The place of the control file of a tape: `<name>.control.json` in the same folder."""
    return file.with_name(f"{file.name}.control.json")


def find_control(file: Path) -> Path | None:
    """The control file beside a tape, `x.csv.control.json` or `x.control.json`, or None."""
    name = file.name.removesuffix(".gz")
    candidates = [
        control_path(file),
        file.with_name(f"{name}.control.json"),
        file.with_name(f"{name.rpartition('.')[0]}.control.json"),
    ]
    return next((path for path in candidates if path.is_file()), None)


def load_control(path: Path) -> Control:
    """Read a control file (JSON); a TapeError names the key that is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TapeError(
            f"{path.name}: cannot be opened ({error.strerror}), expected a readable control file; "
            "change its permissions"
        ) from None
    try:
        content = json.loads(data, parse_float=Decimal)
    except ValueError as error:
        raise TapeError(
            f"{path.name}: no readable JSON ({error}), expected an object with some of "
            f"{', '.join(sorted(KEYS))}; ask for the control file again"
        ) from None
    if not isinstance(content, dict):
        raise TapeError(
            f"{path.name}: found a JSON {type(content).__name__}, expected an object with some of "
            f"{', '.join(sorted(KEYS))}; ask for the control file again"
        )
    if unknown := sorted(content.keys() - KEYS):
        raise TapeError(
            f"{path.name}: unknown key {unknown[0]!r}, expected some of {', '.join(sorted(KEYS))}; "
            "correct the control file"
        )
    totals = _entry(path, content, "totals", dict, {})
    return Control(
        row_count=_entry(path, content, "row_count", int, None),
        totals={name: _total(path, name, text) for name, text in totals.items()},
        as_of_date=_date(path, _entry(path, content, "as_of_date", str, None)),
        is_synthetic=_entry(path, content, "is_synthetic", bool, False),
        scale=_scale(path, _entry(path, content, "scale", int, 1)),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _entry(path: Path, content: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = content.get(key)
    if value is None:
        return default
    is_wrong = not isinstance(value, kind) or (
        kind is int and (isinstance(value, bool) or value < 0)
    )
    if is_wrong:
        raise TapeError(
            f"{path.name}: {key} is {value!r}, expected {KINDS[kind]}; correct the control file"
        )
    return value


def _total(path: Path, name: str, value: Any) -> Decimal:
    try:
        total = Decimal(value) if isinstance(value, str | int | Decimal) else Decimal("NaN")
    except InvalidOperation:
        total = Decimal("NaN")
    if not total.is_finite():
        raise TapeError(
            f"{path.name}: total of {name} is {value!r}, expected a decimal number as text; "
            "correct the control file"
        )
    return total


def _date(path: Path, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise TapeError(
            f"{path.name}: as_of_date is {text!r}, expected YYYY-MM-DD; correct the control file"
        ) from None


def _scale(path: Path, scale: int) -> int:
    if scale < 1:
        raise TapeError(
            f"{path.name}: scale is {scale}, expected 1 or more (100 means 1:100); "
            "correct the control file"
        )
    return scale
