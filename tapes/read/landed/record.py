"""The tables of the schema `landed` besides the rows of cells (`parts`), and what goes into them.

landed.bad_cell        one row per cell that could not be read as its column's type
landed.malformed_row   one row per record of a file that is no row of cells
landed.left_out        one row per file, reason and month of rows that are none of the month that is closed
landed.tape_file       one row per file, with what its control file or its own footer says
landed.correction      one row per cell of a row that was set aside and corrected by hand
landed.remark          one row per file, kind and item of what a reader of the tape should know of it
landed.control_total   one row per file and column of which control file or footer states the total, and where
"""

import json
from collections.abc import Collection, Sequence

import duckdb

from tapes import TapeError
from tapes.land.control import ROW_COUNT, place_of
from tapes.land.tape import LandedTape
from tapes.read.landed.interest import sum_once
from tapes.read.opened import LeftOut, MalformedRow, OpenedTape, RowCount
from tapes.recognise.shape import TOTALLED_TYPES, Column, TapeFormat
from tapes.sql_text import quote_name

TABLES = """
    create schema if not exists landed;
    create or replace table landed.malformed_row (
        tape_sha256 varchar not null, file_name varchar not null, row_number bigint not null,
        row_text varchar, reason varchar not null
    );
    create or replace table landed.left_out (
        tape_sha256 varchar not null, reason varchar not null, month date, row_count bigint not null
    );
    create or replace table landed.tape_file (
        tape_sha256 varchar not null, file_name varchar not null, part_number integer not null,
        version integer not null, format_id varchar not null, byte_count bigint not null,
        row_count bigint not null, control_row_count bigint, control_row_place varchar,
        control_as_of_date date,
        control_totals varchar, control_sha256 varchar, is_synthetic boolean not null,
        scale integer not null, states_currency boolean not null, unknown_columns varchar,
        is_ended boolean not null default true, left_out_row_count bigint not null default 0
    );
    create or replace table landed.correction (
        tape_sha256 varchar not null, row_number bigint not null, column_name varchar not null,
        read_value varchar, corrected_value varchar
    );
    create or replace table landed.remark (
        tape_sha256 varchar not null, remark_code varchar not null, item_name varchar not null,
        remark_text varchar, row_count bigint not null
    );
    create or replace table landed.control_total (
        tape_sha256 varchar not null, column_name varchar not null, place varchar not null,
        stated_total decimal(38, 6) not null, read_total decimal(38, 6)
    )"""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema `landed` with its tables empty."""
    connection.execute(TABLES)


def record_malformed(
    connection: duckdb.DuckDBPyConnection, tape: LandedTape, malformed: Sequence[MalformedRow]
) -> None:
    """Keep the rows of a file that are no rows of cells."""
    if malformed:
        connection.execute(
            """
            insert into landed.malformed_row
            select $sha256, $file_name, unnest($numbers), unnest($texts), unnest($reasons)""",
            {
                "sha256": tape.sha256,
                "file_name": tape.file_name,
                "numbers": [row.row_number for row in malformed],
                "texts": [row.row_text for row in malformed],
                "reasons": [row.reason for row in malformed],
            },
        )


def record_left_out(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    left_out: Sequence[LeftOut],
    row_count: int,
) -> None:
    """Keep why rows of a recorded file are none of the month that is closed: `row_count` rows of the file."""
    for rows in left_out:
        connection.execute(
            "insert into landed.left_out values (?, ?, ?, ?)",
            [tape.sha256, rows.reason, rows.month, rows.row_count],
        )
    connection.execute(
        "update landed.tape_file set left_out_row_count = ? where tape_sha256 = ?",
        [row_count, tape.sha256],
    )


def record_file(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    tape_format: TapeFormat,
    opened: OpenedTape,
    count: RowCount,
) -> None:
    """Keep what is known of a file and what its control file or footer says; unsaid is null."""
    control = tape.control
    totals = {name: str(total) for name, total in control.totals.items()} if control else None
    has_rows = control is not None and control.row_count is not None
    row = {
        "tape_sha256": tape.sha256,
        "file_name": tape.file_name,
        "part_number": tape.part,
        "version": tape.version,
        "format_id": tape_format.id,
        "byte_count": tape.byte_count,
        "row_count": count.row_count,
        "control_row_count": control.row_count if control else None,
        "control_row_place": place_of(control, ROW_COUNT) if has_rows else None,
        "control_as_of_date": control.as_of_date if control else None,
        "control_totals": None if totals is None else json.dumps(totals),
        "control_sha256": (control.sha256 or None) if control else None,
        "is_synthetic": control.is_synthetic if control else False,
        "scale": control.scale if control else 1,
        "states_currency": tape_format.says("currency_code", opened.cells),
        "unknown_columns": ", ".join(opened.unknown_columns) or None,
        "is_ended": count.is_ended,
    }
    places = ", ".join(f"${name}" for name in row)
    connection.execute(f"insert into landed.tape_file ({', '.join(row)}) values ({places})", row)


def record_control_totals(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    canonical: Sequence[Column],
    allotted: Collection[str] = (),
) -> None:
    """Set the totals that the control file states beside those of the rows that were read.

    `allotted` are columns that are the control file's total by loan: there a copy of a row adds nothing.
    """
    amounts = {column.name for column in canonical if column.type in TOTALLED_TYPES}
    for name, stated in (tape.control.totals if tape.control else {}).items():
        if name not in amounts:
            raise TapeError(
                f"{tape.file_name}: its control file totals {name!r}, which is no amount column; "
                "correct the control file"
            )
        rows = "(from landed.tape_row where tape_sha256 = $sha256)"
        total = f"(select sum({quote_name(name)}) from {rows})"
        if name in allotted:
            total = sum_once(rows, name)
        connection.execute(
            f"""
            insert into landed.control_total
            select
                $sha256, $name, $place, cast($stated as decimal(38, 6)), cast({total} as decimal(38, 6))""",
            {
                "sha256": tape.sha256,
                "name": name,
                "place": place_of(tape.control, name),
                "stated": f"{stated:f}",
            },
        )
