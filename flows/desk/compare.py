"""Two months, versions or deals side by side: each figure of their reports that differs, and the loans."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.close.report import read_pack
from flows.desk.printing import new_table
from flows.home import Home
from flows.lake.as_known import AsKnown
from flows.lake.connection import on_threads, open_lake
from flows.lake.questions import question

if TYPE_CHECKING:
    from rich.table import Table

    from reports.pack import ReportPack, ReportTable

OF_ALL_ROWS = ("deal_id", "as_of_date")
KEY_ENDINGS = ("_code", "_number", "_date")
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Side:
    """One of the two: a deal's month, as it stands or as it stood."""

    deal_id: str
    month: str
    moment: AsKnown = field(default_factory=AsKnown)


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
        """One less the other, of two numbers."""
        if not all(isinstance(value, Decimal | int) for value in (self.one, self.other)):
            return None
        return Decimal(self.one) - Decimal(self.other)


def compare_sides(home: Home, one: Side, other: Side, shown_loans: int) -> "Iterator[str | Table]":
    """What differs: a line that says how much, a table of figures, and one of the loans behind them."""
    packs = [_read(home, side) for side in (one, other)]
    names = [f"{pack.deal_id} {pack.as_of_date:%Y-%m} @{pack.lake_snapshot}" for pack in packs]
    differences = list(find_differences(*packs))
    yield f"{names[0]} against {names[1]}: {len(differences):,} figures differ"
    if differences:
        yield _figures(differences, names)
    loans = find_loans(home, (one, packs[0].lake_snapshot), (other, packs[1].lake_snapshot))
    if loans and shown_loans:
        yield f"{len(loans):,} loans of the pool differ{_of_which(len(loans), shown_loans)}"
        yield _loans(loans[:shown_loans], names)


def _read(home: Home, side: Side) -> "ReportPack":
    if side.moment.is_now:
        return read_pack(home, side.deal_id, side.month)
    with open_lake(home.lake) as lake:
        snapshot = side.moment.find(lake)
    return read_pack(home, side.deal_id, side.month, snapshot)


def find_differences(one: "ReportPack", other: "ReportPack") -> Iterator[Difference]:
    """The figures that differ, table by table, in the report's order."""
    others = {table.name: table for table in other.tables}
    for table in one.tables:
        yield from compare_tables(table, others[table.name])


def compare_tables(one: "ReportTable", other: "ReportTable") -> Iterator[Difference]:
    """The figures of one table that differ; a row is known by its codes, and by numbers that both have."""
    keys = _find_keys(one, other)
    rows = (_by_key(one.rows, keys), _by_key(other.rows, keys))
    for key in dict.fromkeys((*rows[0], *rows[1])):
        found = (rows[0].get(key), rows[1].get(key))
        for index, name in enumerate(one.columns):
            values = [None if row is None else row[index] for row in found]
            is_told = name not in OF_ALL_ROWS and index not in keys
            if is_told and values[0] != values[1]:
                yield Difference(one.table_id, " ".join(map(str, key)), name, *values)


def _find_keys(one: "ReportTable", other: "ReportTable") -> list[int]:
    """The fewest first codes that tell the rows apart; where none do, numbers of lines and dates as well."""
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


def find_loans(home: Home, one: tuple[Side, int], other: tuple[Side, int]) -> list[Row]:
    """Loan id, then balance, days past due and status on each side, of the loans of the pool that differ."""
    query = question("compare_loans")
    for name, (_, snapshot) in (("one", one), ("other", other)):
        query = query.replace(f"$at_{name}", f"at (version => {snapshot})")
    values = {
        "deal": one[0].deal_id,
        "month": one[0].month,
        "other_deal": other[0].deal_id,
        "other_month": other[0].month,
    }
    with on_threads(None), open_lake(home.lake) as lake:
        return lake.execute(query, values).fetchall()


def _figures(differences: Sequence[Difference], names: Sequence[str]) -> "Table":
    table = new_table("table", "row", "figure", counts=(*names, "difference"))
    for one in differences:
        amount = "" if one.amount is None else f"{one.amount:+,}"
        values = (_shown(one.one), _shown(one.other), amount)
        table.add_row(one.table_id, one.row, one.column, *values)
    return table


def _loans(loans: Sequence[Row], names: Sequence[str]) -> "Table":
    headings = [f"{what} {name}" for what in ("balance", "days", "status") for name in names]
    table = new_table("loan", counts=headings)
    for loan_id, *values in loans:
        table.add_row(loan_id, *map(_shown, values))
    return table


def _of_which(count: int, shown: int) -> str:
    return f", of which the {shown:,} with the largest difference" if count > shown else ""


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    return (
        f"{value:,}"
        if isinstance(value, Decimal | int) and not isinstance(value, bool)
        else str(value)
    )
