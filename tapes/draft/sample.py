"""The first rows of a file as text, and how they lie in it, before any format is known."""

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tapes import TapeError
from tapes.draft.xml_sample import XmlLayout, read_elements
from tapes.open.container import HEAD_BYTES, Peek, peek
from tapes.open.excel import sheet_blocks
from tapes.open.parquet_bounds import check_expansion
from tapes.open.parquet_names import open_source, read_names
from tapes.persons import shows_person
from tapes.recognise.header import tell_apart
from tapes.sql_text import first_line, quote_text

MOST_ROWS = 2_000
"""Looked at of each column."""
LENIENT = "all_varchar = true, strict_mode = false, null_padding = true, ignore_errors = true"


@dataclass(frozen=True)
class Sample:
    """A file's columns in their order, each with the texts of its first cells.

    Of a table of text, `encoding`, `delimiter`, `skip_lines` and `has_header` say how it is written; of an
    XML file `xml` does. Of Parquet, `stored_as` are types of columns that declare too few digits, and `kinds`
    the types of a format for columns that no text holds.
    """

    name: str
    container: str
    cells: dict[str, list[str]]
    encoding: str = "utf-8"
    delimiter: str = ","
    skip_lines: int = 0
    has_header: bool = True
    stored_as: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    xml: XmlLayout | None = field(default=None)


def read_sample(path: Path) -> Sample:
    """Look at the beginning of a file; TapeError where no rows of cells can be found in it."""
    seen = peek(path)
    if seen.container == "parquet":
        return _parquet_sample(seen)
    if seen.container == "xml":
        layout, cells = read_elements(seen, MOST_ROWS)
        return Sample(seen.name, "xml", cells, xml=layout)
    if seen.container == "excel":
        head = b"".join(block for block, _ in zip(sheet_blocks(seen, ""), range(1), strict=False))
        return _text_sample(seen, head.decode(), "utf-8")
    encoding = _find_encoding(seen)
    text = seen.head.decode("utf-8" if seen.encoding else encoding, errors="replace")
    return _text_sample(seen, text, encoding)


def _find_encoding(seen: Peek) -> str:
    """The encoding in which the first bytes are text; of one byte a character, the likeliest."""
    if seen.encoding:
        return seen.encoding
    # A character may be cut by the end of the head.
    whole = seen.head[: seen.head.rfind(b"\n") + 1] or seen.head
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(whole[: 1 << 17]).best()
        return best.encoding if best else "gb18030"
    return "utf-8"


def _text_sample(seen: Peek, text: str, encoding: str) -> Sample:
    text = re.sub(r"\r+\n", "\n", text.removeprefix("\ufeff"))
    if len(seen.head) >= HEAD_BYTES:
        text = text[: text.rfind("\n") + 1]  # Its last line may be cut.
    delimiter, skipped, has_header = _sniff(seen.name, text)
    lines = io.StringIO("".join(text.splitlines(keepends=True)[skipped:]), newline="")
    rows = [
        row
        for row, _ in zip(
            csv.reader(lines, delimiter=delimiter), range(MOST_ROWS + 1), strict=False
        )
    ]
    titles = _count_titles(rows) if has_header else 0
    rows, skipped = rows[titles:], skipped + titles
    first = rows[0] if rows else []
    has_header = has_header and not any(map(shows_person, first))
    names = first if has_header else [f"column_{number}" for number in range(1, len(first) + 1)]
    names = tell_apart([name.strip() for name in names])
    body = [row for row in rows[1 if has_header else 0 :] if len(row) == len(names)]
    if not body:
        raise TapeError(
            f"{seen.name}: no row under the names of its columns; send a sample with rows"
        )
    columns = zip(names, map(list, zip(*body, strict=True)), strict=True)
    cells = {name: column for name, column in columns if name}  # Without a name none can be read.
    return Sample(seen.name, seen.container, cells, encoding, delimiter, skipped, has_header)


def _count_titles(rows: list[list[str]]) -> int:
    """How many lines above the header are titles: padded to all its columns, and mostly empty."""
    for number, row in enumerate(rows):
        if 2 * sum(bool(cell.strip()) for cell in row) > len(row):
            return number
    return 0


def _sniff(name: str, text: str) -> tuple[str, int, bool]:
    """Delimiter, lines above the header, and whether there is one, as DuckDB finds them."""
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "sample.csv"
        path.write_text(text, encoding="utf-8")
        query = f"select Delimiter, SkipRows, HasHeader from sniff_csv({quote_text(str(path))}, {LENIENT})"
        try:
            [(delimiter, skipped, has_header)] = connection.execute(query).fetchall()
        except duckdb.Error as error:
            raise TapeError(
                f"{name}: no table can be found in its text ({first_line(error)}); write the format by hand"
            ) from None
    return delimiter, skipped, has_header


def _parquet_sample(seen: Peek) -> Sample:
    import pyarrow
    import pyarrow.parquet as parquet

    types = pyarrow.types
    names = read_names(seen)
    with open_source(seen) as source:
        try:
            with parquet.ParquetFile(source) as file:
                check_expansion(seen, source, file, names)
                rows = next(file.iter_batches(MOST_ROWS), None)
        except (pyarrow.ArrowException, OSError) as error:
            raise TapeError(
                f"{seen.name}: damaged Parquet ({first_line(error)}); send the file again"
            ) from None
    if rows is None:
        raise TapeError(f"{seen.name}: the file has no rows; send a sample with rows")
    cells, stored_as, kinds = {}, {}, {}
    for name in rows.schema.names:
        values, kind = rows.column(name).to_pylist(), rows.schema.field(name).type
        cells[name] = ["" if value is None else str(value) for value in values]
        if types.is_floating(kind) or types.is_decimal(kind):
            kinds[name] = "money"
        elif types.is_date(kind) or types.is_timestamp(kind):
            kinds[name] = "date"
        if types.is_decimal(kind):
            most = max((abs(value) for value in values if value is not None), default=0)
            if most >= 10 ** (kind.precision - kind.scale):
                stored_as[name] = f"DECIMAL(18,{kind.scale})"
    return Sample(seen.name, "parquet", cells, stored_as=stored_as, kinds=kinds)
