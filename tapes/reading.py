"""Read landed tapes into the schema `landed` of a scratch database, every row with its number.

landed.tape_row        one row per loan and file, canonical columns typed
landed.bad_cell        one row per cell that could not be read as its column's type
landed.malformed_row   one row per line of a file that is no row of cells
landed.tape_file       one row per file, with what its control file says
landed.control_total   one row per file and column of which the control file states the total
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.casting import select_rows
from tapes.columns import TapeFormat
from tapes.landing import LandedTape
from tapes.opening import MalformedRow, OpenedTape, quote_name, quote_text
from tapes.peeking import peek
from tapes.reading_csv import open_csv, take_rejects
from tapes.reading_parquet import open_parquet
from tapes.reading_xml import open_xml

BLOCK_BYTES = 1 << 22
TOTALLED_TYPES = ("money", "rate", "int")

TABLES = """
    create schema if not exists landed;
    create or replace table landed.tape_row (
        tape_sha256 varchar not null, row_number bigint not null, {canonical},
        has_critical_bad_cell boolean not null, critical_bad_columns varchar,
        bad_cell struct(column_name varchar, cell_text varchar, expected_type varchar)[]
    );
    create or replace table landed.malformed_row (
        tape_sha256 varchar not null, file_name varchar not null, row_number bigint not null,
        row_text varchar, reason varchar not null
    );
    create or replace table landed.tape_file (
        tape_sha256 varchar not null, file_name varchar not null, part_number integer not null,
        version integer not null, format_id varchar not null, byte_count bigint not null,
        row_count bigint not null, control_row_count bigint, control_as_of_date date,
        control_totals varchar, control_sha256 varchar, is_synthetic boolean not null,
        scale integer not null, unknown_columns varchar
    );
    create or replace table landed.control_total (
        tape_sha256 varchar not null, column_name varchar not null,
        stated_total decimal(38, 6) not null, read_total decimal(38, 6)
    )"""


@dataclass(frozen=True)
class TapeCount:
    """What was read over all files: `row_count` = rows that are cells + malformed rows."""

    row_count: int
    malformed_row_count: int
    bad_cell_count: int
    critical_row_count: int


def read_tape(
    connection: duckdb.DuckDBPyConnection,
    tapes: Sequence[LandedTape],
    tape_format: TapeFormat | Sequence[TapeFormat],
    as_of_date: date,
    scratch: Path,
) -> TapeCount:
    """Read the files of one deal's month, each in its format, and replace the tables of `landed`.

    TapeError when a file is damaged, has no rows, is not what landed, or is of another month.
    """
    formats = (
        [tape_format] * len(tapes) if isinstance(tape_format, TapeFormat) else list(tape_format)
    )
    if not tapes or len(formats) != len(tapes):
        raise TapeError(
            f"{len(tapes)} tapes and {len(formats)} formats; expected one format per tape"
        )
    scratch.mkdir(parents=True, exist_ok=True)
    canonical = ", ".join(f"{quote_name(c.name)} {c.sql_type}" for c in formats[0].canonical)
    connection.execute(TABLES.format(canonical=canonical))
    for tape, its_format in zip(tapes, formats, strict=True):
        _check_unchanged(tape)
        _read_file(connection, tape, its_format, scratch)
        _check_month(connection, tape, as_of_date)
        _record_control(connection, tape, its_format)
    _extract_bad_cells(connection)
    return _count(connection)


def _read_file(
    connection: duckdb.DuckDBPyConnection, tape: LandedTape, tape_format: TapeFormat, scratch: Path
) -> None:
    container = peek(tape.path).container
    if container not in tape_format.containers:
        raise TapeError(f"{tape.file_name}: found {container.upper()}, expected {tape_format.id}")
    if container == "csv":
        csv = open_csv(tape.path, tape_format, scratch)
        first_row_id = _row_count(connection)
        _insert_rows(connection, tape, tape_format, csv.tape)
        opened, malformed = csv.tape, take_rejects(connection, csv)
        _number_rows(connection, first_row_id, [row.row_number for row in malformed])
    elif container == "xml":
        xml = open_xml(tape.path, tape_format, scratch)
        opened, malformed = xml.tape, xml.malformed_rows
        _insert_rows(connection, tape, tape_format, opened)
    else:
        opened, malformed = open_parquet(connection, tape.path, tape_format), []
        _insert_rows(connection, tape, tape_format, opened)
    _record_file(connection, tape, tape_format, opened)
    _record_malformed(connection, tape, malformed)
    _check_row_count(connection, tape, opened, len(malformed))


def _insert_rows(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    tape_format: TapeFormat,
    opened: OpenedTape,
) -> None:
    if opened.row_count == 0:
        raise TapeError(f"{tape.file_name}: the file has no rows; ask for the tape again")
    try:
        connection.execute(
            f"insert into landed.tape_row {select_rows(tape_format, opened, tape.sha256)}"
        )
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise TapeError(
            f"{tape.file_name}: cannot be read as {tape_format.id} ({reason})"
        ) from error


def _number_rows(
    connection: duckdb.DuckDBPyConnection, first_row_id: int, rejected: Sequence[int]
) -> None:
    """Number the CSV rows just inserted by their place in the table, which is their order in the file.

    DuckDB leaves the rejected rows (numbers ascending) out; each shifts the rows that follow it.
    """
    connection.execute(
        "update landed.tape_row set row_number = rowid - $first + 1 where rowid >= $first",
        {"first": first_row_id},
    )
    if not rejected:
        return
    connection.execute(
        """
        update landed.tape_row as tape_row
        set row_number = shifted.row_number
        from (
            select counted.rowid as row_id, counted.row_number + reject.reject_count as row_number
            from landed.tape_row as counted
            asof join (
                select good_count, max(reject_count) as reject_count
                from (
                    select unnest($rejected) - generate_subscripts($rejected, 1) as good_count,
                        generate_subscripts($rejected, 1) as reject_count
                )
                group by good_count
            ) as reject on counted.row_number > reject.good_count
            where counted.rowid >= $first
        ) as shifted
        where tape_row.rowid = shifted.row_id""",
        {"rejected": list(rejected), "first": first_row_id},
    )


def _record_file(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    tape_format: TapeFormat,
    opened: OpenedTape,
) -> None:
    control = tape.control
    totals = {name: str(total) for name, total in control.totals.items()} if control else None
    connection.execute(
        "insert into landed.tape_file values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            tape.sha256,
            tape.file_name,
            tape.part,
            tape.version,
            tape_format.id,
            tape.byte_count,
            opened.row_count,
            control.row_count if control else None,
            control.as_of_date if control else None,
            None if totals is None else json.dumps(totals),
            control.sha256 if control else None,
            control.is_synthetic if control else False,
            control.scale if control else 1,
            ", ".join(opened.unknown_columns) or None,
        ],
    )


def _record_malformed(
    connection: duckdb.DuckDBPyConnection, tape: LandedTape, malformed: Sequence[MalformedRow]
) -> None:
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


def _record_control(
    connection: duckdb.DuckDBPyConnection, tape: LandedTape, tape_format: TapeFormat
) -> None:
    """Set the totals that the control file states beside those of the rows that were read."""
    for name, stated in (tape.control.totals if tape.control else {}).items():
        column = next((c for c in tape_format.canonical if c.name == name), None)
        if column is None or column.type not in TOTALLED_TYPES:
            raise TapeError(
                f"{tape.file_name}: its control file totals {name!r}, which is no amount column"
            )
        connection.execute(
            f"""
            insert into landed.control_total
            select $sha256, $name, cast($stated as decimal(38, 6)), cast(sum({quote_name(name)}) as decimal(38, 6))
            from landed.tape_row where tape_sha256 = $sha256""",
            {"sha256": tape.sha256, "name": name, "stated": str(stated)},
        )


def _extract_bad_cells(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        create or replace table landed.bad_cell as
        select bad_row.tape_sha256, tape_file.file_name, bad_row.row_number, unnest(bad_row.bad_cell, recursive := true)
        from (select * from landed.tape_row where bad_cell is not null) as bad_row
        join landed.tape_file using (tape_sha256)""")


