"""What stands in braces in a house template: `{tr_3_2.closing_balance[note=senior]}` or `{deal.name}`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

EXAMPLE = "{tr_3_2.closing_balance[note=senior]}"

# `{{` and `}}` stand for the signs themselves.
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|\{")
_INNER = re.compile(r"\s*([A-Za-z][\w-]*)\s*(?:\.\s*(\w+)\s*)?(?:\[(.*)\]\s*)?", re.DOTALL)
_KEY = re.compile(r'\s*(\w+)\s*=\s*(?:"([^"]*)"|([^,"]*?))\s*(?:,|$)')


class Unfillable(Exception):
    """A placeholder that cannot be filled: what is wrong with it, and what was expected."""


@dataclass(frozen=True)
class Placeholder:
    """`table` and `column` of a figure, `keys` of its row; of a fact of the report `column` is empty."""

    table: str
    column: str
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Braces:
    """What is in braces in a text, from `start` to `end`; `literal` is the sign that a doubled one means."""

    text: str
    start: int
    end: int
    literal: str = ""


def find_braces(text: str) -> Iterator[Braces]:
    """The placeholders and doubled braces of a text, in order."""
    for found in _BRACES.finditer(text):
        doubled = found.group() if found.group() in ("{{", "}}") else ""
        yield Braces(found.group(), found.start(), found.end(), doubled[:1])


def parse(text: str) -> Placeholder:
    """The placeholder that a text in braces is; Unfillable where it is none."""
    found = _INNER.fullmatch(text[1:-1]) if text.endswith("}") else None
    if found is None:
        raise Unfillable(
            f"expected a placeholder such as {EXAMPLE}, or doubled braces for the sign"
        )
    table, column, keys = found.groups()
    return Placeholder(table, column or "", _parse_keys(keys) if keys is not None else {})


def _parse_keys(text: str) -> dict[str, str]:
    """The keys between the brackets; a value with a comma stands in quotes."""
    keys: dict[str, str] = {}
    place = 0
    while place < len(text):
        found = _KEY.match(text, place)
        if found is None or found.group(1) in keys:
            raise Unfillable(f"[{text}]: expected each key once, as in [note=senior,kind=interest]")
        name, quoted, plain = found.groups()
        keys[name] = plain if quoted is None else quoted
        place = found.end()
    return keys
