"""Open a CSV tape: checked and counted on its bytes, parsed by DuckDB with every cell as text."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tapes.open.container import Peek
from tapes.open.footer import FooterLine, cut_footer
from tapes.open.layout import CsvShape
from tapes.open.text import mend_line_ends, skip_lines, text_blocks
from tapes.read.groups import find_cells
from tapes.read.opened import MalformedRow, OpenedTape, Rows
from tapes.read.records.count import RecordCounter
from tapes.read.records.pieces import Piece, cut_pieces
from tapes.recognise.header import CsvHeader, read_header
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import quote_text


@dataclass(frozen=True)
class OpenedCsv:
    """The opened tape, its text in pieces that come as they are counted, and the counter.

    `footer` has the lines below the rows once the last piece came.
    """

    tape: OpenedTape
    pieces: Iterator[Piece]
    counter: RecordCounter
    delimiter: str
    has_header: bool
    footer: list[FooterLine]

    def rows(self, piece: Piece) -> Rows:
        """The rows of a piece, numbered as if DuckDB rejected none of it."""
        has_header = self.has_header and not piece.records_before
        column_count = self.counter.column_count
        assert column_count is not None, "the counter was told the header"
        return Rows(
            _relation(piece.path, column_count, self.delimiter, has_header),
            # In the order of the text: such a window is computed by one thread as rows come.
            f"{piece.rows_before} + row_number() over ()",
        )


def open_csv(seen: Peek, tape_format: TapeFormat, target: Path) -> OpenedCsv:
    """Read a CSV file's header; its text is checked and counted as the pieces are taken.

    They are plain UTF-8, in files beside `target`, the rows alone where more than a header of one line
    is around them. A TapeError says what is wrong with encoding, line breaks, quotes or header.
    """
    shape = tape_format.text_shape(seen.container)
    header = read_header(seen, shape)
    is_plain = _is_plain(seen, shape, header)
    counter = RecordCounter(seen.name, shape.delimiter, len(header.names), int(is_plain))
    footer: list[FooterLine] = []
    blocks = text_blocks(seen, shape, footer)
    if not is_plain:
        blocks = _row_lines(blocks, seen, shape, header, footer)
    cells, unknown = find_cells(
        tape_format, header.names, lambda position: (f"c{position}", "VARCHAR"), seen.name
    )
    is_header = _is_header(header) if shape.repeated_header else "false"
    tape = OpenedTape(seen.name, cells, unknown, is_header, seen.container == "excel")
    pieces = cut_pieces(blocks, counter, target)
    return OpenedCsv(tape, pieces, counter, shape.delimiter, is_plain, footer)


def take_rejects(
    connection: duckdb.DuckDBPyConnection, opened: OpenedCsv, piece: Piece
) -> list[MalformedRow]:
    """The rows of a piece that DuckDB could not split into cells, with their numbers in the file."""
    rows = connection.execute("""
        select
            line, any_value(csv_line),
            first(error_message order by column_idx)
        from csv_reject group by line order by line""").fetchall()
    connection.execute("drop table csv_reject")
    connection.execute("drop table csv_reject_scan")
    before = opened.counter.rows_before
    return [
        MalformedRow(before(piece.records_before + line) + 1, (text or "").strip("\r\n"), reason)
        for line, text, reason in rows
    ]


def surplus_rows(counter: RecordCounter) -> list[MalformedRow]:
    """The rows with empty cells after the last column, which DuckDB reads as if they were not there.

    A thousands separator or an unquoted delimiter moves every cell after it to the right, so that none
    of such a row can be believed.
    """
    return [
        MalformedRow(
            counter.rows_before(surplus.record) + 1,
            surplus.text,
            f"Expected Number of Columns: {counter.column_count} Found: {surplus.cell_count}",
        )
        for surplus in counter.surplus_records
        if surplus.record > counter.header_records
    ]


def _is_plain(seen: Peek, shape: CsvShape, header: CsvHeader) -> bool:
    """Whether DuckDB can read the text itself: UTF-8, one header line, nothing above or below."""
    is_framed = header.line_count != 1 or shape.header_lines != 1 or bool(shape.footer)
    return not (shape.encoding != "utf-8" or header.is_mangled or is_framed)


def _is_header(header: CsvHeader) -> str:
    """SQL, true of a row that is a line of the header, cell by cell."""
    lines = [
        " and ".join(
            f"coalesce(trim(c{i}), '') = {quote_text(text)}" for i, text in enumerate(line)
        )
        for line in header.lines
        if len(line) == len(header.names)
    ]
    return " or ".join(f"({line})" for line in lines) or "false"


def _row_lines(
    blocks: Iterator[bytes],
    seen: Peek,
    shape: CsvShape,
    header: CsvHeader,
    footer: list[FooterLine],
) -> Iterator[bytes]:
    """The lines of the rows alone."""
    lines = skip_lines(blocks, header.line_count)
    if header.is_mangled:
        lines = mend_line_ends(lines)
    if shape.footer and not seen.more_parts:  # Those of parts are cut off already.
        lines = cut_footer(lines, shape, seen.name, footer, header.line_count)
    return lines


def _relation(path: Path, column_count: int, delimiter: str, has_header: bool) -> str:
    columns = ", ".join(f"'c{position}': 'varchar'" for position in range(column_count))
    return f"""read_csv(
        {quote_text(str(path))}, columns = {{{columns}}}, header = {str(has_header).lower()},
        auto_detect = false, compression = 'none',
        delim = {quote_text(delimiter)}, quote = '"', escape = '"', strict_mode = true,
        store_rejects = true, rejects_limit = 0,
        rejects_table = 'csv_reject', rejects_scan = 'csv_reject_scan')"""
