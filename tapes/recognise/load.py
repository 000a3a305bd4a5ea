"""Which formats are known: one TOML file each in `formats/`.

A format names the columns of its files under [source] and gives the canonical columns as SQL over
them under [canonical]; canonical.toml declares the canonical columns themselves, under [column], and
under [bound] what a value of a type may be at least and at most, in any format.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tapes import TapeError
from tapes.recognise.detect import detect_format
from tapes.recognise.shape import (
    KEPT_DECIMALS,
    MAX_DECIMALS,
    SQL_TYPES,
    Column,
    CsvShape,
    TapeFormat,
    XmlShape,
)

__all__ = ["Column", "CsvShape", "TapeFormat", "XmlShape", "detect_format", "load_formats"]

FORMATS_FOLDER = Path(__file__).parents[1] / "formats"
CONTAINERS = ("csv", "parquet", "xml")
FORMAT_KEYS = {
    "id",
    "title",
    "containers",
    "csv",
    "xml",
    "null_texts",
    "bound",
    "column",
    "source",
    "step",
    "canonical",
}


def load_formats(folder: Path = FORMATS_FOLDER) -> dict[str, TapeFormat]:
    """Every format of a folder by id; the canonical columns are those of this package."""
    canonical = _load_columns(FORMATS_FOLDER / "canonical.toml", "column")
    formats = [_load_format(path, canonical) for path in sorted(folder.glob("*.toml"))]
    return {tape_format.id: tape_format for tape_format in formats}


def _load_format(path: Path, canonical: tuple[Column, ...]) -> TapeFormat:
    content = _load_toml(path)
    if unknown := sorted(content.keys() - FORMAT_KEYS):
        raise TapeError(
            f"{path.name}: unknown key {unknown[0]!r}; known are {', '.join(sorted(FORMAT_KEYS))}"
        )
    if lacking := [key for key in ("id", "title") if not isinstance(content.get(key), str)]:
        raise TapeError(f"{path.name}: {lacking[0]} is missing; expected a text")
    section = "column" if "column" in content else "source"
    columns = _load_columns(path, section)
    identity = {column.name: f'"{column.name}"' for column in columns}
    expressions = content.get("canonical", {} if section == "source" else identity)
    names = {column.name for column in canonical}
    if strangers := sorted(set(expressions) - names):
        raise TapeError(f"{path.name}: [canonical] {strangers[0]} is no canonical column")
    containers = tuple(content.get("containers", ()))
    if not containers or set(containers) - set(CONTAINERS):
        raise TapeError(
            f"{path.name}: containers is {list(containers)}, expected some of {list(CONTAINERS)}"
        )
    if ("xml" in containers) != ("xml" in content):
        raise TapeError(f"{path.name}: the section [xml] and the container xml must come together")
    return TapeFormat(
        id=content["id"],
        title=content["title"],
        containers=containers,
        columns=columns,
        canonical=canonical,
        expressions=expressions,
        steps=content.get("step", {}),
        null_texts=tuple(content.get("null_texts", ())),
        csv=_build(path, "csv", CsvShape, content.get("csv", {})),
        xml=_build(path, "xml", XmlShape, content["xml"]) if "xml" in content else None,
    )


def _load_columns(path: Path, section: str) -> tuple[Column, ...]:
    columns, bounds = [], _load_toml(FORMATS_FOLDER / "canonical.toml")["bound"]
    for name, entry in _load_toml(path).get(section, {}).items():
        place = f"{section}.{name}"
        headers = (name, *entry.pop("headers", ()))
        codes = tuple(entry.pop("codes", ()))
        bound = bounds.get(entry.get("type"), {})
        column = _build(
            path,
            place,
            Column,
            {**bound, **entry, "name": name, "headers": headers, "codes": codes},
        )
        if column.type not in SQL_TYPES:
            raise TapeError(
                f"{path.name}: {place}.type is {column.type!r}, "
                f"expected one of {', '.join(SQL_TYPES)}"
            )
        if column.decimals is not None and not (
            KEPT_DECIMALS.get(column.type, MAX_DECIMALS) < column.decimals <= MAX_DECIMALS
        ):
            raise TapeError(
                f"{path.name}: {place}.decimals is {column.decimals} of {column.type}, expected more "
                f"than 2 of money or 6 of a rate, at most {MAX_DECIMALS}"
            )
        columns.append(column)
    if not columns:
        raise TapeError(
            f"{path.name}: no [{section}] section; declare the columns of the file there"
        )
    return tuple(columns)


def _build(path: Path, place: str, kind: type, entry: Mapping[str, Any]) -> Any:
    try:
        return kind(**entry)
    except TypeError as error:
        raise TapeError(f"{path.name}: {place}: {error}") from None


def _load_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TapeError(f"{path.name}: no readable TOML ({error})") from None
