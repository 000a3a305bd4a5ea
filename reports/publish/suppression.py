"""Small cells: figures of a few borrowers, left out of what is published, and what would tell them.

The report's tables hold them all: they are added up and checked there, and only what goes into files is
without them. A deal asks for it by `[report] suppress_below`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.formatting import NUMBERS, kind_of
from reports.pack import Borrowers, ReportPack, ReportTable, Value

GROUPED_BY = (
    "bucket_code",
    "origination_month",
    "cohort_month",
    "status_code",
    "opening_status_code",
    "disposal_code",
    "cause_code",
)
"""The columns that say of which loans a row is, in a table that divides loans into groups."""
NOT_SUMMED = {"status_code": ("settled",)}
"""Rows that stand beside a table's groups: of loans that have no balance, and in no total."""
PARTED_BY = ("dimension_code", "cohort_code")
"""The columns that say which rows a total sums up, in a table of several parts."""
TOTAL = "total"
_LOANS, _BORROWERS = "loan_count", "borrower_count"


@dataclass(frozen=True)
class _Group:
    """A row of a table: its place, its name, how many it is of, and whether it has a figure beside that."""

    place: int
    name: str
    count: int
    has_figure: bool


def suppress_small_cells(pack: ReportPack, borrowers: Borrowers) -> ReportPack:
    """The pack without the figures of fewer borrowers than the deal states; the same where it states all.

    `borrowers` are those of the groups of its distributions, empty where the lake does not tell.
    """
    if pack.suppress_below is None:
        return pack
    below = pack.suppress_below
    return replace(pack, tables=tuple(_suppress(table, below, borrowers) for table in pack.tables))


def find_small_cells(
    table: ReportTable, below: int, borrowers: Borrowers
) -> frozenset[tuple[int, int]]:
    """Row and column, from 0, of each figure of a group or a pool of 1 to `below` - 1 borrowers.

    Where neither table nor `borrowers` count them, loans are counted. With them go the next smallest
    groups, until no total tells a figure of fewer than `below` by what is left of it.
    """
    by = next((name for name in GROUPED_BY if name in table.columns), "")
    if by and any(name.endswith(_LOANS) for name in table.columns):
        return frozenset(_cells_of_groups(table, by, below, borrowers))
    if "feature_code" in table.columns:
        return frozenset(_cells_of_features(table, below))
    return frozenset()


def _suppress(table: ReportTable, below: int, borrowers: Borrowers) -> ReportTable:
    cells = find_small_cells(table, below, borrowers)
    rows = tuple(
        tuple(None if (at, place) in cells else value for place, value in enumerate(row))
        for at, row in enumerate(table.rows)
    )
    return replace(table, rows=rows, suppressed=cells)


def _cells_of_groups(
    table: ReportTable, by: str, below: int, borrowers: Borrowers
) -> Iterator[tuple[int, int]]:
    """Of each part of a table that a total sums up, and of each set of columns with a count of its own."""
    parted = next((name for name in PARTED_BY if name in table.columns), "")
    dimensions = table.values(parted) or (table.divides,) * len(table.rows)
    for start, counted, columns in _column_sets(table):
        for dimension in dict.fromkeys(dimensions):
            rows = [at for at, value in enumerate(dimensions) if value == dimension]
            known = _of_side(borrowers, start.rstrip("_") or table.scope, str(dimension))
            counts_borrowers = bool(known) or table.columns[counted].endswith(_BORROWERS)
            groups = list(_read_groups(table, by, rows, counted, columns, known))
            is_whole_small = 0 < known.get(TOTAL, 0) < below
            hidden = None if is_whole_small else _choose(groups, below, counts_borrowers)
            # A total of too few is the figure of too few.
            hidden = rows if hidden is None else hidden
            yield from ((at, place) for at in hidden for place in columns)


def _of_side(borrowers: Borrowers, scope: str, dimension: str) -> Mapping[str, int]:
    """The borrowers of the groups of one distribution, by bucket or code."""
    return {
        bucket: count
        for (of, by, bucket), count in borrowers.items()
        if (of, by) == (scope, dimension)
    }


def _column_sets(table: ReportTable) -> Iterator[tuple[str, int, tuple[int, ...]]]:
    """How a set's names start, the column that counts and the figures that go with it:
    `previous_loan_count` with `previous_…`.

    Where only what was bought is counted, that is of every figure.
    """
    starts = [name.removesuffix(_LOANS) for name in table.columns if name.endswith(_LOANS)]
    figures = [
        (place, name) for place, name in enumerate(table.columns) if kind_of(name) in NUMBERS
    ]
    for start in starts:
        columns = tuple(
            place
            for place, name in figures
            if name != "line_number" and start == _start_of(name, starts)
        )
        borrowers = f"{start}{_BORROWERS}"
        counted = borrowers if borrowers in table.columns else f"{start}{_LOANS}"
        yield start, table.columns.index(counted), columns


def _start_of(name: str, starts: Sequence[str]) -> str:
    return max((start for start in starts if name.startswith(start)), key=len, default=starts[0])


def _read_groups(
    table: ReportTable,
    by: str,
    rows: Sequence[int],
    counted: int,
    columns: Sequence[int],
    known: Mapping[str, int],
) -> Iterator[_Group]:
    """The rows that have a count, without their total and what stands beside it."""
    names = table.values(by)
    for at in rows:
        count, name = _whole(table.rows[at][counted]), str(names[at])
        if count is not None and name not in (TOTAL, *NOT_SUMMED.get(by, ())):
            figures = (table.rows[at][place] for place in columns if place != counted)
            yield _Group(at, name, min(count, known.get(name, count)), any(figures))


def _choose(groups: Sequence[_Group], below: int, counts_borrowers: bool) -> list[int] | None:
    """Places of the groups to be left out; None where all of them together are too few.

    By name where they are as many, so that the same groups are chosen in every table that has them. A
    group that counts no loan but has an amount is of loans that are no more. A borrower may be in several
    groups, which together are of as many as the largest of them at least.
    """
    together = max if counts_borrowers else sum
    small = [
        group
        for group in groups
        if 0 < group.count < below or (group.count == 0 and group.has_figure)
    ]
    if not small:
        return []
    if sum(group.count for group in groups) < below:
        return None
    others = sorted(
        (group for group in groups if group not in small and group.count),
        key=lambda group: (group.count, group.name),
    )
    # Then they are two groups at least, for each of the first is smaller.
    while others and together(group.count for group in small) < below:
        small.append(others.pop(0))
    return [group.place for group in small]


def _cells_of_features(table: ReportTable, below: int) -> Iterator[tuple[int, int]]:
    """Every figure of a pool of too few borrowers: a column of a table of statistics."""
    features = table.values("feature_code")
    for place, name in enumerate(table.columns):
        if name.endswith("_value"):
            column: Mapping[Value, Value] = dict(zip(features, table.values(name), strict=True))
            count = _whole(column.get(_BORROWERS)) or _whole(column.get(_LOANS))
            if count is not None and 0 < count < below:
                yield from ((at, place) for at in range(len(table.rows)))


def _whole(value: Value) -> int | None:
    """A count, which some tables hold as a decimal; None where it is not known."""
    return None if value is None or isinstance(value, str) else int(value)  # type: ignore[arg-type]
