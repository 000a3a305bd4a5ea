"""Read a file that is of no month yet, and keep nothing: what it holds, and what of it could not be read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from secrets import token_bytes
from typing import Any

import duckdb

from tapes.land.files import check_readable, readable_name
from tapes.land.landed import LandedTape
from tapes.read.opened import LeftOut, MalformedRow
from tapes.read.tape import read_tape
from tapes.recognise.shape import TOTALLED_TYPES, TapeFormat
from tapes.sql_text import quote_name

NO_BOOK, NO_MONTH = "none", "0000-00"


@dataclass(frozen=True)
class BadColumn:
    """The cells of a column that could not be read: how many, and the first of them as it stands."""

    column_name: str
    cell_count: int
    row_number: int
    cell_text: str
    expected_type: str


@dataclass(frozen=True)
class Remark:
    """A row of `landed.remark` over all files; `text` is empty where the item says all."""

    code: str
    item: str
    text: str
    row_count: int


@dataclass(frozen=True)
class Stated:
    """A figure that a file states of its rows in its footer: "row_count", or the total of a column."""

    file_name: str
    place: str
    name: str
    stated: Decimal
    read: Decimal

    @property
    def differs(self) -> bool:
        """Whether the file holds something else: then a close stops."""
        return self.stated != self.read


@dataclass(frozen=True)
class DryRead:
    """What files hold when they are read in a format.

    `row_count` counts the rows of the files, `read_count` those that are loans of the month. `totals` are of
    the canonical columns with amounts, rates and numbers, None where no row has one, `filled` how many rows
    have a value in each canonical column. `rows` are the first ones, as they were cast, and `malformed_rows`
    the first that are no rows of cells.
    """

    row_count: int
    read_count: int
    malformed_count: int
    left_out: list[LeftOut]
    bad_columns: list[BadColumn]
    totals: dict[str, Decimal | None]
    filled: dict[str, int]
    malformed_rows: list[MalformedRow]
    rows: list[dict[str, Any]]
    unknown_columns: str
    rounded_count: int
    """Rows with a cell that was rounded to the decimals that are kept."""
    is_ended: bool
    """Whether the last row of every file ends in a line break."""
    statuses: dict[str, int]
    """Rows by status code; those that say none are left out."""
    remarks: list[Remark]
    """What the format noted of rows, by kind and item."""
    stated: list[Stated]
    """What footers state, beside what was read."""


def dry_read(
    files: Sequence[Path],
    formats: Sequence[TapeFormat],
    scratch: Path,
    as_of_date: date | None = None,
    shown: int = 5,
) -> DryRead:
    """Read the files of one tape, each in its format, with `shown` rows of each kind.

    `scratch` is a folder for the meantime, and empty again afterwards. `as_of_date` is the last day of the
    month that is wanted, None for all. TapeError as in a close.
    """
    tapes = [_as_landed(file, number) for number, file in enumerate(files)]
    with duckdb.connect() as connection:
        try:
            # What is of a person is shown as the hash of a key that nobody keeps.
            read_tape(
                connection,
                tapes,
                formats,
                as_of_date,
                scratch,
                personal_key=lambda: token_bytes(32),
            )
            return _look_at(connection, formats[0], shown)
        finally:
            for left in scratch.glob("*"):
                left.unlink()


def _as_landed(file: Path, number: int) -> LandedTape:
    check_readable(file, "a tape")
    with open(file, "rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    size = file.stat().st_size
    name = readable_name(file)
    return LandedTape(NO_BOOK, NO_MONTH, number, 1, 1, file, name, sha256, size, False, None)


def _look_at(connection: duckdb.DuckDBPyConnection, tape_format: TapeFormat, shown: int) -> DryRead:
    totalled = [column.name for column in tape_format.canonical if column.type in TOTALLED_TYPES]
    names = [column.name for column in tape_format.canonical]
    sums = ", ".join(f"sum({quote_name(name)})" for name in totalled)
    counts = ", ".join(f"count({quote_name(name)})" for name in names)
    query = f"select {sums}, {counts} from landed.tape_row"
    [(*values,)] = connection.execute(query).fetchall()
    [(row_count, read_count, malformed_count, unknown)] = connection.execute("""
        select
            (select cast(sum(row_count) as bigint) from landed.tape_file),
            (select count(*) from landed.tape_row),
            (select count(*) from landed.malformed_row),
            (select string_agg(distinct unknown_columns, ', ') from landed.tape_file)""").fetchall()
    rows = connection.execute(
        f"select {', '.join(map(quote_name, names))} from landed.tape_row order by row_number limit {shown}"
    ).fetchall()
    return DryRead(
        row_count,
        read_count,
        malformed_count,
        _left_out(connection),
        _bad_columns(connection),
        dict(zip(totalled, values, strict=False)),
        dict(zip(names, values[len(totalled) :], strict=True)),
        _malformed(connection, shown),
        [dict(zip(names, row, strict=True)) for row in rows],
        unknown or "",
        *_facts(connection),
        _remarks(connection),
        _stated(connection),
    )


def _facts(connection: duckdb.DuckDBPyConnection) -> tuple[int, bool, dict[str, int]]:
    [(rounded_count, is_ended)] = connection.execute("""
        select
            (select count(*) from landed.tape_row where rounded_columns is not null),
            (select bool_and(is_ended) from landed.tape_file)""").fetchall()
    statuses = connection.execute("""
        select status_code, count(*) from landed.tape_row where status_code is not null
        group by status_code order by count(*) desc, status_code""").fetchall()
    return rounded_count, is_ended, dict(statuses)


def _remarks(connection: duckdb.DuckDBPyConnection) -> list[Remark]:
    query = """
        select remark_code, item_name, coalesce(remark_text, ''), cast(sum(row_count) as bigint)
        from landed.remark group by all order by all"""
    return [Remark(*row) for row in connection.execute(query).fetchall()]


def _stated(connection: duckdb.DuckDBPyConnection) -> list[Stated]:
    query = """
        select file_name, control_row_place, 'row_count', control_row_count::decimal(38, 6), row_count
        from landed.tape_file where control_row_count is not null
        union all
        select file_name, place, column_name, stated_total, coalesce(read_total, 0)
        from landed.control_total join landed.tape_file using (tape_sha256) order by all"""
    return [Stated(*row) for row in connection.execute(query).fetchall()]


def _left_out(connection: duckdb.DuckDBPyConnection) -> list[LeftOut]:
    query = """
        select reason, month, cast(sum(row_count) as bigint) from landed.left_out
        group by reason, month order by reason, month"""
    return [LeftOut(*row) for row in connection.execute(query).fetchall()]


def _bad_columns(connection: duckdb.DuckDBPyConnection) -> list[BadColumn]:
    query = """
        select
            column_name, count(*), min(row_number), arg_min(cell_text, row_number),
            any_value(expected_type)
        from landed.bad_cell group by column_name order by count(*) desc, column_name"""
    return [BadColumn(*row) for row in connection.execute(query).fetchall()]


def _malformed(connection: duckdb.DuckDBPyConnection, shown: int) -> list[MalformedRow]:
    query = f"""
        select row_number, row_text, reason from landed.malformed_row
        order by tape_sha256, row_number limit {shown}"""
    return [MalformedRow(*row) for row in connection.execute(query).fetchall()]