def _row_count(connection: duckdb.DuckDBPyConnection) -> int:
    return connection.execute("select count(*) from landed.tape_row").fetchall()[0][0]


def _check_unchanged(tape: LandedTape) -> None:
    digest = hashlib.sha256()
    with open(tape.path, "rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    if digest.hexdigest() != tape.sha256:
        raise TapeError(
            f"{tape.path}: the landed file no longer has the SHA-256 of its folder; "
            "delete that folder and land the tape again"
        )


def _check_row_count(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    opened: OpenedTape,
    malformed_count: int,
) -> None:
    """Every row counted on the bytes must have been read or be listed as malformed."""
    read_count, last_number = connection.execute(
        "select count(*), max(row_number) from landed.tape_row where tape_sha256 = ?", [tape.sha256]
    ).fetchall()[0]
    if read_count + malformed_count != opened.row_count or (last_number or 0) > opened.row_count:
        raise TapeError(
            f"{tape.file_name}: {opened.row_count} rows are in the file, but {read_count} were read and "
            f"{malformed_count} are malformed; look for a stray quote or line break"
        )


def _check_month(connection: duckdb.DuckDBPyConnection, tape: LandedTape, as_of_date: date) -> None:
    """Refuse a file of which more than half the rows state another month, or none."""
    query = f"""
        select count(*), count(*) filter (
            date_trunc('month', as_of_date) = date_trunc('month', date {quote_text(as_of_date.isoformat())})
        ), mode(as_of_date)
        from landed.tape_row where tape_sha256 = ?"""
    row_count, matching, commonest = connection.execute(query, [tape.sha256]).fetchall()[0]
    if matching * 2 < row_count:
        raise TapeError(
            f"{tape.file_name}: only {matching} of {row_count} rows are of {as_of_date:%Y-%m} (most state "
            f"{commonest or 'no readable date'}); land the tape of the right month"
        )


def _count(connection: duckdb.DuckDBPyConnection) -> TapeCount:
    counts = connection.execute("""
        select
            (select cast(sum(row_count) as bigint) from landed.tape_file),
            (select count(*) from landed.malformed_row),
            (select count(*) from landed.bad_cell),
            (select count(*) from landed.tape_row where has_critical_bad_cell)""").fetchall()[0]
    return TapeCount(*counts)
