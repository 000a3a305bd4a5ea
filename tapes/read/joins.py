"""Tables that travel beside a tape: each of its rows takes what the table knows under the row's key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.open.container import Peek, peek
from tapes.open.layout import Member
from tapes.open.unwrap import list_members
from tapes.read.cells.cast import KnownDates, key_text
from tapes.read.csv import OpenedCsv, open_csv, surplus_rows, take_rejects
from tapes.read.opened import OpenedTape, RowCount, Rows
from tapes.read.parquet import open_parquet
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import quote_name, quote_text

# Columns of a table's file, under names that no column of a format has.
KEY_NUMBER, KEY_ROWS, IS_AMBIGUOUS = '"key number"', '"key rows"', '"is ambiguous"'


@dataclass(frozen=True)
class TableFile:
    """One file of a joined table, its rows as they stand in Parquet files.

    `tape_format` is the format as that of the table; `count` is of the file itself.
    """

    tape_format: TapeFormat
    opened: OpenedTape
    parts: tuple[Path, ...]
    count: RowCount


@dataclass(frozen=True)
class JoinedTable:
    """A table, of all its files, in a Parquet file with one row per key, and the cells of its columns there.

    The columns besides the cells are KEY_NUMBER; the keys as text; KEY_ROWS, how many rows are under the
    key; and IS_AMBIGUOUS, true where they have different contents, so that nothing is known. `row_count`
    is of its files.
    """

    tape_format: TapeFormat
    path: Path
    opened: OpenedTape
    row_count: int

    @property
    def name(self) -> str:
        """What the format calls the table."""
        return self.tape_format.table


def find_joined(
    connection: duckdb.DuckDBPyConnection,
    seen: Peek,
    tape_format: TapeFormat,
    beside: Mapping[str, JoinedTable],
    target: Path,
    dates: KnownDates,
) -> list[JoinedTable]:
    """The tables that a tape is joined to: those beside it, or in its ZIP archive.

    TapeError when one is absent that may not be.
    """
    joined = []
    for name, join in tape_format.joins.items():
        inside = list_members(seen.path, seen.name, join.file) if seen.wrapping == "zip" else []
        if name in beside:
            joined.append(beside[name])
        elif inside:
            place = target.with_name(f"{target.name}-{name}")
            files = []
            for number, one in enumerate(sorted(member.filename for member in inside)):
                inner = peek(seen.path, seen.name, Member(escape(one.rpartition("/")[2])))
                part = place.with_name(f"{place.name}-{number}")
                files.append(read_table_file(connection, inner, tape_format.of_table(name), part))
            joined.append(join_files(connection, files, place, dates))
        elif not join.optional:
            raise TapeError(
                f"{seen.name}: its table {name} ({join.file}) is missing; send it in the same ZIP "
                "archive or as another file of the month"
            )
    return joined


def read_table_file(
    connection: duckdb.DuckDBPyConnection, seen: Peek, tape_format: TapeFormat, target: Path
) -> TableFile:
    """Read a file of the table `tape_format.table` into Parquet files beside `target`.

    TapeError when a row of it is malformed: what a tape would know of its loans could be wrong.
    """
    if seen.container == "parquet":
        typed = target.with_name(f"{target.name}-typed")
        opened, rows, count = open_parquet(connection, seen, tape_format, typed)
        parts = [_write_cells(connection, opened, rows, target, 0)]
        typed.unlink(missing_ok=True)
    else:
        csv = open_csv(seen, tape_format, target)
        opened, parts = csv.tape, _write_pieces(connection, csv, seen, target)
        count = RowCount(csv.counter.row_count, csv.counter.is_ended)
    return TableFile(tape_format, opened, tuple(parts), count)


def join_files(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[TableFile],
    target: Path,
    dates: KnownDates,
) -> JoinedTable:
    """The files of one table as one, in the Parquet file `target`; their parts go.

    TapeError when a column has another type in one of them.
    """
    first = files[0]
    kinds: dict[str, str] = {}
    for file in files:
        for name, (_, kind) in file.opened.cells.items():
            if kinds.setdefault(name, kind) != kind:
                raise TapeError(
                    f"{file.opened.file_name}: column {name} of table {first.tape_format.table} is {kind}, "
                    f"in another file {kinds[name]}; write it the same in all"
                )
    cells = {name: (quote_name(name), kind) for name, kind in kinds.items()}
    opened = replace(first.opened, cells=cells)
    own = first.tape_format.joins[first.tape_format.table].on.values()
    keys = [key_text(first.tape_format, opened, name, dates) for name in own]
    texts = ", ".join(f"{key} as {_key_name(n)}" for n, key in enumerate(keys, start=1))
    names = ", ".join(_key_name(n) for n in range(1, len(keys) + 1))
    values = "".join(f", any_value({sql}) as {sql}" for sql, _ in cells.values())
    parts = ", ".join(quote_text(part) for file in files for part in file.parts)
    # Of equal rows one is looked at, and all are counted.
    connection.execute(f"""
        copy (
            with counted as (
                select {texts}, *, count(*) as "row copies"
                from read_parquet([{parts}], union_by_name = true) group by all
            )
            select
                row_number() over () as {KEY_NUMBER}, {names},
                cast(sum("row copies") as bigint) as {KEY_ROWS}, count(*) > 1 as {IS_AMBIGUOUS} {values}
            from counted group by {names}
        ) to {quote_text(target)} (format parquet)""")
    for file in files:
        for part in file.parts:
            part.unlink()
    row_count = sum(file.count.row_count for file in files)
    return JoinedTable(first.tape_format, target, opened, row_count)


def join_tables(
    tape_format: TapeFormat,
    opened: OpenedTape,
    rows: Rows,
    tables: Sequence[JoinedTable],
    dates: KnownDates,
) -> tuple[OpenedTape, Rows]:
    """The tape's rows with the cells of the tables under their keys; without such a row they are null."""
    if not tables:
        return opened, rows
    cells = dict(opened.cells)
    selected, joins, unmatched, found = ["main.*"], [], [], []
    for number, table in enumerate(tables):
        side = f"side_{number}"
        for name, (cell, kind) in table.opened.cells.items():
            taken = f"case when not {side}.{IS_AMBIGUOUS} then {side}.{cell} end"
            selected.append(f"{taken} as {quote_name(f'joined {name}')}")
            cells[name] = (quote_name(f"joined {name}"), kind)
        on = table.tape_format.joins[table.name].on
        keys = [key_text(tape_format, opened, own, dates) for own in on]
        equal = [f"{key} = {side}.{_key_name(n)}" for n, key in enumerate(keys, start=1)]
        joins.append(
            f"left join read_parquet({quote_text(table.path)}) as {side} on {' and '.join(equal)}"
        )
        # No row of the table has its key, or several of different contents have; or it has no key.
        is_keyless = " or ".join(f"{key} is null" for key in keys)
        unmatched.append(f"""case
            when {is_keyless} then {quote_text(f"{table.name} (no key)")}
            when {side}.{KEY_NUMBER} is null then {quote_text(table.name)}
            when {side}.{IS_AMBIGUOUS} then {quote_text(f"{table.name} (several)")}
        end""")
        found.append(f"{side}.{KEY_NUMBER}")
    selected.append(f"nullif(concat_ws(', ', {', '.join(unmatched)}), '') as \"unmatched names\"")
    selected.append(f'[{", ".join(found)}] as "key numbers"')
    main = f"(select *, {rows.row_number} as tape_record from {rows.relation}) as main"
    relation = f"(select {', '.join(selected)} from {main} {' '.join(joins)})"
    joined = replace(opened, cells=cells, unmatched='"unmatched names"', table_keys='"key numbers"')
    return joined, Rows(relation, "tape_record")


