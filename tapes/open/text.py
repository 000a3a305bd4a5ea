"""The text of a tape as a stream of blocks: unwrapped, checked, and freed of what is no row.

What is wrapped may expand to 100 times its size, and to 64 MiB at any rate; beyond that it is refused.
"""

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain

from tapes import TapeError
from tapes.open.container import HEAD_BYTES, Peek
from tapes.open.encoding import EncodingCheck
from tapes.open.excel import sheet_blocks
from tapes.open.footer import FooterLine, cut_footer
from tapes.open.layout import CsvShape
from tapes.open.unwrap import FREE_BYTES, read_unwrapped


def read_blocks(seen: Peek) -> Iterator[bytes]:
    """The bytes of a file, unwrapped; TapeError when it is damaged or expands beyond the cap."""
    return read_unwrapped(seen.path, seen.name, seen.wrapping, seen.member, seen.byte_count)


def text_blocks(
    seen: Peek, shape: CsvShape, footer: list[FooterLine] | None = None
) -> Iterator[bytes]:
    """The text of a table as UTF-8: of a CSV file, verified, or of a sheet; with a row for each loan.

    Of a table in several parts the footers are cut off, and added to `footer`.
    """
    if seen.container == "excel":
        blocks = sheet_blocks(seen, shape.sheet)
    else:
        check_encoding(seen, shape.encoding)
        blocks = chain.from_iterable(_parts(seen, shape, [] if footer is None else footer))
    return transpose(blocks, shape, seen.name) if shape.transposed else blocks


def _parts(seen: Peek, shape: CsvShape, footer: list[FooterLine]) -> Iterator[Iterator[bytes]]:
    """The text of each part of a table: of the first all, of the others what lies under the header."""
    head, count = None, shape.skip_lines + shape.header_lines
    parts = seen.parts
    for part in parts:
        blocks = EncodingCheck(part.name, shape.encoding).read(read_blocks(part))
        if len(parts) > 1:
            blocks = mend_line_ends(blocks)
            top, blocks = _take_lines(blocks, count)
            own = top[shape.skip_lines :]
            if head not in (None, own):
                raise TapeError(
                    f"{part.name}: {part.member} has another header than {seen.member}, expected the same; "
                    "send each part as a file of its own"
                )
            if shape.footer:
                blocks = cut_footer(blocks, shape, part.name, footer, count, part.member)
            blocks = blocks if head is not None else chain(top, blocks)
            head = own
            blocks = _ended(blocks) if part is not parts[-1] else blocks
        yield blocks


def _take_lines(blocks: Iterator[bytes], count: int) -> tuple[list[bytes], Iterator[bytes]]:
    """The first lines of a text, and what lies below them."""
    data = b""
    while data.count(b"\n") < count and (block := next(blocks, None)) is not None:
        data += block
    lines = data.split(b"\n", count)
    rest = lines[count] if len(lines) > count else b""
    return [line + b"\n" for line in lines[:count]], chain([rest], blocks)


def _ended(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """A text that ends in a line break: what comes after it begins a row of its own."""
    last = b"\n"
    for block in blocks:
        last = block[-1:] or last
        yield block
    if last != b"\n":
        yield b"\n"


def read_head(seen: Peek, shape: CsvShape) -> bytes:
    """The first bytes of a table's text, at most some 1 MiB; not yet verified, and as UTF-8 where it is no
    CSV file of one byte a character."""
    if seen.container == "csv" and not shape.transposed:
        check_encoding(seen, shape.encoding)
        return seen.head
    head = b""
    for block in text_blocks(seen, shape):
        head += block
        if len(head) >= HEAD_BYTES:
            break
    return head


def check_encoding(seen: Peek, encoding: str) -> None:
    """TapeError when a file is UTF-16 and its format does not say so, or the other way round."""
    is_declared = encoding.startswith("utf-16")
    if bool(seen.encoding) != is_declared:
        found = f"{(seen.encoding or 'no utf-16').upper()} text"
        raise TapeError(
            f"{seen.name}: this is {found}, expected {encoding}; send it so, or state its encoding "
            "under [csv] of the format"
        )


def transpose(blocks: Iterator[bytes], shape: CsvShape, name: str) -> Iterator[bytes]:
    """The table with its lines as columns, without the lines above it, as CSV.

    It is held whole: at most 64 MiB. TapeError when its lines have different numbers of cells.
    """
    data = b""
    for block in blocks:
        data += block
        if len(data) > FREE_BYTES:
            raise TapeError(
                f"{name}: more than {FREE_BYTES} bytes with loans as columns; send loans as rows"
            )
    text = io.StringIO(data.decode().removeprefix("\ufeff"), newline="")
    lines = [line for line in csv.reader(text, delimiter=shape.delimiter) if any(line)]
    lines = lines[shape.skip_lines :]
    counts = {len(line) for line in lines}
    if len(counts) > 1:
        shortest = min(lines, key=len)
        raise TapeError(
            f"{name}: the line {shortest[0]!r} has {len(shortest)} cells, another one has {max(counts)}; "
            "write a cell for every loan, an empty one where it is not known"
        )
    target = io.StringIO()
    csv.writer(target, delimiter=shape.delimiter, lineterminator="\n").writerows(
        zip(*lines, strict=True)
    )
    yield target.getvalue().encode()


def mend_line_ends(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """CR CR LF, as a file has that was written as text twice, and CR LF as LF."""
    held = b""
    for block in blocks:
        data = held + block
        size = len(data.rstrip(b"\r"))
        held = data[size:]
        yield re.sub(rb"\r+\n", b"\n", data[:size])
    yield held


def skip_lines(blocks: Iterator[bytes], count: int) -> Iterator[bytes]:
    """All but the first `count` lines."""
    for block in blocks:
        start = 0
        while count and (position := block.find(b"\n", start)) >= 0:
            count, start = count - 1, position + 1
        if not count:
            yield block[start:]
