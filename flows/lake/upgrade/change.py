"""What a step of an upgrade does to one table: said and counted before it is done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Known = Mapping[str, set[str]]
"""The names of the columns of every table and view of the lake, by `schema.table`."""


@dataclass(frozen=True)
class Change:
    """One change of one table (`schema.table`).

    `words` say it; `statements` do it in DuckDB's SQL, where the lake is the database `lake`. `written` is
    the condition of the rows that get a value, over columns that the table has before the upgrade (empty:
    none). `adds` and `drops` name columns.
    """

    table: str
    words: str
    statements: tuple[str, ...]
    written: str = ""
    adds: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step:
    """What makes a lake of the version before one of `version`.

    `changes` looks at the lake's columns and gives those that are still to do: none where all are done.
    """

    version: int
    words: str
    changes: Callable[[Known], Sequence[Change]]


def add_column(table: str, name: str, data_type: str, value: str = "", written: str = "") -> Change:
    """A new column: null, or `value` (SQL over the table's columns) in the rows of the condition."""
    statements = [f"alter table lake.{table} add column {name} {data_type}"]
    if value:
        statements.append(f"update lake.{table} set {name} = {value} where {written}")
    words = f"column {name} is added"
    return Change(table, words, tuple(statements), written, adds=frozenset([name]))


def drop_column(table: str, name: str) -> Change:
    """A column that is no longer kept; snapshots of before still have it."""
    statement = f"alter table lake.{table} drop column {name}"
    return Change(table, f"column {name} is dropped", (statement,), drops=frozenset([name]))


def columns_after(known: Known, changes: Sequence[Change]) -> dict[str, set[str]]:
    """The columns of the lake's tables once the changes are done."""
    after = dict(known)
    for change in changes:
        after[change.table] = (after.get(change.table, set()) | change.adds) - change.drops
    return after
