"""The first rows that fail a rule, named for a reader: by loan, and never by a person."""

import re
from collections.abc import Sequence

from expectations.rule import Rule

MOST_KEYS = 5
# A resident's identity number and a mobile telephone, wherever they stand in a key.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])([1-9][0-9]{2})(?:[0-9]{3}(?:19|20)[0-9]{6}[0-9]{2}|[0-9]{6})([0-9]{1}[0-9Xx])(?![0-9A-Za-z])"
)


def key_of(rule: Rule) -> str:
    """SQL text that names a failing row: as the rule says, or its loan, or the columns that it shows."""
    if rule.key or not rule.shown:
        return f"({rule.key or 'null'})::varchar"
    if "loan_id" in rule.shown:
        return "loan_id::varchar"
    named = (f"'{column.rpartition('.')[2]} ' || {column}" for column in rule.shown)
    return f"concat_ws(', ', {', '.join(named)})"


def mask(text: str) -> str:
    """The text with the middle of identity numbers and telephones left out."""
    return _PERSONAL.sub(r"\1…\2", text)


def masked_keys(keys: Sequence[str] | None) -> tuple[str, ...]:
    """The keys for a reader, each once; none where nothing failed or nothing names a row."""
    return tuple(dict.fromkeys(mask(str(key)) for key in keys or ()))
