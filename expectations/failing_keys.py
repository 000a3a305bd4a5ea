"""The rows that fail a rule, named for a reader: by loan, and never by a person."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from expectations.rule import Count, Rule, Verdict

MOST_KEYS = 5
# What a list holds at most: a spreadsheet opens it, and a tape that fails throughout fills no disk.
LISTED_KEYS = 100_000
# What a spreadsheet would run (OWASP, CSV Injection).
FORMULA = r"^[=+@\t\r-]"
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


def count_of(failing_count: int | None, row_count: int | None, keys: Sequence[str] | None) -> Count:
    """The count with its keys: up to `LISTED_KEYS` of the failing rows, in order."""
    first = masked_keys((keys or ())[:MOST_KEYS])
    return Count(failing_count, row_count, keys=first, listed_keys=masked_keys(keys))


class KeyList(NamedTuple):
    """What a rule found, in a file beside its page: how many lines, and whether there was more."""

    path: Path
    count: int
    is_cut: bool = False


def write_keys(
    verdicts: Iterable[Verdict], keys: Mapping[str, Sequence[str]], folder: Path
) -> dict[str, KeyList]:
    """The keys of each failed rule, as `<rule id>.csv` of one column in the folder; the lists by rule id.

    The folder is for its owner alone. OSError as the disk raises it.
    """
    written = {}
    for verdict in verdicts:
        found = keys.get(verdict.rule_id, ())
        if verdict.outcome == "failed" and found:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / f"{verdict.rule_id}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["failing_row"])
                writer.writerows([f"'{key}" if re.match(FORMULA, key) else key] for key in found)
            is_cut = (verdict.failing_count or 0) > LISTED_KEYS
            written[verdict.rule_id] = KeyList(path, len(found), is_cut)
    return written
