"""Tables that travel beside a tape: each of its rows takes what the table knows under the row's key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.open.container import Peek, peek
from tapes.open.layout import Member
from tapes.open.unwrap import list_members
from tapes.read.csv import OpenedCsv, open_csv, surplus_rows, take_rejects
from tapes.read.opened import OpenedTape, RowCount, Rows
from tapes.read.parquet import open_parquet
from tapes.recognise.shape import JoinShape, TapeFormat
from tapes.sql_text import quote_name, quote_text


@dataclass(frozen=True)
class JoinedTable:
    """A table in a Parquet file with one row per key, and the cells of its columns there.

    Under a key that has rows of different contents nothing is known. `count` is of the table's own file.
    """

    join: JoinShape
    path: Path
    opened: OpenedTape
    count: RowCount


def find_joined(
    connection: duckdb.DuckDBPyConnection,
    seen: Peek,
    tape_format: TapeFormat,
    beside: Mapping[str, JoinedTable],
    target: Path,
) -> list[JoinedTable]:
    """The tables that a tape is joined to: those beside it, or in its ZIP archive.

    TapeError when one is absent that may not be.
    """
    joined = []
    for name, join in tape_format.joins.items():
        if name in beside:
            joined.append(beside[name])
        elif seen.wrapping == "zip" and list_members(seen.path, seen.name, join.file):
            inner = peek(seen.path, seen.name, Member(join.file))
            table = tape_format.of_table(name)
            joined.append(
                read_joined(connection, inner, table, target.with_name(f"{target.name}-{name}"))
            )
        elif not join.optional:
            raise TapeError(
                f"{seen.name}: its table {name} ({join.file}) is missing; send it in the same ZIP "
                "archive or as another file of the month"
            )
    return joined


def read_joined(
    connection: duckdb.DuckDBPyConnection, seen: Peek, tape_format: TapeFormat, target: Path
) -> JoinedTable:
    """Read a file that is the table `tape_format.table` into the Parquet file `target`.

    TapeError when a row of it is malformed: what a tape would know of its loans could be wrong.
    """
    join = tape_format.joins[tape_format.table]
    if seen.container == "parquet":
        opened, rows, count = open_parquet(
            connection, seen, tape_format, target.with_name(f"{target.name}-typed")
        )
        parts = [_write_cells(connection, opened, rows, target, 0)]
    else:
        csv = open_csv(seen, tape_format, target)
        opened, parts = csv.tape, _write_pieces(connection, csv, seen, target)
        count = RowCount(csv.counter.row_count, csv.counter.is_ended)
    keys = ", ".join(f"trim(cast({quote_name(name)} as varchar))" for name in join.on.values())
    files = ", ".join(map(quote_text, parts))
    connection.execute(f"""
        copy (
            select * from (select distinct * from read_parquet([{files}]))
            qualify count(*) over (partition by {keys}) = 1
        ) to {quote_text(target)} (format parquet)""")
    cells = {name: (quote_name(name), kind) for name, (_, kind) in opened.cells.items()}
    return JoinedTable(join, target, replace(opened, cells=cells), count)


def join_tables(
    opened: OpenedTape, rows: Rows, tables: Sequence[JoinedTable]
) -> tuple[OpenedTape, Rows]:
    """The tape's rows with the cells of the tables under their keys; without such a row they are null."""
    if not tables:
        return opened, rows
    cells = dict(opened.cells)
    selected, joins = ["main.*"], []
    for number, table in enumerate(tables):
        side = f"side_{number}"
        for name, (cell, kind) in table.opened.cells.items():
            selected.append(f"{side}.{cell} as {quote_name(f'joined {name}')}")
            cells[name] = (quote_name(f"joined {name}"), kind)
        keys = [
            f"{_key(opened.cells[own][0])} = {_key(f'{side}.{quote_name(other)}')}"
            for own, other in table.join.on.items()
        ]
        joins.append(
            f"left join read_parquet({quote_text(table.path)}) as {side} on {' and '.join(keys)}"
        )
    main = f"(select *, {rows.row_number} as tape_record from {rows.relation}) as main"
    relation = f"(select {', '.join(selected)} from {main} {' '.join(joins)})"
    return replace(opened, cells=cells), Rows(relation, "tape_record")


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


def _key(cell: str) -> str:
    return f"trim(cast({cell} as varchar))"
