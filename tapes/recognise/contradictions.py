"""Keys of a format's file that are right by themselves and cannot stand together."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from tapes.recognise.file import ColumnKeys, FormatKeys

KeyPath = tuple[str, ...]

BOUNDED = {"money": "numbers", "rate": "numbers", "int": "numbers", "date": "dates"}


def find_contradictions(
    file_stem: str, keys: FormatKeys, canonical: Mapping[str, ColumnKeys]
) -> Iterator[tuple[KeyPath, str]]:
    """Keys that are right by themselves and cannot stand together."""
    if keys.id != file_stem:
        yield ("id",), f"found {keys.id!r}, expected {file_stem!r}, the name of the file"
    section = "column" if keys.column else "source"
    declared = keys.column or keys.source
    own = [("canonical", name) for name in keys.canonical] + [
        ("column", name) for name in keys.column
    ]
    for place in own:
        if place[1] not in canonical:
            yield place, "no canonical column; those are under [column] of canonical.toml"
    names: dict[str, str] = {}
    for name, column in declared.items():
        for header in (name, *column.headers):
            if names.setdefault(header, name) != name:
                yield (section, name), f"{header!r} is a header of column {names[header]} already"
    bounded = [(("bound", kind), kind, bound) for kind, bound in keys.bound.items()]
    bounded += [((section, name), column.type, column) for name, column in declared.items()]
    for place, kind, bound in bounded:
        if any(not _can_bound(kind, value) for value in (bound.minimum, bound.maximum)):
            yield (
                place,
                f"its minimum and maximum bound no {kind}, expected {BOUNDED.get(kind, 'none')}",
            )
    for name in keys.step:
        if name.lower() in {column.lower() for column in declared}:
            yield ("step", name), "a column of the file has this name; give the step another"


def _can_bound(kind: str, value: Decimal | date | None) -> bool:
    return value is None or (kind in BOUNDED and isinstance(value, date) == (kind == "date"))
