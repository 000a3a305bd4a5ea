"""Count the records of a CSV file on its bytes, without a CSV parser, and check its encoding.

RFC 4180: a record ends at a line break outside of quotes; `"` opens a quoted field only at the
start of a field; `""` inside is a quote. Works on blocks, so that memory stays constant.
"""

import codecs
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import cast

import numpy
from numpy.typing import NDArray

from tapes import TapeError

LF, CR, QUOTE, BLANK = 10, 13, 34, 32
LONGEST_RECORD = 1 << 26

Positions = NDArray[numpy.int64]


@dataclass
class RecordCounter:
    """Feed the file block by block, then `finish`.

    `record_count` counts every record with the header; `blank_records` are the ordinals (from 1) of
    the empty lines among them, which are no rows.
    """

    file_name: str
    delimiter: str = ","
    record_count: int = 0
    crlf_count: int = 0
    blank_records: list[int] = field(default_factory=list)
    _in_quotes: bool = False
    _unfinished: bytes = b""
    _bytes_of_record: int = 0
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
            self._count(numpy.frombuffer(data, numpy.uint8, size))

    def finish(self) -> None:
        """Refuse a file that ends inside a quoted field or inside a line."""
        if self._in_quotes:
            raise TapeError(
                f"{self.file_name}: the quote opened in row {self._quote_record - 1} is never "
                "closed; the file is cut short or has a stray quote: send it again"
            )
        if self._unfinished:
            raise TapeError(
                f"{self.file_name}: the last row, {self.record_count}, does not end in a line "
                "break, so it may be cut short; send the file again (whole files end in one)"
            )
        if self.crlf_count not in (0, self.record_count):
            raise TapeError(
                f"{self.file_name}: {self.crlf_count} of {self.record_count} lines end in CR LF, "
                "the others in LF: write all line breaks the same way"
            )

    def rows_before(self, record: int) -> int:
        """How many data rows lie before a record; its ordinal counts header and blank lines."""
        return record - 2 - bisect_left(self.blank_records, record)

    @property
    def row_count(self) -> int:
        """Data rows: records without the header and without blank lines."""
        return self.record_count - 1 - len(self.blank_records)

    def _count(self, part: NDArray[numpy.uint8]) -> None:
        ends = numpy.flatnonzero(part == LF)
        quotes = numpy.flatnonzero(part == QUOTE)
        if self._in_quotes or quotes.size:
            ends = self._outside_quotes(part, quotes, ends)
        if not ends.size:
            self._bytes_of_record += part.size
            return
        lengths = numpy.diff(ends, prepend=-1 - self._bytes_of_record) - 1
        is_crlf = (part[ends - 1] == CR) & (lengths > 0)
        is_blank = lengths - is_crlf == 0
        self.blank_records.extend((self.record_count + 1 + numpy.flatnonzero(is_blank)).tolist())
        self.crlf_count += int(is_crlf.sum())
        self.record_count += ends.size
        self._bytes_of_record = part.size - int(ends[-1]) - 1

    def _outside_quotes(
        self, part: NDArray[numpy.uint8], quotes: Positions, ends: Positions
    ) -> Positions:
        """The line breaks that end a record."""
        first = 1 if self._in_quotes else 0
        opens, closes = quotes[first::2], quotes[1 - first :: 2]
        if not self._are_regular(part, opens, closes):
            opens, closes = self._walk(part, quotes)
        depth = numpy.searchsorted(opens, ends) - numpy.searchsorted(closes, ends) + first
        outside = ends[depth == 0]
        self._in_quotes = bool(opens.size - closes.size + first)
        if self._in_quotes and opens.size:
            self._quote_record = self.record_count + int(numpy.searchsorted(outside, opens[-1])) + 1
        return outside

    def _are_regular(self, part: NDArray[numpy.uint8], opens: Positions, closes: Positions) -> bool:
        """Whether quotes that simply alternate stand where quotes of whole fields stand."""
        delimiter = ord(self.delimiter)
        before = numpy.where(opens > 0, part[opens - 1], LF)
        after = part[closes + 1]
        return bool(
            numpy.isin(before, (delimiter, LF, QUOTE)).all()
            and numpy.isin(after, (delimiter, LF, CR, QUOTE)).all()
        )

    def _walk(self, part: NDArray[numpy.uint8], quotes: Positions) -> tuple[Positions, Positions]:
        """Quote by quote, for parts with a quote inside an unquoted field (`5" pipe`)."""
        text = part.tobytes()
        opens, closes, in_quotes, skipped = [], [], self._in_quotes, -1
        for position in quotes.tolist():
            if position == skipped:
                continue
            if in_quotes:
                if text[position + 1] == QUOTE:
                    skipped = position + 1
                else:
                    in_quotes = False
                    closes.append(position)
            elif self._is_field_start(text, position):
                in_quotes = True
                opens.append(position)
        return numpy.array(opens, numpy.int64), numpy.array(closes, numpy.int64)

    def _is_field_start(self, text: bytes, position: int) -> bool:
        before = position - 1
        while before >= 0 and text[before] == BLANK:
            before -= 1
        return before < 0 or text[before] in (LF, ord(self.delimiter))


@dataclass
class EncodingCheck:
    """Verify block by block that bytes are text of the declared encoding, and give it as UTF-8."""

    file_name: str
    encoding: str
    _byte_count: int = 0
    _line_count: int = 0

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self.encoding)()
        self._is_utf8 = codecs.lookup(self.encoding).name == "utf-8"

    def feed(self, block: bytes, is_last: bool = False) -> bytes:
        """The block as UTF-8; TapeError naming byte and line of what is no text."""
        pending = cast("tuple[bytes, int]", self._decoder.getstate())[0]
        if (position := block.find(b"\0")) >= 0:
            self._refuse(block, position, "is zero, which no text holds")
        if self._is_utf8 and not pending and not is_last and block.isascii():
            text = block
        else:
            try:
                decoded = self._decoder.decode(block, is_last)
            except UnicodeDecodeError as error:
                guess = _guess(error.object, error.start)
                words = f"is not {self.encoding}{guess}; send the file as {self.encoding}"
                self._refuse(block, error.start - len(pending), words)
            text = block if self._is_utf8 else decoded.encode()
        self._byte_count += len(block)
        self._line_count += block.count(b"\n")
        return text

    def _refuse(self, block: bytes, position: int, words: str) -> None:
        line = self._line_count + block.count(b"\n", 0, max(position, 0)) + 1
        raise TapeError(
            f"{self.file_name}: byte {self._byte_count + position} (line {line}) {words}"
        )


def _guess(data: bytes, start: int) -> str:
    """Words on what the text looks like instead."""
    try:
        codecs.getincrementaldecoder("gb18030")().decode(data[start : start + 4096])
    except UnicodeDecodeError:
        return ""
    return " (it looks like GB18030 or GBK)"
