"""The text of a format's TOML, drafted from a sample: each column with its guess, and what is left to say."""

import re
import tomllib
from functools import cache
from pathlib import Path

import tomlkit

from tapes.draft.guess import UNIT_NAMES, Guess, guess_column
from tapes.draft.sample import Sample
from tapes.recognise.load import CANONICAL, load_formats
from tapes.recognise.shape import Column

NAMES = Path(__file__).with_name("names.toml")
LONGEST_REMARK = 80


def draft_format(sample: Sample, format_id: str) -> str:
    """A format of this id that reads the sample's columns; a person maps what no name told.

    `tapehouse check` says what it still lacks.
    """
    mapped = map_names(list(sample.cells))
    guesses = _guess_columns(sample, mapped)
    parts = [_head(sample, format_id), *_layout(sample)]
    return "\n".join([*parts, _source(guesses), _canonical(guesses, mapped)])


def _head(sample: Sample, format_id: str) -> str:
    return (
        f"#:schema schema.json\n# A draft from {sample.name}: every line is a guess from its first rows.\n"
        "# docs/formats.md explains the keys.\n\n"
        f"id = {_value(format_id)}\n"
        f"title = {_value(f'{format_id}: the servicer and its report')}\n"
        f"containers = {_value([sample.container])}\n"
    )


def _layout(sample: Sample) -> list[str]:
    if sample.xml:
        return [_table("xml", vars(sample.xml))]
    if sample.container == "parquet":
        return []
    keys: dict[str, object] = {}
    if sample.container == "csv":
        keys |= {"encoding": sample.encoding, "delimiter": sample.delimiter}
    if sample.skip_lines:
        keys["skip_lines"] = sample.skip_lines
    if not sample.has_header:
        keys |= {"header_lines": 0, "names": list(sample.cells)}
    return [_table(sample.container, keys)] if keys else []


def _guess_columns(sample: Sample, mapped: dict[str, str]) -> dict[str, Guess]:
    """Each named column of the file, as the canonical column asks for that its name says it is."""
    asked = {header: name for name, header in mapped.items()}
    canonical = {column.name: column for column in _canonical_columns()}
    guesses = {}
    for name, cells in sample.cells.items():
        column = canonical.get(asked.get(name, ""))
        found = guess_column(cells, column.type if column else "", name)
        if column and column.critical:
            found = Guess(found.keys | {"critical": True}, found.remark)
        guesses[name] = found
    return guesses


def _source(guesses: dict[str, Guess]) -> str:
    lines = ["[source]"]
    for name, found in guesses.items():
        remark = re.sub(r"\s+", " ", found.remark)[:LONGEST_REMARK]
        lines.append(f"{_key(name)} = {_value(found.keys)}  # {remark}")
    return "\n".join(lines) + "\n"


def _canonical(guesses: dict[str, Guess], mapped: dict[str, str]) -> str:
    """Each canonical column: as the column of the file that it is, or left to the person."""
    lines = ["# What is commented out is unknown until it says where it comes from.", "[canonical]"]
    for column in _canonical_columns():
        header = mapped.get(column.name)
        sql = _value(_as_sql(header)) if header else '""'
        found = guesses[header].keys["type"] if header else column.type
        if header and found == column.type:
            lines.append(f"{column.name} = {sql}")
        else:
            lines.append(
                f"# {column.name} = {sql}  # {column.type}{f', of a {found}' if header else ''}"
            )
    return "\n".join(lines) + "\n"


def map_names(headers: list[str]) -> dict[str, str]:
    """Canonical column -> header, where a header is called so in the trade; each header once."""
    by_plain = {_plain(header): header for header in reversed(headers) if header}
    mapped: dict[str, str] = {}
    for name, called in _trade_names().items():
        found = next((by_plain[plain] for plain in map(_plain, called) if plain in by_plain), None)
        if found is not None and found not in mapped.values():
            mapped[name] = found
    return mapped


def _canonical_columns() -> tuple[Column, ...]:
    return load_formats()[CANONICAL].canonical


@cache
def _trade_names() -> dict[str, tuple[str, ...]]:
    known = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    return {
        column.name: (column.name, *known.get(column.name, ())) for column in _canonical_columns()
    }


def _plain(name: str) -> str:
    for said in UNIT_NAMES.values():
        name = said.sub("", name)
    return re.sub(r"[\W_]+", "", name).lower()


def _as_sql(name: str) -> str:
    """A column's name as SQL writes it."""
    return (
        name
        if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
        else '"' + name.replace('"', '""') + '"'
    )


def _table(name: str, keys: dict[str, object]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in keys.items()]
    return "\n".join([f"[{name}]", *lines]) + "\n"


def _key(name: str) -> str:
    return tomlkit.key(name).as_string()


def _value(value: object) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {_value(part)}" for key, part in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, str) and '"' in value and "'" not in value:
        return tomlkit.string(value, literal=True).as_string()
    return tomlkit.item(value).as_string()
