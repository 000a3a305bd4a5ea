"""Open a CSV tape: checked and counted on its bytes, parsed by DuckDB with every cell as text."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.read.count import EncodingCheck, RecordCounter
from tapes.read.opened import MalformedRow, OpenedTape, quote_text
from tapes.recognise.container import peek
from tapes.recognise.detect import read_header
from tapes.recognise.shape import TapeFormat

BLOCK_BYTES = 1 << 23


@dataclass(frozen=True)
class OpenedCsv:
    """The opened tape, and what is needed to number the rows that DuckDB rejects."""

    tape: OpenedTape
    counter: RecordCounter


def open_csv(path: Path, tape_format: TapeFormat, scratch: Path) -> OpenedCsv:
    """Check a CSV file whole (encoding, line breaks, quotes, header) and describe its relation.

    A compressed or not UTF-8 file is written once as plain UTF-8 into the scratch folder. Rows get
    the number 0 from the relation: counting them there would keep DuckDB to one thread.
    """
    seen = peek(path)
    shape = tape_format.csv
    found = read_header(path, seen, shape)
    encoding = EncodingCheck(path.name, shape.encoding)
    counter = RecordCounter(path.name, shape.delimiter)
    plain = path
    if seen.is_gzip or shape.encoding != "utf-8":
        plain = scratch / f"{path.name}.utf8.csv"
        with open(plain, "wb") as target:
            for block in read_blocks(path, seen.is_gzip):
                text = encoding.feed(block)
                counter.feed(text)
                target.write(text)
    else:
        for block in read_blocks(path, is_gzip=False):
            counter.feed(encoding.feed(block))
    encoding.feed(b"", is_last=True)
    counter.finish()
    matched = tape_format.match_headers(found)
    tape = OpenedTape(
        file_name=path.name,
        relation=_relation(plain, len(found), shape.delimiter),
        row_number="0",
        row_count=counter.row_count,
        cells={name: (f"c{position}", "VARCHAR") for name, position in matched.items()},
        unknown_columns=tuple(h for i, h in enumerate(found) if i not in matched.values()),
    )
    return OpenedCsv(tape, counter)


def take_rejects(connection: duckdb.DuckDBPyConnection, opened: OpenedCsv) -> list[MalformedRow]:
    """The rows that DuckDB could not split into cells, with their numbers in the file."""
    rows = connection.execute("""
        select
            line, any_value(csv_line),
            first(error_message order by column_idx)
        from csv_reject group by line order by line""").fetchall()
    connection.execute("drop table csv_reject")
    connection.execute("drop table csv_reject_scan")
    return [
        MalformedRow(opened.counter.rows_before(line) + 1, (text or "").strip("\r\n"), reason)
        for line, text, reason in rows
    ]


def read_blocks(path: Path, is_gzip: bool) -> Iterator[bytes]:
    """The bytes of a file, unwrapped; TapeError when the gzip ends early or is damaged."""
    with gzip.open(path) if is_gzip else open(path, "rb") as file:
        try:
            while block := file.read(BLOCK_BYTES):
                yield block
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise TapeError(
                f"{path.name}: the gzip is cut short or damaged ({error}); send it again"
            ) from None


def _relation(path: Path, column_count: int, delimiter: str) -> str:
    columns = ", ".join(f"'c{position}': 'varchar'" for position in range(column_count))
    return f"""read_csv(
        {quote_text(str(path))}, columns = {{{columns}}}, header = true, auto_detect = false,
        delim = {quote_text(delimiter)}, quote = '"', escape = '"', strict_mode = true,
        store_rejects = true, rejects_limit = 0,
        rejects_table = 'csv_reject', rejects_scan = 'csv_reject_scan')"""
