"""Verify that bytes are text of the encoding that is declared."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from tapes import TapeError

GUESS_BYTES = 4096


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
        self._is_wide = self.encoding.startswith("utf-16")

    def read(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Every block as UTF-8, and the end looked at."""
        for block in blocks:
            yield self.feed(block)
        yield self.feed(b"", is_last=True)

    def feed(self, block: bytes, is_last: bool = False) -> bytes:
        """The block as UTF-8; TapeError naming byte and line of what is no text."""
        pending = cast("tuple[bytes, int]", self._decoder.getstate())[0]
        if not self._is_wide and (position := block.find(b"\0")) >= 0:
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
            if not self._byte_count:
                text = text.removeprefix(codecs.BOM_UTF8)
            if self._is_wide and (position := text.find(b"\0")) >= 0:
                self._refuse(text, position, "is zero, which no text holds")
        self._byte_count += len(block)
        self._line_count += text.count(b"\n")
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
