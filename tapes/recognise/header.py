"""The column names of a CSV file: those of its header lines, or those that its format states."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from tapes import TapeError
from tapes.open.container import Peek
from tapes.open.layout import CsvShape
from tapes.open.text import read_head

MOST_SHOWN = 60
MOST_LINES_LOOKED_AT = 300


@dataclass(frozen=True)
class CsvHeader:
    """The names in the order of the columns, and how many lines of the file come before the rows.

    `is_mangled` says that lines end in CR CR LF, as in a file that was written as text twice; `lines` are
    the cells of the header's own lines.
    """

    names: list[str]
    line_count: int
    is_mangled: bool
    lines: tuple[tuple[str, ...], ...] = ()


def read_header(seen: Peek, shape: CsvShape) -> CsvHeader:
    """The header under the skipped lines; TapeError when it is no text or has not its columns.

    The names of a header of several lines are joined by a blank, column by column. Without a header
    line the first row must have as many cells as the format has names.
    """
    # The lines above a transposed table are gone when its columns have become lines.
    skipped = 0 if shape.transposed else shape.skip_lines
    records, line_count = _read_records(seen, shape, skipped, max(shape.header_lines, 1))
    if shape.header_lines:
        *above, last = records
        spread = [_spread(line, last) for line in above] if shape.merged_header else above
        parts = zip_longest(*spread, last, fillvalue="")
        names = [" ".join(filter(None, map(_tidy, column))) for column in parts]
    else:
        names, line_count = records[0], skipped
    if shape.names:
        if len(names) != len(shape.names):
            raise TapeError(
                f"{seen.name}: line {skipped + 1} has {len(names)} cells, expected the "
                f"{len(shape.names)} of `names`; send the file as its format declares"
            )
        names = list(shape.names)
    lines = tuple(tuple(map(_tidy, record)) for record in records if shape.header_lines)
    return CsvHeader(tell_apart(names), line_count, b"\r\r\n" in seen.head, lines)


def _spread(cells: Sequence[str], below: Sequence[str]) -> list[str]:
    """The cells of a line, an empty one over a name as the one to its left: a merged cell of a sheet."""
    spread, left = [], ""
    for cell, name in zip_longest(map(_tidy, cells), map(_tidy, below), fillvalue=""):
        left = cell or left
        spread.append(cell or (left if name else ""))
    return spread


def tell_apart(names: Sequence[str]) -> list[str]:
    """Names of columns, those that stand several times as `name#1`, `name#2`."""
    counts, seen = Counter(names), Counter[str]()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(f"{name}#{seen[name]}" if name and counts[name] > 1 else name)
    return apart


def top_lines(seen: Peek, shape: CsvShape) -> list[str]:
    """The first lines of a file as text, those above its header too; none where it is no text."""
    try:
        return list(islice(_lines(seen, shape, 0), MOST_LINES_LOOKED_AT))
    except TapeError:
        return []


def split_line(text: str, delimiter: str) -> list[str]:
    """The cells of one line, as names of columns; none where it is longer than a line of cells."""
    try:
        return [_tidy(cell) for cell in next(csv.reader([text], delimiter=delimiter), [])]
    except csv.Error:
        return []


def found_header(seen: Peek, shape: CsvShape) -> str:
    """The line that was taken for the header in words, where it shows what the file is instead."""
    try:
        line = next(_lines(seen, shape, shape.skip_lines), "").strip()
    except TapeError:
        return ""
    if not line.isprintable():
        return ""
    shown = f"{line[:MOST_SHOWN]!r}{'…' if line[MOST_SHOWN:] else ''}"
    where = f" in line {shape.skip_lines + 1}" if shape.skip_lines else ""
    return f"found the header {shown}{where}: "


def _read_records(
    seen: Peek, shape: CsvShape, skipped: int, count: int
) -> tuple[list[list[str]], int]:
    """The first records under the skipped lines, and the number of lines down to their end."""
    reader = csv.reader(_lines(seen, shape, skipped), delimiter=shape.delimiter)
    try:
        records = list(islice(reader, count))
    except csv.Error as error:
        raise TapeError(
            f"{seen.name}: line {skipped + 1} is no header ({error}); send the file again"
        ) from None
    if len(records) < count:
        raise TapeError(
            f"{seen.name}: no row, expected some under the {skipped + shape.header_lines} lines "
            "of title and header that its format states; ask for the tape again"
        )
    return records, skipped + reader.line_num


def _lines(seen: Peek, shape: CsvShape, skipped: int) -> Iterator[str]:
    """The lines of the head of the file as text, from the one after the skipped ones on."""
    head = read_head(seen, shape)
    is_utf8 = seen.container == "excel" or bool(seen.encoding) or shape.transposed
    encoding = "utf-8" if is_utf8 else shape.encoding
    if shape.header_lines and b"\n" not in head:
        begun = head[:MOST_SHOWN].decode("utf-8", errors="replace")
        raise TapeError(
            f"{seen.name}: no line break in the first {len(head)} bytes, which begin {begun!r}, expected a "
            "header and rows that end in LF or CR LF"
        )
    position = 0
    for number, line in enumerate(head.removeprefix(codecs.BOM_UTF8).split(b"\n")):
        if number >= skipped:
            try:
                yield line.rstrip(b"\r").decode(encoding) + "\n"
            except UnicodeDecodeError as error:
                raise TapeError(
                    f"{seen.name}: byte {position + error.start} of the header is not "
                    f"{shape.encoding}; send the file as {shape.encoding}"
                ) from None
        position += len(line) + 1


def _tidy(name: str) -> str:
    """A name without the blanks around it and the line breaks in it."""
    return re.sub(r"\s*[\r\n]+\s*", " ", name).strip()
