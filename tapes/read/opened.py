"""What a reader hands to the caster: where the cells of one file are, and how many rows it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class OpenedTape:
    """A file of cells.

    `cells` maps a column of the format to (SQL expression, DuckDB type) over a relation of its rows;
    `is_header` is SQL, true of a row that is the header again. `has_dates`: a date may stand there as
    YYYY-MM-DD whatever its pattern, since a workbook holds dates as dates. `unmatched` is SQL of the names
    of the joined tables that know nothing of a row, null of none; `table_keys` of the numbers of the
    keys that they do know of it.
    """

    file_name: str
    cells: Mapping[str, tuple[str, str]]
    unknown_columns: tuple[str, ...] = ()
    is_header: str = "false"
    has_dates: bool = False
    unmatched: str = "null"
    table_keys: str = ""


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


@dataclass(frozen=True)
class LeftOut:
    """Rows of a file that are none of the month that is closed: why, of which month, and how many.

    `reason` is "repeated_header", "absent" (a group of columns in which the loan is not), "other_month" or
    "earlier_filing" (a later one of the same loan and day takes its place), or "joined_table" (of a file
    that only tells more of the loans of another one).
    Of a file with groups, `row_count` counts each group of a row.
    """

    reason: str
    month: date | None
    row_count: int
