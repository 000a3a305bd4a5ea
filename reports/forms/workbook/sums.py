"""Which rows a total of a table sums up, so that the workbook can add them up again before the reader."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from reports.formatting import Kind
from reports.sections import Section

_ADDED = (Kind.MONEY, Kind.COUNT, Kind.RATE)
_NEVER_ADDED = ("mean_", "max_", "min_", "wa_")
"""What begins the name of a figure whose total is no sum."""


def find_sums(section: Section) -> Mapping[tuple[int, int], tuple[int, ...]]:
    """Of each total that is the sum of other rows, to the last digit: row and column, and which rows.

    A figure that is not the sum of the rows that its line adds up, or that is not known, has none.
    """
    columns = [
        place
        for place, column in enumerate(section.columns)
        if column.kind in _ADDED and not column.name.startswith(_NEVER_ADDED)
    ]
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for row in sorted(section.total_rows):
        # Of the same rows in every column: those by which the most columns come to the total.
        fitting = [
            [(place, rows) for place in columns if _is_sum(section, row, place, rows)]
            for rows in _candidates(section, row)
        ]
        found |= {(row, place): rows for place, rows in max(fitting, key=len)}
    return found


def has_total_below(section: Section) -> bool:
    """Whether its only total is its last row, below all that it sums up."""
    last = len(section.rows) - 1
    return last > 0 and section.total_rows == {last}


def _candidates(section: Section, row: int) -> Iterator[tuple[int, ...]]:
    """What a total may be of, the likeliest first: the rows since the last total, the totals before it with
    the rows since, or all rows before it that are no totals."""
    totals = sorted(at for at in section.total_rows if at < row)
    since = tuple(range(totals[-1] + 1 if totals else 0, row))
    yield since
    if totals:
        yield (*totals, *since)
        yield tuple(at for at in range(row) if at not in section.total_rows)


def _is_sum(section: Section, row: int, place: int, rows: Sequence[int]) -> bool:
    total = _number(section, row, place)
    parts = [_number(section, at, place) for at in rows]
    known = [part for part in parts if part is not None]
    return total is not None and len(known) > 1 and sum(known, Decimal(0)) == total


def _number(section: Section, row: int, place: int) -> Decimal | None:
    value = section.rows[row][place].value
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    return Decimal(value)


def word_sum(column: str, rows: Sequence[int], first: int) -> str:
    """The formula; `first` is the number that the workbook gives the table's first row.

    The rows stand fast, so that a table that is sorted leaves the sum right.
    """
    runs: list[list[int]] = []
    for at in rows:
        if runs and runs[-1][1] == at - 1:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    parts = (
        f"{column}${low + first}" + (f":{column}${high + first}" if high > low else "")
        for low, high in runs
    )
    return f"=SUM({','.join(parts)})"
