"""What people decided on rows that were set aside becomes part of the tape, before it is judged again.

landed.correction   one row per corrected cell: its row, the column, what stood there and what stands there
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from tapes import TapeError
from tapes.read.cells.cast import typed_value
from tapes.read.landed.parts import copy_part, show_rows
from tapes.recognise.shape import Column
from tapes.sql_text import quote_name, quote_text


class Correction(NamedTuple):
    """Values, as text, of canonical columns of one row."""

    tape_sha256: str
    row_number: int
    values: Mapping[str, str]


def cast_value(column: Column, text: str) -> str:
    """The value of a canonical column as DuckDB shows it, empty for none.

    TapeError where the text is no value of the column: it is read as a cell of the canonical tape is.
    """
    if not text:
        return ""
    value, _ = typed_value(quote_text(text), "VARCHAR", column, "")
    if column.minimum is not None:
        least, most = (quote_text(str(bound)) for bound in (column.minimum, column.maximum))
        within = f"value between {least}::{column.sql_type} and {most}::{column.sql_type}"
    else:
        within = "true"
    with duckdb.connect() as connection:
        [(found,)] = connection.execute(
            f"select case when {within} then value::varchar end from (select {value} as value)"
        ).fetchall()
    if found is None:
        raise TapeError(
            f"column {column.name}: {text!r} is no value, expected {column.expected}; correct the value"
        )
    return found


def correct_rows(
    connection: duckdb.DuckDBPyConnection,
    corrections: Sequence[Correction],
    columns: Sequence[Column],
    as_of_date: date,
) -> None:
    """Write the parts that hold corrected rows again, and note each cell in `landed.correction`.

    A line that was no row of cells becomes one, of the values that were given and of the month that ends
    on `as_of_date`. A corrected row counts as read: what it still lacks, the rules say. TapeError where a
    row is not there.
    """
    if not corrections:
        return
    types = {column.name: column.sql_type for column in columns}
    parts = connection.execute("select tape_sha256, file_path from landed.part").fetchall()
    parts += _restore_lines(connection, corrections, parts, as_of_date)
    kept = [
        (
            sha256,
            _correct_part(
                connection, Path(path), [c for c in corrections if c.tape_sha256 == sha256], types
            ),
        )
        for sha256, path in parts
    ]
    found = connection.execute(
        "select distinct tape_sha256, row_number from landed.correction"
    ).fetchall()
    for one in corrections:
        if (one.tape_sha256, one.row_number) not in found:
            raise TapeError(
                f"row {one.row_number} of the tape with SHA-256 {one.tape_sha256[:12]}: it was corrected, "
                "but the file has no such row; withdraw the correction"
            )
    show_rows(connection, kept)


def _restore_lines(
    connection: duckdb.DuckDBPyConnection,
    corrections: Sequence[Correction],
    parts: Sequence[tuple[str, str]],
    as_of_date: date,
) -> list[tuple[str, str]]:
    """Parts of the corrected lines that were no rows of cells: rows of the month with nothing in them yet.

    They are malformed no longer. What they hold, `_correct_part` puts in.
    """
    malformed = connection.execute("select tape_sha256, row_number from landed.malformed_row")
    lines = set(malformed.fetchall())
    restored: dict[str, list[int]] = {}
    for one in corrections:
        if (one.tape_sha256, one.row_number) in lines:
            restored.setdefault(one.tape_sha256, []).append(one.row_number)
    return [
        (sha256, str(_restore_part(connection, sha256, numbers, Path(parts[0][1]), as_of_date)))
        for sha256, numbers in restored.items()
    ]


def _restore_part(
    connection: duckdb.DuckDBPyConnection,
    sha256: str,
    numbers: Sequence[int],
    like: Path,
    as_of_date: date,
) -> Path:
    """A part with the columns of the part `like`."""
    part = like.with_name(f"restored-{sha256[:16]}.parquet")
    values = {
        "tape_sha256": quote_text(sha256),
        "row_number": f"unnest({[*numbers]}::bigint[])",
        "stated_as_of_date": f"date '{as_of_date}'",
        "has_critical_bad_cell": "false",
    }
    described = connection.execute(
        f"describe select * from read_parquet({quote_text(like)})"
    ).fetchall()
    cells = [
        f"({values.get(name, 'null')})::{kind} as {quote_name(name)}"
        for name, kind, *_ in described
    ]
    copy_part(connection, f"select {', '.join(cells)}", part)
    connection.execute(
        "delete from landed.malformed_row where tape_sha256 = ? and row_number in (select unnest(?))",
        [sha256, [*numbers]],
    )
    return part


def _correct_part(
    connection: duckdb.DuckDBPyConnection,
    part: Path,
    corrections: Sequence[Correction],
    types: Mapping[str, str],
) -> Path:
    source = f"read_parquet({quote_text(part)})"
    numbers = [one.row_number for one in corrections]
    held = connection.execute(
        f"select row_number from {source} where row_number in (select unnest(?::bigint[]))",
        [numbers],
    ).fetchall()
    here = [one for one in corrections if (one.row_number,) in held]
    if not here:
        return part
    for one in here:
        _note_cells(connection, source, one)
    corrected = part.with_name(f"corrected-{part.name}")
    names = sorted({name for one in here for name in one.values})
    replaced = [f"{_replaced(name, here, types[name])} as {_stored(name)}" for name in names]
    is_corrected = f"row_number in ({', '.join(str(one.row_number) for one in here)})"
    replaced += [
        f"has_critical_bad_cell and not {is_corrected} as has_critical_bad_cell",
        f"case when not {is_corrected} then critical_bad_columns end as critical_bad_columns",
    ]
    copy_part(connection, f"select * replace ({', '.join(replaced)}) from {source}", corrected)
    part.unlink()
    return corrected


def _replaced(name: str, corrections: Sequence[Correction], sql_type: str) -> str:
    whens = " ".join(
        f"when {one.row_number} then "
        + (f"{quote_text(one.values[name])}::{sql_type}" if one.values[name] else "null")
        for one in corrections
        if name in one.values
    )
    return f"case row_number {whens} else {_stored(name)} end"


def _note_cells(connection: duckdb.DuckDBPyConnection, source: str, one: Correction) -> None:
    for name, value in one.values.items():
        connection.execute(
            f"""
            insert into landed.correction
            select ?, row_number, ?, {_stored(name)}::varchar, ? from {source} where row_number = ?""",
            [one.tape_sha256, name, value or None, one.row_number],
        )


def _stored(name: str) -> str:
    """A canonical column as a part has it."""
    return quote_name("stated_as_of_date" if name == "as_of_date" else name)


def release_rows(
    connection: duckdb.DuckDBPyConnection,
    places: Sequence[tuple[str, int]],
    releasable: Sequence[str],
) -> None:
    """Take rows, by file and number, out of those that failed a rule: they are accepted as they are.

    A row that fails any other rule than the `releasable` ones, now that it is judged again, stays set aside.
    """
    for sha256, row_number in places:
        connection.execute(
            """
            delete from landed.failed_row
            where tape_sha256 = ? and row_number = ? and list_has_all(?::varchar[], all_rule_ids)""",
            [sha256, row_number, [*releasable]],
        )


def read_one_row(
    connection: duckdb.DuckDBPyConnection, row_number: int, columns: Sequence[Column]
) -> Iterator[tuple[str, str]]:
    """Name and value of each column that a row has, and of each cell that could not be read, as it stands.

    Whose loan it is is masked: a person who decides on a row does not need it.
    """
    names = ", ".join(f"{quote_name(column.name)}::varchar" for column in columns)
    rows = connection.execute(
        f"select {names} from landed.tape_row where row_number = ?", [row_number]
    ).fetchall()
    for column, value in zip(columns, rows[0] if rows else (), strict=False):
        if value is not None:
            yield column.name, mask(value) if column.name in PERSONAL else value
    bad = """
        select column_name, cell_text, expected_type from landed.bad_cell
        where row_number = ? order by all"""
    for name, text, expected in connection.execute(bad, [row_number]).fetchall():
        yield name, f"{text!r} could not be read, expected {expected}"
    malformed = "select row_text, reason from landed.malformed_row where row_number = ?"
    for text, reason in connection.execute(malformed, [row_number]).fetchall():
        yield "(the whole line)", f"{text} ({reason})"


PERSONAL = ("borrower_id",)


def mask(text: str) -> str:
    """A text that is told apart and tells nothing: its first and last character."""
    return f"{text[0]}…{text[-1]}" if len(text) > 2 else "…"
