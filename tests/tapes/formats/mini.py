"""A small servicer whose format a test writes, read as a close reads it."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tapes.land.tape import land_tape
from tapes.read.cells.cast import KnownDates, select_rows
from tapes.read.cells.personal import PersonalKey
from tapes.read.opened import OpenedTape, Rows
from tapes.read.tape import TapeCount, read_tape
from tapes.recognise.file_date import find_file_date
from tapes.recognise.load import (
    FORMATS_FOLDER,
    TapeFormat,
    detect_format,
    find_format_problems,
    load_formats,
)
from tapes.sql_text import quote_text

CUT_OFF = date(2017, 6, 30)
MEMORY = duckdb.connect()
HEAD = """
id = "mini"
title = "Mini servicer"
containers = ["csv", "excel", "parquet"]
"""
# A column `value` of the type that a test wants, and what every format needs.
ONE_VALUE = (
    HEAD
    + """
{keys}
[source]
day = {{ type = "date", optional = true, default = "date '2017-06-30'" }}
loan = {{ type = "text", critical = true }}
value = {{ {column} }}
[canonical]
as_of_date = "day"
loan_id = "loan"
{target} = "value"
"""
)
TARGETS = {
    "money": "closing_balance",
    "rate": "annual_rate",
    "int": "term_months",
    "date": "origination_date",
    "text": "region_code",
}


def load_format(folder: Path, text: str) -> TapeFormat:
    """The format of this text; a TapeError says what is wrong with it."""
    formats = folder / "formats"
    formats.mkdir(exist_ok=True)
    (formats / "mini.toml").write_text(text, encoding="utf-8")
    return load_formats(formats)["mini"]


def problems(folder: Path, text: str) -> list[str]:
    """What is wrong with a format of this text, but for what only a close needs."""
    formats = folder / "formats"
    formats.mkdir(exist_ok=True)
    (formats / "mini.toml").write_text(text, encoding="utf-8")
    lines = [problem.line() for problem in find_format_problems(formats)]
    return [line for line in lines if "close sets every row aside" not in line]


def read_files(
    folder: Path,
    text: str | dict[str, TapeFormat],
    files: dict[str, bytes],
    as_of_date: date | None = CUT_OFF,
    last_balances: str = "",
    connection: duckdb.DuckDBPyConnection | None = None,
    personal_key: PersonalKey | None = None,
) -> tuple[duckdb.DuckDBPyConnection, TapeCount]:
    """Land, recognise and read files of one month by a format; the database, and the counts."""
    folder.mkdir(exist_ok=True)
    formats = {"mini": load_format(folder, text)} if isinstance(text, str) else text
    month = as_of_date or CUT_OFF
    landed = []
    for number, (name, data) in enumerate(files.items(), start=1):
        path = folder / name
        path.write_bytes(data)
        part = number if len(files) > 1 else 0
        landed.append(land_tape(path, "deal", f"{month:%Y-%m}", folder / "landed", part))
    found = [detect_format(t.path, formats, [*formats], t.file_name, as_of_date) for t in landed]
    connection = connection or duckdb.connect()
    count = read_tape(
        connection,
        landed,
        found,
        as_of_date,
        folder / "scratch",
        last_balances=last_balances,
        personal_key=personal_key,
    )
    return connection, count


def read_real(
    folder: Path, shared: Path, format_id: str, files: list[str], as_of_date: date
) -> tuple[duckdb.DuckDBPyConnection, TapeCount]:
    """Read real files of one month by a format of the package alone."""
    formats = {format_id: load_formats(FORMATS_FOLDER)[format_id]}
    data = {Path(name).name: (shared / "tapes" / name).read_bytes() for name in files}
    return read_files(folder, formats, data, as_of_date)


def rows(connection: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    """Columns of the rows that were read, in their order in the files."""
    query = f"select {columns} from landed.tape_row order by tape_sha256, row_number"
    return connection.sql(query).fetchall()


def read_values(
    folder: Path, column: str, cells: list[str], keys: str = ""
) -> tuple[list[Any], list[str]]:
    """What the texts of one column are cast to, and those that are bad; `column` are its keys."""
    kind = column.partition('type = "')[2].partition('"')[0]
    text = ONE_VALUE.format(keys=keys, column=column, target=TARGETS[kind])
    return cast_values(load_format(folder, text), cells, TARGETS[kind])


def cast_values(
    tape_format: TapeFormat, cells: list[str], target: str = "closing_balance"
) -> tuple[list[Any], list[str]]:
    """The texts of the column `value` cast as a close casts them, in memory, and those that are bad.

    No file is landed or cut into pieces.
    """
    file_name = tape_format.month.file_name
    dates = KnownDates(
        CUT_OFF, find_file_date("mini_2017-06.csv", file_name) if file_name else None
    )
    given = ", ".join(f"({number}, {quote_text(cell)})" for number, cell in enumerate(cells))
    relation = Rows(f"(values {given}) as given(number, cell)", "number")
    opened = OpenedTape("mini.csv", {"value": ("cell", "VARCHAR")})
    selected = select_rows(tape_format, opened, relation, "sha", dates=dates)
    query = f"select {target}, bad_cell from ({selected}) order by row_number"
    found = MEMORY.execute(query).fetchall()
    return [value for value, _ in found], [bad[0]["cell_text"] for _, bad in found if bad]
