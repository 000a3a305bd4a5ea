"""Open a CSV tape: checked and counted on its bytes, parsed by DuckDB with every cell as text."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tapes.land.disk import naming
from tapes.read.count import RecordCounter
from tapes.read.opened import MalformedRow, OpenedTape
from tapes.read.text import EncodingCheck, cut_footer, mend_line_ends, read_blocks, skip_lines
from tapes.recognise.container import Peek
from tapes.recognise.header import CsvHeader, read_header
from tapes.recognise.shape import CsvShape, TapeFormat
from tapes.sql_text import quote_text


@dataclass(frozen=True)
class OpenedCsv:
    """The opened tape, and what is needed to number the rows that DuckDB rejects."""

    tape: OpenedTape
    counter: RecordCounter


def open_csv(seen: Peek, tape_format: TapeFormat, target: Path) -> OpenedCsv:
    """Check a CSV file whole (encoding, line breaks, quotes, header) and describe its relation.

    What is not plain UTF-8 under a header of one line is written once to `target`, its rows alone.
    Rows get the number 0 from the relation: counting them there would keep DuckDB to one thread.
    """
    shape = tape_format.csv
    header = read_header(seen, shape)
    is_plain = _is_plain(seen, shape, header)
    counter = RecordCounter(seen.name, shape.delimiter, len(header.names), int(is_plain))
    encoding = EncodingCheck(seen.name, shape.encoding)
    blocks, place = encoding.read(read_blocks(seen)), seen.path
    if not is_plain:
        blocks = _row_lines(blocks, seen, shape, header)
        blocks, place = _copied(blocks, target), target
    for block in blocks:
        counter.feed(block)
    counter.finish()
    matched = tape_format.match_headers(header.names)
    tape = OpenedTape(
        file_name=seen.name,
        relation=_relation(place, len(header.names), shape.delimiter, is_plain),
        row_number="0",
        row_count=counter.row_count,
        cells={name: (f"c{position}", "VARCHAR") for name, position in matched.items()},
        unknown_columns=tuple(h for i, h in enumerate(header.names) if i not in matched.values()),
        is_ended=counter.is_ended,
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


def surplus_rows(opened: OpenedCsv, rejected: list[MalformedRow]) -> list[MalformedRow]:
    """The rows with empty cells after the last column, which DuckDB reads as if they were not there.

    A thousands separator or an unquoted delimiter moves every cell after it to the right, so that none
    of such a row can be believed.
    """
    known = {row.row_number for row in rejected}
    counter = opened.counter
    rows = [
        MalformedRow(
            counter.rows_before(surplus.record) + 1,
            surplus.text,
            f"Expected Number of Columns: {counter.column_count} Found: {surplus.cell_count}",
        )
        for surplus in counter.surplus_records
        if surplus.record > counter.header_records
    ]
    return [row for row in rows if row.row_number not in known]


def _is_plain(seen: Peek, shape: CsvShape, header: CsvHeader) -> bool:
    """Whether DuckDB can read the file itself: UTF-8, one header line, nothing above or below."""
    is_framed = header.line_count != 1 or shape.header_lines != 1 or bool(shape.footer)
    return not (seen.is_gzip or shape.encoding != "utf-8" or header.is_mangled or is_framed)


def _row_lines(
    blocks: Iterator[bytes], seen: Peek, shape: CsvShape, header: CsvHeader
) -> Iterator[bytes]:
    """The lines of the rows alone."""
    lines = skip_lines(blocks, header.line_count)
    if header.is_mangled:
        lines = mend_line_ends(lines)
    return cut_footer(lines, shape.footer, shape.delimiter, seen.name) if shape.footer else lines


def _copied(blocks: Iterator[bytes], target: Path) -> Iterator[bytes]:
    """The blocks, each written to `target` as it goes by."""
    with naming(target), open(target, "wb") as file:
        for block in blocks:
            file.write(block)
            yield block


def _relation(path: Path, column_count: int, delimiter: str, has_header: bool) -> str:
    columns = ", ".join(f"'c{position}': 'varchar'" for position in range(column_count))
    return f"""read_csv(
        {quote_text(str(path))}, columns = {{{columns}}}, header = {str(has_header).lower()},
        auto_detect = false, compression = 'none',
        delim = {quote_text(delimiter)}, quote = '"', escape = '"', strict_mode = true,
        store_rejects = true, rejects_limit = 0,
        rejects_table = 'csv_reject', rejects_scan = 'csv_reject_scan')"""