def _write_pieces(
    connection: duckdb.DuckDBPyConnection, csv: OpenedCsv, seen: Peek, target: Path
) -> list[Path]:
    parts = []
    for number, piece in enumerate(csv.pieces):
        parts.append(_write_cells(connection, csv.tape, csv.rows(piece), target, number))
        malformed = take_rejects(connection, csv, piece)
        piece.path.unlink()
        for row in malformed[:1]:
            raise TapeError(
                f"{seen.name}: row {row.row_number} of the joined table is malformed ({row.reason}); "
                "mend it and send the table again"
            )
    for row in surplus_rows(csv.counter)[:1]:
        raise TapeError(
            f"{seen.name}: row {row.row_number} of the joined table has too many cells ({row.reason}); "
            "mend it and send the table again"
        )
    return parts


def _write_cells(
    connection: duckdb.DuckDBPyConnection, opened: OpenedTape, rows: Rows, target: Path, number: int
) -> Path:
    columns = ", ".join(f"{sql} as {quote_name(name)}" for name, (sql, _) in opened.cells.items())
    part = target.with_name(f"{target.name}-read-{number}")
    connection.execute(
        f"copy (select {columns} from {rows.relation}) to {quote_text(part)} (format parquet)"
    )
    return part


def _key_name(number: int) -> str:
    return f'"key {number}"'
