"""Two months, versions or deals side by side: each figure of their reports that differs, and the loans."""

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
from reports.comparison import Difference, find_differences

if TYPE_CHECKING:
    from rich.table import Table

    from reports.pack import ReportPack

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Side:
    """One of the two: a deal's month, as it stands or as it stood."""

    deal_id: str
    month: str
    moment: AsKnown = field(default_factory=AsKnown)


def compare_sides(home: Home, one: Side, other: Side, shown_loans: int) -> "Iterator[str | Table]":
    """What differs: a line that says how much, a table of figures, and one of the loans behind them."""
    packs = [_read(home, side) for side in (one, other)]
    names = [f"{pack.deal_id} {pack.as_of_date:%Y-%m} @{pack.lake_snapshot}" for pack in packs]
    differences = list(find_differences(*packs))
    yield f"{names[0]} against {names[1]}: {len(differences):,} figures differ"
    if differences:
        yield show_figures(differences, names)
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


def show_figures(differences: Sequence[Difference], names: Sequence[str]) -> "Table":
    table = new_table("table", "row", "figure", counts=(*names, "difference"))
    for one in differences:
        amount = "" if one.amount is None else f"{one.amount:+,f}"
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
    if isinstance(value, Decimal):
        return f"{value:,f}"  # Never 0E-8.
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
