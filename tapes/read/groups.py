"""Which cells of a row a format's columns are; with a group of columns per month, one row for each group."""

from collections.abc import Callable, Sequence

from tapes import TapeError
from tapes.read.opened import Rows
from tapes.recognise.months import GroupShape
from tapes.recognise.shape import TapeFormat

Cell = tuple[str, str]


def find_cells(
    tape_format: TapeFormat, found: Sequence[str], cell_at: Callable[[int], Cell], file_name: str
) -> tuple[dict[str, Cell], tuple[str, ...]]:
    """Column name -> (SQL, DuckDB type) of its cell, and the headers that the format does not know.

    `cell_at` gives the cell of a position; that of a column of groups depends on `group_number`.
    """
    matched, groups = tape_format.match_headers(found), tape_format.match_groups(found)
    cells = {name: cell_at(position) for name, position in matched.items() if name not in groups}
    known = set(matched.values())
    for name, positions in groups.items():
        known.update(positions.values())
        if positions:
            cells[name] = _grouped_cell(
                name, {n: cell_at(i) for n, i in positions.items()}, file_name
            )
    return cells, tuple(header for i, header in enumerate(found) if i not in known)


def repeat_for_groups(rows: Rows, group: GroupShape | None) -> Rows:
    """Each row once for each group, under the row's own number."""
    if not group:
        return rows
    numbered = f"(select *, {rows.row_number} as tape_record from {rows.relation})"
    numbers = f"unnest(range({group.first}, {group.last + 1}))"
    return Rows(f"(select *, {numbers} as group_number from {numbered})", "tape_record")


def _grouped_cell(name: str, cells: dict[int, Cell], file_name: str) -> Cell:
    kinds = {kind for _, kind in cells.values()}
    if len(kinds) > 1:
        raise TapeError(
            f"{file_name}: column {name} is {' and '.join(sorted(kinds))} in different months, expected "
            "one type; write it the same in all"
        )
    branches = " ".join(f"when {number} then {sql}" for number, (sql, _) in cells.items())
    return f"case group_number {branches} end", kinds.pop()
