"""The text of a format's TOML, drafted from a sample: each column with its guess, and what is left to say."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

import tomlkit

from tapes.draft.guess import UNIT_NAMES, Guess, guess_column
from tapes.draft.sample import Sample
from tapes.recognise.load import CANONICAL, load_formats
from tapes.recognise.shape import Column

NAMES = Path(__file__).with_name("names.toml")
LONGEST_REMARK = 80
NUMBERED = re.compile(r"(.*[^\d#])(\d{1,3})")
FEWEST_NUMBERED = 3


def draft_format(sample: Sample, format_id: str) -> str:
    """A format of this id that reads the sample's columns; a person maps what no name told.

    `tapehouse check` says what it still lacks.
    """
    mapped = map_names(list(sample.cells))
    guesses = _guess_columns(sample, mapped)
    # SQL does not tell names apart that differ in their case alone: the later one has another.
    called = _distinct(list(guesses))
    guesses = {
        called[name]: one
        if called[name] == name
        else replace(one, keys=one.keys | {"headers": [name]})
        for name, one in guesses.items()
    }
    mapped = {canonical: called[name] for canonical, name in mapped.items()}
    parts = [_head(sample, format_id), *_layout(sample)]
    return "\n".join([*parts, _numbered(sample) + _source(guesses), _canonical(guesses, mapped)])


def _distinct(names: list[str]) -> dict[str, str]:
    """Each name, and what it is called so that no other differs in its case alone."""
    called: dict[str, str] = {}
    taken = {name.lower(): name for name in reversed(names)}
    for name in names:
        own, number = name, 1
        while taken.setdefault(own.lower(), name) != name:
            number += 1
            own = f"{name}_{number}"
        called[name] = own
    return called


def _head(sample: Sample, format_id: str) -> str:
    return (
        "#:schema schema.json\n"
        f"# A draft from {_remark(sample.name)}: every line is a guess from its first rows.\n"
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
    """Each named column of the file, as the canonical column asks for that its name says it is.

    Columns that are numbered are of one type. A date that may be read in two ways is read as the others are.
    """
    asked = {header: name for name, header in mapped.items()}
    canonical = {column.name: column for column in _canonical_columns()}
    columns = {name: canonical.get(asked.get(name, "")) for name in sample.cells}
    types = {name: column.type if column else "" for name, column in columns.items()}
    pooled = {
        name: list(chain.from_iterable(sample.cells[other] for other in names))
        for names in _series(sample).values()
        for name in names[:1]
    }
    first = {name: names[0] for names in _series(sample).values() for name in names}

    def guess(name: str, preferred: Collection[str] = ()) -> Guess:
        return guess_column(pooled.get(name, sample.cells[name]), types[name], name, preferred)

    found = {name: guess(name) for name in sample.cells if first.get(name, name) == name}
    sure = {one.patterns[0] for one in found.values() if len(one.patterns) == 1}
    found |= {name: guess(name, sure) for name, one in found.items() if len(one.patterns) > 1}
    guesses = {}
    for name, column in columns.items():
        one = found[first.get(name, name)]
        critical = {"critical": True} if column and column.critical else {}
        stored = {"stored_as": sample.stored_as[name]} if name in sample.stored_as else {}
        kind = {"type": sample.kinds[name]} if _is_text(one) and name in sample.kinds else {}
        guesses[name] = replace(one, keys=one.keys | kind | critical | stored)
    return guesses


def _is_text(guess: Guess) -> bool:
    return guess.keys["type"] == "text" and "personal" not in guess.keys


def _series(sample: Sample) -> dict[str, list[str]]:
    """What columns are called before their numbers -> those that go on from number to number."""
    found: dict[str, dict[int, str]] = {}
    for name in sample.cells if sample.has_header else ():
        if match := NUMBERED.fullmatch(name):
            found.setdefault(match[1], {})[int(match[2])] = name
    return {
        stem: list(names.values())
        for stem, names in found.items()
        if len(names) >= FEWEST_NUMBERED and max(names) - min(names) < len(names)
    }


def _numbered(sample: Sample) -> str:
    """A remark on columns that may be months."""
    series = [f"{names[0]} to {names[-1]}" for names in _series(sample).values()]
    if not series:
        return ""
    return (
        f"# Numbered columns: {', '.join(series)}.\n"
        "# Where the numbers are months, [group] makes a row of each, under a header with {n}.\n"
    )


def _source(guesses: dict[str, Guess]) -> str:
    lines = ["[source]"]
    for name, found in guesses.items():
        remark = _remark(found.remark)[:LONGEST_REMARK]
        lines.append(f"{_key(name)} = {_value(found.keys)}  # {remark}")
    return "\n".join(lines) + "\n"


def _remark(text: str) -> str:
    """A text as a comment may hold it: in one line, and nothing that cannot be printed."""
    return "".join(one if one.isprintable() else " " for one in re.sub(r"\s+", " ", text))


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
