"""Count the records and cells of a CSV file on its bytes, without a CSV parser.

RFC 4180: a record ends at a line break outside of quotes. Works on blocks, so that memory stays constant.
"""

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy

from tapes import TapeError
from tapes.read.records.quotes import CR, LF, QUOTE, Part, Positions, find_quoted, outside

LONGEST_RECORD = 1 << 26
# What DuckDB reads of one record: over a longer one in quotes it takes more than a minute.
MOST_RECORD_BYTES = 1 << 21
ROW_TEXT_BYTES = 2_000


@dataclass(frozen=True)
class SurplusRecord:
    """A record that ends in more empty cells than the file has columns, which DuckDB takes silently."""

    record: int
    text: str
    cell_count: int


@dataclass
class RecordCounter:
    """Feed the file block by block, then `finish`.

    `record_count` counts every record, with the `header_records` before the rows; `blank_records` are
    the ordinals (from 1) of the empty lines among them, which are no rows. `is_ended` is False when the
    last record, whole by the number of its cells, has no line break.
    """

    file_name: str
    delimiter: str = ","
    column_count: int | None = None
    header_records: int = 1
    record_count: int = 0
    crlf_count: int = 0
    blank_records: list[int] = field(default_factory=list)
    surplus_records: list[SurplusRecord] = field(default_factory=list)
    is_ended: bool = True
    _in_quotes: bool = False
    _unfinished: bytes = b""
    # Of the record that the last part ended within: its bytes, cells and first bytes so far.
    _bytes_of_record: int = 0
    _cells_of_record: int = 1
    _start_of_record: bytes = b""
    _quote_record: int = 0

    def feed(self, block: bytes) -> None:
        """Count the records that end in this block."""
        data = self._unfinished + block
        size = data.rfind(b"\n") + 1
        self._unfinished = data[size:]
        if len(self._unfinished) > LONGEST_RECORD:
            raise TapeError(
                f"{self.file_name}: no line break in {LONGEST_RECORD} bytes after row "
                f"{self.record_count}; rows must end in LF or CR LF"
            )
        if size:
            self._count(data, size)

    def finish(self) -> None:
        """Refuse a file that ends inside a quoted field or inside a row."""
        if self._unfinished:
            self._end_last_record()
        if self._in_quotes:
            raise TapeError(
                f"{self.file_name}: the quote opened in row {self._row_of(self._quote_record)} is never "
                "closed; the file is cut short or has a stray quote: send it again"
            )
        if self.crlf_count not in (0, self.record_count):
            raise TapeError(
                f"{self.file_name}: {self.crlf_count} of {self.record_count} lines end in CR LF, "
                "the others in LF: write all line breaks the same way"
            )

    @property
    def unended_bytes(self) -> int:
        """How many of the bytes that were fed lie after the last record that has ended."""
        return self._bytes_of_record + len(self._unfinished)

    def rows_before(self, record: int) -> int:
        """How many data rows lie before a record; its ordinal counts header and blank lines."""
        return self._row_of(record) - 1 - bisect_left(self.blank_records, record)

    @property
    def row_count(self) -> int:
        """Data rows: records without the header and without blank lines."""
        return self.record_count - self.header_records - len(self.blank_records)

    def _row_of(self, record: int) -> int:
        return record - self.header_records

    def _end_last_record(self) -> None:
        """Take the last record as if its line break were there, when all its cells are."""
        line_break = b"\r\n" if self.crlf_count else b"\n"
        data = self._unfinished.removesuffix(b"\r") + line_break
        cells = self._count(data, len(data), is_last=True)
        if not self._in_quotes and cells != self.column_count:
            raise TapeError(
                f"{self.file_name}: the last row, {self._row_of(self.record_count)}, does not end in a "
                f"line break, so it may be cut short: it has {cells} cells, expected "
                f"{self.column_count}; send the file again"
            )
        self.is_ended = False

    def _count(self, data: bytes, size: int, is_last: bool = False) -> int:
        """Count the records in `size` bytes, which end in LF; gives the cells of the last if asked."""
        part = numpy.frombuffer(data, numpy.uint8, size)
        has_returns = b"\r" in data
        ends = all_ends = numpy.flatnonzero(part == LF)
        opens = closes = all_ends[:0]
        began_in_quotes = self._in_quotes
        if began_in_quotes or b'"' in data:
            opens, closes = find_quoted(part, ord(self.delimiter), began_in_quotes)
            ends = outside(all_ends, opens, closes, began_in_quotes)
            self._in_quotes = bool(opens.size - closes.size + began_in_quotes)
            if self._in_quotes and opens.size:
                self._quote_record = self._record_at(ends, opens[-1])
        if has_returns:
            returns = numpy.flatnonzero(part == CR)
            stray = returns[part[returns + 1] != LF]
            self._refuse_stray(ends, outside(stray, opens, closes, began_in_quotes))
        cells, is_whole = 0, ends.size == all_ends.size and not self._start_of_record
        if is_last or not is_whole or self._has_empty_ends(part, ends, has_returns):
            delimiters = numpy.flatnonzero(part == ord(self.delimiter))
            delimiters = outside(delimiters, opens, closes, began_in_quotes)
            cells = self._count_cells(part, ends, delimiters)
        self._count_records(part, ends)
        return cells

    def _count_records(self, part: Part, ends: Positions) -> None:
        if not ends.size:
            self._bytes_of_record += part.size
            if self._bytes_of_record > MOST_RECORD_BYTES:
                self._refuse_long(self.record_count + 1, self._bytes_of_record)
            return
        lengths = numpy.diff(ends, prepend=-1 - self._bytes_of_record) - 1
        if (longest := int(lengths.max())) > MOST_RECORD_BYTES:
            self._refuse_long(self.record_count + 1 + int(lengths.argmax()), longest)
        is_crlf = (part[ends - 1] == CR) & (lengths > 0)
        is_blank = lengths - is_crlf == 0
        self.blank_records.extend((self.record_count + 1 + numpy.flatnonzero(is_blank)).tolist())
        self.crlf_count += int(is_crlf.sum())
        self.record_count += ends.size
        self._bytes_of_record = part.size - int(ends[-1]) - 1

    def _refuse_long(self, record: int, size: int) -> None:
        raise TapeError(
            f"{self.file_name}: row {self._row_of(record)} has {size} bytes or more, expected "
            f"{MOST_RECORD_BYTES} at most; look for a quote in it that closes rows later, mend it and send "
            "the file again"
        )

    def _has_empty_ends(self, part: Part, ends: Positions, has_returns: bool) -> bool:
        """Whether a record ends in an empty cell: only such a one can have a cell too many unseen."""
        lasts = ends - 1
        if has_returns:
            lasts = lasts - (part[lasts] == CR)
        last_bytes = part[lasts]
        quotes = lasts[last_bytes == QUOTE]
        is_empty_text = (part[quotes - 1] == QUOTE) & (part[quotes - 2] == ord(self.delimiter))
        return bool((last_bytes == ord(self.delimiter)).any() or is_empty_text.any())

    def _count_cells(self, part: Part, ends: Positions, delimiters: Positions) -> int:
        """Note the records with more cells than columns; gives the number of cells of the last one."""
        before = numpy.searchsorted(delimiters, ends)
        cells = numpy.diff(before, prepend=0) + 1
        rest = 0
        if ends.size:
            cells[0] += self._cells_of_record - 1
            if self.column_count is not None:
                self._note_surplus(part, ends, cells, self.column_count)
            rest = int(ends[-1]) + 1
            self._cells_of_record, self._start_of_record = 1, b""
            delimiters = delimiters[int(before[-1]) :]
        self._cells_of_record += delimiters.size
        start = self._start_of_record + part[rest : rest + ROW_TEXT_BYTES].tobytes()
        self._start_of_record = start[:ROW_TEXT_BYTES]
        return int(cells[-1]) if ends.size else 0

    def _note_surplus(self, part: Part, ends: Positions, cells: Positions, most: int) -> None:
        for place in numpy.flatnonzero(cells > most).tolist():
            start = int(ends[place - 1]) + 1 if place else 0
            text = part[start : min(int(ends[place]), start + ROW_TEXT_BYTES)].tobytes()
            if not place:
                text = self._start_of_record + text
            words = text.decode(errors="replace").strip("\r\n")
            record = self.record_count + 1 + place
            self.surplus_records.append(SurplusRecord(record, words, int(cells[place])))

    def _record_at(self, ends: Positions, position: int) -> int:
        """The ordinal of the record that holds a position of the part."""
        return self.record_count + int(numpy.searchsorted(ends, position)) + 1

    def _refuse_stray(self, ends: Positions, stray: Positions) -> None:
        """Refuse a CR outside of quotes that no LF follows: some readers take it for a line break."""
        if stray.size:
            row = self._row_of(self._record_at(ends, stray[0]))
            raise TapeError(
                f"{self.file_name}: row {row} holds a carriage return (CR) that is no line break; "
                "write it inside quotes, and end rows in LF or CR LF"
            )
