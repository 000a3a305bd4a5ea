"""Small canonical tapes for the tests of the readers."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from tapes.land.tape import land_tape
from tapes.read.tape import TapeCount, read_tape
from tapes.recognise.load import TapeFormat, detect_format, load_formats

CANONICAL = load_formats()["canonical"]
HEADER = tuple(column.name for column in CANONICAL.columns)
CUT_OFF = date(2017, 6, 30)
CELLS = {
    "text": "x",
    "date": "2017-06-30",
    "int": "12",
    "money": "100.00",
    "rate": "0.0625",
    "bool": "false",
}


def cells(**changes: str) -> dict[str, str]:
    """One good row as text, with the given cells in place of the usual ones."""
    return {column.name: CELLS[column.type] for column in CANONICAL.columns} | changes


def csv_text(*rows: Mapping[str, str], header: Sequence[str] = HEADER) -> str:
    """Rows as a CSV file with the header."""
    lines = [",".join(header), *(",".join(row[name] for name in header) for row in rows)]
    return "\n".join(lines) + "\n"


def read_file(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    as_of_date: date = CUT_OFF,
    formats: Mapping[str, TapeFormat] | None = None,
) -> TapeCount:
    """Land, recognise and read one file."""
    known = formats or load_formats()
    tape = land_tape(path, "deal", f"{as_of_date:%Y-%m}", path.parent / "landed")
    tape_format = detect_format(tape.path, known, list(known))
    return read_tape(connection, [tape], tape_format, as_of_date, path.parent / "scratch")


def read_bytes(
    folder: Path, data: bytes, name: str = "deal_2017-06.csv"
) -> duckdb.DuckDBPyConnection:
    """Write, land and read one file; the database that holds it."""
    path = folder / name
    path.write_bytes(data)
    connection = duckdb.connect()
    read_file(path, connection)
    return connection


def read_text(folder: Path, text: str) -> duckdb.DuckDBPyConnection:
    """Write, land and read one UTF-8 CSV file; the database that holds it."""
    return read_bytes(folder, text.encode())
