"""Two reports side by side: each figure that is not the same in both."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from reports.pack import ReportPack, ReportTable

OF_ALL_ROWS = ("deal_id", "as_of_date")
KEY_ENDINGS = ("_code", "_number", "_date")
EXACT = Context(prec=80)
"""Decimals of 38 digits are subtracted and scaled without rounding."""
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Difference:
    """A figure that is not the same on both sides; None where a side has no such row, or no value in it."""

    table_id: str
    row: str
    column: str
    one: Any
    other: Any

    @property
    def amount(self) -> Decimal | None:
        """One less the other, to the last digit, of two numbers."""
        if not (_is_number(self.one) and _is_number(self.other)):
            return None
        return EXACT.subtract(Decimal(self.one), Decimal(self.other))


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def find_differences(one: ReportPack, other: ReportPack) -> Iterator[Difference]:
    """The figures that differ, table by table, in the report's order."""
    others = {table.name: table for table in other.tables}
    for table in one.tables:
        yield from compare_tables(table, others[table.name])


def compare_tables(one: ReportTable, other: ReportTable) -> Iterator[Difference]:
    """The figures of one table that differ; a row is known by its codes, and by numbers that both have.

    What one of them does not state, for it is of too few borrowers, is not told by the other.
    """
    keys = find_keys(one, other)
    rows = (_by_key(one.rows, keys), _by_key(other.rows, keys))
    hidden = {
        (list(found)[at], index)
        for table, found in zip((one, other), rows, strict=True)
        for at, index in table.suppressed
    }
    for key in dict.fromkeys((*rows[0], *rows[1])):
        found = (rows[0].get(key), rows[1].get(key))
        for index, name in enumerate(one.columns):
            values = [None if row is None else row[index] for row in found]
            is_told = name not in OF_ALL_ROWS and index not in keys and (key, index) not in hidden
            if is_told and values[0] != values[1]:
                yield Difference(one.table_id, row_name(key), name, *values)


def row_name(key: Sequence[Any]) -> str:
    """What a row is called by its keys; empty of the only row of a table."""
    return " ".join(str(part) for part in key if part is not None)


def name_rows(columns: Sequence[str], rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """What tells each row of a table from the others, in their order: its codes, else numbers and dates."""
    table = ReportTable("", "", "", "", "rows", tuple(columns), tuple(rows))
    return list(_by_key(rows, find_keys(table, table)))


def call_rows(columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """What `tapehouse explain` calls each row, in their order: its name, or its number where it has none."""
    names = [" ".join(name) for name in name_rows(columns, rows)]
    times = Counter(names)
    return [
        name if name and times[name] == 1 else str(number)
        for number, name in enumerate(names, start=1)
    ]


def find_keys(one: ReportTable, other: ReportTable) -> list[int]:
    """Places of the fewest first codes that tell the rows apart; else of numbers of lines and dates too."""
    codes = [index for index, name in enumerate(one.columns) if name.endswith("_code")]
    for count in range(len(codes) + 1):
        if all(_tells_apart(side.rows, codes[:count]) for side in (one, other)):
            return codes[:count]
    return [
        index
        for index, name in enumerate(one.columns)
        if name.endswith(KEY_ENDINGS) and name not in OF_ALL_ROWS
    ]


def _tells_apart(rows: Sequence[Row], keys: Sequence[int]) -> bool:
    return len({tuple(row[index] for index in keys) for row in rows}) == len(rows)


def _by_key(rows: Sequence[Row], keys: Sequence[int]) -> dict[tuple[str, ...], Row]:
    """The rows by their keys; of those with the same key each has its place among them too."""
    found: dict[tuple[str, ...], Row] = {}
    times = Counter[tuple[str, ...]]()
    for row in rows:
        key = tuple(str(row[index]) for index in keys if row[index] is not None)
        times[key] += 1
        found[key if times[key] == 1 else (*key, f"#{times[key]}")] = row
    return found
