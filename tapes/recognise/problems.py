"""What is wrong with a format's file, each problem with its key and in one line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tapes.recognise.columns import BoundKeys, ColumnKeys, FooterKeys, NumberKeys
from tapes.recognise.file import (
    CsvKeys,
    ExcelKeys,
    FormatKeys,
    GroupKeys,
    JoinKeys,
    KeyPath,
    MonthKeys,
    XmlKeys,
    ZipKeys,
)

SHOWN_CHARACTERS = 60
EXPECTED = {
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "string_pattern_mismatch": "SQL",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "an array of texts",
    "too_short": "at least one",
    "model_type": "a table of keys",
    "dict_type": "a table of keys",
}


@dataclass(frozen=True)
class FormatProblem:
    """One problem: the file's name, the path of the key it is about (empty: the file), and the words."""

    file_name: str
    path: KeyPath
    words: str

    def line(self, locate: Callable[[KeyPath], int | None] = lambda path: None) -> str:
        """The problem in one line; `locate` gives the line of the file that a key stands in."""
        number = locate(self.path)
        place = self.file_name if number is None else f"{self.file_name} line {number}"
        key = ".".join(map(str, self.path))
        return f"{place}: {key}: {self.words}" if key else f"{place}: {self.words}"


def problems_of(file_name: str, error: ValidationError) -> list[FormatProblem]:
    """What the keys' own checks found, the innermost of each place."""
    found = [(tuple(detail["loc"]), detail) for detail in error.errors(include_url=False)]
    inner = [
        (path, detail)
        for path, detail in found
        if not any(other != path and other[: len(path)] == path for other, _ in found)
    ]
    return [FormatProblem(file_name, path, _words(path, detail)) for path, detail in inner]


def _words(path: KeyPath, detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind == "missing":
        return "missing; state it"
    if kind == "extra_forbidden":
        return f"unknown key, expected one of {', '.join(_known_keys(path))}"
    expected = EXPECTED.get(kind) or detail.get("ctx", {}).get("expected") or detail["msg"]
    expected = str(expected).removeprefix("Input should be ")
    value = detail["input"]
    if isinstance(value, Mapping):
        return f"expected {expected}"
    return f"found {_shown(value)}, expected {expected}"


def _known_keys(path: KeyPath) -> list[str]:
    if len(path) == 1:
        return sorted(FormatKeys.model_fields)
    tables = {
        "csv": CsvKeys,
        "excel": ExcelKeys,
        "zip": ZipKeys,
        "xml": XmlKeys,
        "month": MonthKeys,
        "group": GroupKeys,
        "join": JoinKeys,
        "bound": BoundKeys,
        "number": NumberKeys,
    }
    table, *inner = map(str, path)
    if inner[0] == "footer_values":
        return sorted(FooterKeys.model_fields)
    if inner[1:2] == ["number"]:
        return sorted(NumberKeys.model_fields)
    return sorted(tables.get(table, ColumnKeys).model_fields)


def _shown(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
