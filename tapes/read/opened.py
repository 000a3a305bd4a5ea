"""What a reader hands to the caster: where the cells of one file are, and how many rows it has."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OpenedTape:
    """A file of cells.

    `cells` maps a column of the format to (SQL expression, DuckDB type) over a relation of its rows.
    """

    file_name: str
    cells: Mapping[str, tuple[str, str]]
    unknown_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Rows of the file as a DuckDB relation; `row_number` is the SQL of a row's number in the file."""

    relation: str
    row_number: str


@dataclass(frozen=True)
class RowCount:
    """Counted on the file itself, not by the parser.

    `is_ended` is False when the last row of a text file has no line break.
    """

    row_count: int
    is_ended: bool = True


@dataclass(frozen=True)
class MalformedRow:
    """A row that is not a row of cells: its number in the file, its text, and why."""

    row_number: int
    row_text: str
    reason: str
