"""Read landed tapes into the schema `landed` (see `recording`) of a scratch database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.land.tape import LandedTape
from tapes.open.container import peek
from tapes.read.casting import Cast
from tapes.read.cells.cast import KnownDates
from tapes.read.cells.personal import PersonalKey, key_for, without_words
from tapes.read.checks import check_month, check_row_count, unchanged
from tapes.read.csv import open_csv
from tapes.read.joins import JoinedTable, TableFile, find_joined, join_files, read_table_file
from tapes.read.landed.balances import derive_flows
from tapes.read.landed.parts import list_bad_cells, show_rows, take_month
from tapes.read.landed.record import (
    create_tables,
    record_control_totals,
    record_file,
    record_left_out,
    record_malformed,
)
from tapes.read.landed.remarks import TakenKeys, record_remarks
from tapes.read.opened import LeftOut, MalformedRow, RowCount
from tapes.read.parquet import open_parquet
from tapes.read.stated import take_stated
from tapes.read.xml import open_xml
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import quote_text


@dataclass(frozen=True)
class TapeCount:
    """What was read over all files.

    `row_count` is counted on the files: rows of cells and malformed rows. `critical_row_count` are
    the rows of cells with a bad cell in a critical column.
    """

    row_count: int
    malformed_row_count: int
    bad_cell_count: int
    critical_row_count: int


def read_tape(
    connection: duckdb.DuckDBPyConnection,
    tapes: Sequence[LandedTape],
    tape_format: TapeFormat | Sequence[TapeFormat],
    as_of_date: date | None,
    scratch: Path,
    currency_code: str = "",
    last_balances: str = "",
    personal_key: PersonalKey | None = None,
) -> TapeCount:
    """Read the files of one deal's month, each in its format, and replace the tables of `landed`.

    `tape_format` is one for all files or one for each; `currency_code` is that of a tape that states none,
    and `last_balances` a relation of last month's loans (loan_id, closing_balance, annual_rate), from which a
    tape of balances alone opens. `personal_key` gives the key of the hashes of what is of a person. Without
    `as_of_date` the rows of every month are read. The rows lie in Parquet files in `scratch`. TapeError
    when a file is damaged, has no rows, is not what landed, or is mostly of another month.
    """
    is_single = isinstance(tape_format, TapeFormat)
    formats = [tape_format] * len(tapes) if is_single else list(tape_format)
    if not tapes or len(formats) != len(tapes):
        raise TapeError(f"{len(tapes)} tapes and {len(formats)} formats: expected one format each")
    if len({tape.sha256 for tape in tapes}) != len(tapes):
        raise TapeError(
            f"{tapes[0].file_name}: the same file twice among "
            f"{', '.join(tape.file_name for tape in tapes)}, expected parts that differ; "
            "name each part once"
        )
    key = key_for(formats, personal_key)
    scratch.mkdir(parents=True, exist_ok=True)
    create_tables(connection)
    said = (scratch, currency_code, as_of_date, last_balances)
    casts = [
        Cast(connection, tape, its_format, *said, personal_key=key)
        for tape, its_format in zip(tapes, formats, strict=True)
    ]
    parts: list[tuple[str, Path]] = []
    taken = TakenKeys(connection)
    tapes = [*tapes]
    # Tables before the tapes that they are joined to.
    beside = _read_tables([cast for cast in casts if cast.tape_format.table], taken)
    for number, cast in enumerate(casts):
        if not cast.tape_format.table:
            with unchanged(cast.tape):
                tapes[number], read = _read_file(cast, beside, taken)
            parts += [(cast.tape.sha256, path) for path in read]
    if not parts:
        raise TapeError(
            f"{tapes[0].file_name}: a table that is joined to a tape, and no tape; send the tape with it"
        )
    show_rows(connection, parts)
    taken.record()
    taken.drop_tables()
    record_remarks(connection, tapes, formats)
    for tape, its_format in zip(tapes, formats, strict=True):
        check_row_count(connection, tape)
        if as_of_date is not None:
            check_month(connection, tape, as_of_date)
        allotted = ["interest_paid"] if its_format.month.interest and last_balances else []
        record_control_totals(connection, tape, its_format.canonical, allotted)
    list_bad_cells(connection)
    return _count(connection)


def _read_tables(casts: Sequence[Cast], taken: TakenKeys) -> dict[str, JoinedTable]:
    """Read the files that are tables for other files of the month; a table of several files is one."""
    files: dict[str, list[TableFile]] = {}
    for cast in casts:
        with unchanged(cast.tape):
            files.setdefault(cast.tape_format.table, []).append(_read_table(cast))
    tables = {}
    for name, of_table in files.items():
        first = next(cast for cast in casts if cast.tape_format.table == name)
        target = first.scratch / f"{first.tape.sha256[:16]}.{name}.table"
        tables[name] = join_files(first.connection, of_table, target, KnownDates(first.as_of_date))
        taken.note(first.tape.sha256, tables[name])
    return tables


def _read_table(cast: Cast) -> TableFile:
    """Read a file of a table, and record it with all its rows left out."""
    connection, tape, tape_format = cast.connection, cast.tape, cast.tape_format
    seen = peek(tape.path, tape.file_name, tape_format.member)
    target = cast.scratch / f"{tape.sha256[:16]}.{tape_format.table}.file"
    table = read_table_file(connection, seen, tape_format, target)
    record_file(connection, tape, tape_format, table.opened, table.count)
    row_count = table.count.row_count
    record_left_out(connection, tape, [LeftOut("joined_table", None, row_count)], row_count)
    return table


def _read_file(
    cast: Cast, beside: Mapping[str, JoinedTable], taken: TakenKeys
) -> tuple[LandedTape, list[Path]]:
    """Cast the file's rows into parts, and record the file: with what its footer states, and the parts.

    `beside` are tables of other files.
    """
    connection, tape, tape_format = cast.connection, cast.tape, cast.tape_format
    seen = peek(tape.path, tape.file_name, tape_format.member)
    if seen.container not in tape_format.containers:
        raise TapeError(
            f"{tape.file_name}: found {seen.container.upper()}, expected {tape_format.id}"
        )
    malformed: Sequence[MalformedRow] = ()
    target = cast.scratch / f"{tape.sha256[:16]}.{seen.container}.rows"
    tables = find_joined(connection, seen, tape_format, beside, target, cast.dates)
    cast = replace(cast, tables=tables)
    for table in tables:
        taken.note(tape.sha256, table)
    if seen.container in ("csv", "excel"):
        csv = open_csv(seen, tape_format, target)
        opened = csv.tape
        parts, malformed = cast.csv(csv)
        count = RowCount(csv.counter.row_count, csv.counter.is_ended)
        shape = tape_format.text_shape(seen.container)
        tape = take_stated(connection, tape, tape_format, shape, csv.footer)
    elif seen.container == "xml":
        xml = open_xml(seen, tape_format, target)
        opened, count, malformed = xml.tape, xml.count, xml.malformed_rows
        parts = [cast.rows(connection, opened, xml.rows)]
    else:
        opened, rows, count = open_parquet(connection, seen, tape_format, target)
        parts = [cast.rows(connection, opened, rows)]
    target.unlink(
        missing_ok=True
    )  # Of XML, and of Parquet declared otherwise: cells as they were sent.
    if count.row_count == 0:
        raise TapeError(f"{tape.file_name}: the file has no rows; ask for the tape again")
    if tape_format.personal_columns:  # Which cell is whose cannot be told.
        malformed = [replace(row, row_text=without_words(row.row_text)) for row in malformed]
    record_malformed(connection, tape, malformed)
    record_file(connection, tape, tape_format, opened, count)
    if tables:
        parts = taken.take(parts, tables)
    if tape_format.leaves_out:
        parts = take_month_of(cast, parts, count.row_count - len(malformed))
    if tape_format.month.balances_only and cast.last_balances:
        parts = derive_flows(connection, tape, tape_format, list(parts), cast.last_balances)
    return tape, parts


def take_month_of(cast: Cast, parts: Sequence[Path], row_count: int) -> list[Path]:
    """Leave out the rows of other months, counted; TapeError when the counts do not add up.

    `row_count` rows of cells are in the file, each of them in every group of columns.
    """
    connection, tape, group = cast.connection, cast.tape, cast.tape_format.group
    taken, left_out = take_month(connection, parts, bool(cast.tape_format.month.latest))
    files = ", ".join(quote_text(path) for path in taken)
    [(kept, records)] = connection.execute(
        f"select count(*), count(distinct row_number) from read_parquet([{files}])"
    ).fetchall()
    expected = row_count * (len(group.numbers) if group else 1)
    left_out_count = sum(rows.row_count for rows in left_out)
    if kept + left_out_count != expected:
        raise TapeError(
            f"{tape.file_name}: {expected} rows and groups are in the file, but {kept} were read and "
            f"{left_out_count} left out; the file is damaged, send it again"
        )
    if kept != records and cast.as_of_date is not None:
        raise TapeError(
            f"{tape.file_name}: two groups of columns are of {cast.as_of_date:%Y-%m}, expected one; "
            "correct as_of_date of the format"
        )
    record_left_out(connection, tape, left_out, row_count - kept)
    return taken


def _count(connection: duckdb.DuckDBPyConnection) -> TapeCount:
    counts = connection.execute("""
        select
            (select cast(sum(row_count) as bigint) from landed.tape_file),
            (select count(*) from landed.malformed_row),
            (select count(*) from landed.bad_cell),
            (select count(*) from landed.tape_row where has_critical_bad_cell)""").fetchall()[0]
    return TapeCount(*counts)
