"""The first rows that fail a rule, named for a reader: by loan, and never by a person."""

import re
from collections.abc import Mapping, Sequence

import duckdb

from expectations.repeats import repeated_rows
from expectations.rule import Count, Rule

MOST = 5
# A resident's identity number and a mobile telephone, wherever they stand in a key.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])([1-9][0-9]{2})(?:[0-9]{3}(?:19|20)[0-9]{6}[0-9]{2}|[0-9]{6})([0-9]{1}[0-9Xx])(?![0-9A-Za-z])"
)


def first_keys(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], counts: Mapping[str, Count]
) -> dict[str, tuple[str, ...]]:
    """The first keys, at most `MOST`, of the failing rows of each rule on one relation and key that has some.

    One query for all of them; duckdb.Error when a key cannot be told.
    """
    found = [rule for rule in rules if counts[rule.id].failing_count and key_of(rule)]
    if not found:
        return {}
    if found[0].unique:
        queries = [
            (rule, f"select min({key_of(rule)}, {MOST}) from ({repeated_rows(connection, rule)})")
            for rule in found
        ]
        rows = [connection.execute(query).fetchone() for _, query in queries]
        return {
            rule.id: _masked(row[0])
            for rule, row in zip(found, rows, strict=True)
            if row and row[0]
        }
    # The predicates and keys are columns first, since they may hold subqueries.
    columns = ", ".join(
        f"coalesce({rule.failing}, true) as f{i}, ({key_of(rule)})::varchar as k{i}"
        for i, rule in enumerate(found)
    )
    lists = ", ".join(f"min(k{i}, {MOST}) filter (where f{i})" for i in range(len(found)))
    row = connection.execute(f"select {lists} from (select {columns} from {found[0].relation})")
    keys = row.fetchone() or ()
    return {rule.id: _masked(own) for rule, own in zip(found, keys, strict=True) if own}


def key_of(rule: Rule) -> str:
    """SQL that names a failing row: as the rule says, or its loan, or the columns that it shows."""
    if rule.key or not rule.shown:
        return rule.key
    if "loan_id" in rule.shown:
        return "loan_id"
    named = (f"'{column.rpartition('.')[2]} ' || {column}" for column in rule.shown)
    return f"concat_ws(', ', {', '.join(named)})"


def mask(text: str) -> str:
    """The text with the middle of identity numbers and telephones left out."""
    return _PERSONAL.sub(r"\1…\2", text)


def _masked(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mask(str(key)) for key in keys))
