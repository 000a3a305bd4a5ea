"""The text of a tape as a stream of blocks: unwrapped, checked, and freed of what is no row.

A gzip may expand to 100 times its size, and to 64 MiB at any rate; beyond that it is refused.
"""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from tapes import TapeError
from tapes.open.container import Peek

BLOCK_BYTES = 1 << 23
FREE_BYTES, MOST_EXPANSION = 1 << 26, 100
FOOTER_BYTES = 1 << 16
GUESS_BYTES = 4096


def read_blocks(seen: Peek) -> Iterator[bytes]:
    """The bytes of a file, unwrapped; TapeError when its gzip is damaged or expands beyond the cap."""
    most, count = max(FREE_BYTES, MOST_EXPANSION * seen.byte_count), 0
    with gzip.open(seen.path) if seen.is_gzip else open(seen.path, "rb") as file:
        try:
            while block := file.read(BLOCK_BYTES):
                count += len(block)
                if seen.is_gzip and count > most:
                    raise TapeError(
                        f"{seen.name}: {seen.byte_count} bytes of gzip expand to more than {most}, "
                        f"expected {MOST_EXPANSION} times their size at most; send the file plain"
                    )
                yield block
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise TapeError(
                f"{seen.name}: the gzip is cut short or damaged ({error}); send it again"
            ) from None


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


def cut_footer(
    blocks: Iterator[bytes], starts: tuple[str, ...], delimiter: str, name: str
) -> Iterator[bytes]:
    """All but the lines at the end whose first cell with anything in it begins with one of the texts.

    TapeError when there is no such line: the format says that a whole file has one.
    """
    held = b""
    for block in blocks:
        held += block
        if len(held) > FOOTER_BYTES:
            yield held[:-FOOTER_BYTES]
            held = held[-FOOTER_BYTES:]
    lines = held.splitlines(keepends=True)
    texts = tuple(start.encode() for start in starts)
    before_cell = f' "\t\r\n{delimiter}'.encode()
    kept, is_found = len(lines), False
    while kept:
        cell = lines[kept - 1].lstrip(before_cell)
        if cell and not cell.startswith(texts):
            break
        kept, is_found = kept - 1, is_found or bool(cell)
    if not is_found:
        raise TapeError(
            f"{name}: its last line does not begin with {' or '.join(map(repr, starts))}, "
            "the footer of a whole file by its format, so it may be cut short; send the file again"
        )
    yield b"".join(lines[:kept])


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

    def read(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Every block as UTF-8, and the end looked at."""
        for block in blocks:
            yield self.feed(block)
        yield self.feed(b"", is_last=True)

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
    """Words on what the text looks like instead.

    In GBK almost every Chinese character is two bytes of the plane that GB2312 has too; a letter with
    an accent in Latin-1 is one byte, which GBK takes together with the next.
    """
    decoder = codecs.getincrementaldecoder("gb18030")()
    try:
        text = decoder.decode(data[start : start + GUESS_BYTES])
    except UnicodeDecodeError:
        return ""
    foreign = [character for character in text if not character.isascii()]
    common = sum(bool(character.encode("gb2312", errors="ignore")) for character in foreign)
    return " (it looks like GB18030 or GBK)" if foreign and common * 10 >= len(foreign) * 9 else ""
