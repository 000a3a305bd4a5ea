"""What kind of file this is, told from its bytes and not from its name."""

import codecs
import io
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from tapes import TapeError
from tapes.open.layout import ANY_MEMBER, Member
from tapes.open.unwrap import (
    UNWRAPPED,
    find_members,
    find_wrapping,
    is_workbook,
    open_unwrapped,
    read_unwrapped,
)
from tapes.open.workbook_bounds import MOST_BYTES, check_bounds

HEAD_BYTES = 1 << 20

EXPECTED = "CSV, Excel, Parquet or XML (plain, or inside gzip, Zstandard or ZIP)"
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
FOREIGN_MARKS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\xfd7zXZ": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    ZIP: "a ZIP archive inside another one",
}
WEB_PAGES = (b"<!doctype html", b"<html")
# A zero beside each ASCII character: text of two bytes a character that does not say so.
TWO_BYTES = {
    "utf-16-le": re.compile(rb"(?:[^\0]\0){4}"),
    "utf-16-be": re.compile(rb"(?:\0[^\0]){4}"),
}


@dataclass(frozen=True)
class Peek:
    """A file, the name to call it by, its container and size, and what wraps it.

    `head` are its first bytes (unwrapped, at most 1 MiB); those of UTF-16 text are given as UTF-8, and
    `encoding` says which it is, empty for bytes as they are. `wrapping` is "gzip", "zstd", "zip" or empty;
    `member` is the name of the file in a ZIP archive, `byte_count` the size of what is wrapped, and
    `more_parts` are name and size of other members in which a table of text goes on.
    """

    path: Path
    name: str
    container: str
    byte_count: int
    wrapping: str
    head: bytes
    encoding: str = ""
    member: str = ""
    more_parts: tuple[tuple[str, int], ...] = ()

    @property
    def parts(self) -> list["Peek"]:
        """The file itself, and the other members of its archive that the table goes on in."""
        others = (replace(self, member=name, byte_count=size) for name, size in self.more_parts)
        return [self, *others]


def peek(path: Path, name: str = "", member: Member = ANY_MEMBER) -> Peek:
    """Tell CSV, Excel, Parquet and XML apart; a TapeError says what else the file is.

    `name` is what the file is called in errors, that of its path when empty; `member` which file of a
    ZIP archive is meant. A workbook that is more than can be held is refused here, before any of it is read.
    """
    name = name or path.name
    with open(path, "rb") as file:
        raw = file.read(HEAD_BYTES)
        file.seek(-min(4, len(raw)), 2)
        tail = file.read()
        byte_count = file.tell()
    if not raw:
        raise TapeError(f"{name}: the file is empty (0 bytes); ask for the tape again")
    wrapping = find_wrapping(raw)
    if raw.startswith(OLD_EXCEL) or (wrapping == "zip" and is_workbook(path, name)):
        check_bounds(path, name, byte_count)
        return Peek(path, name, "excel", byte_count, "", raw)
    seen = Peek(path, name, "", byte_count, wrapping, raw)
    if wrapping == "zip":
        inner, *others = find_members(path, name, member)
        more = tuple((one.filename, one.compress_size) for one in others)
        seen = replace(seen, byte_count=inner.compress_size, member=inner.filename, more_parts=more)
    return _tell(seen, _unwrap(seen, raw), tail)


def _tell(seen: Peek, head: bytes, tail: bytes) -> Peek:
    """What an unwrapped file is by its first and last bytes."""
    name = seen.name
    if seen.wrapping and head.startswith((OLD_EXCEL, ZIP)) and _is_inner_workbook(seen, head):
        return _seen(seen, "excel", head)
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise TapeError(f"{name}: the file holds nothing but blanks; ask for the tape again")
    if head.startswith(b"PAR1"):
        if seen.wrapping not in ("", "zip"):  # Neither can be read from its end, as Parquet is.
            words = UNWRAPPED[seen.wrapping]
            raise TapeError(
                f"{name}: Parquet inside {words} is not read; send the Parquet file itself"
            )
        is_whole = tail == b"PAR1" or seen.wrapping
        if not is_whole or len(head) < 12:
            raise TapeError(f"{name}: a Parquet file without its footer, cut short; send it again")
        return _seen(seen, "parquet", head)
    for mark, words in FOREIGN_MARKS.items():
        if head.startswith(mark):
            raise TapeError(
                f"{name}: this is {words}, expected {EXPECTED}; send the tape as one of these"
            )
    if encoding := _two_byte_encoding(head):
        return _seen(seen, "csv", _as_utf8(name, head, encoding), encoding)
    if (position := head.find(b"\0")) >= 0:
        raise TapeError(
            f"{name}: byte {position} is zero, so this is no text, expected {EXPECTED}; "
            "send the tape as one of these"
        )
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text[:20].lower().startswith(WEB_PAGES):
        raise TapeError(
            f"{name}: this is a web page, expected {EXPECTED}; fetch the tape again, and look at what it says"
        )
    is_xml = text.startswith(b"<")
    return _seen(seen, "xml" if is_xml else "csv", head)


def _is_inner_workbook(seen: Peek, head: bytes) -> bool:
    """Whether what is wrapped is a workbook; TapeError for one that is more than can be held."""
    data = read_workbook(seen)
    if not head.startswith(OLD_EXCEL) and not is_workbook(data, seen.name):
        return False
    check_bounds(data, seen.name, len(data.getbuffer()))
    return True


def read_workbook(seen: Peek) -> io.BytesIO:
    """The bytes of a wrapped workbook; TapeError where they are more than a workbook may be once unpacked."""
    data = io.BytesIO()
    for block in read_unwrapped(seen.path, seen.name, seen.wrapping, seen.member, seen.byte_count):
        if data.write(block) and data.tell() > MOST_BYTES:
            raise TapeError(
                f"{seen.name}: more than {MOST_BYTES} bytes of workbook in {UNWRAPPED[seen.wrapping]}, "
                "expected less, for it is held in memory; save the table as CSV and send that"
            )
    data.seek(0)
    return data


def _seen(seen: Peek, container: str, head: bytes, encoding: str = "") -> Peek:
    if seen.more_parts and container != "csv":
        raise TapeError(
            f"{seen.name}: {len(seen.more_parts) + 1} parts of {container.upper()} in an archive, expected "
            "CSV; send each part as a file of its own"
        )
    return replace(seen, container=container, head=head, encoding=encoding)


def _two_byte_encoding(head: bytes) -> str:
    """The encoding of UTF-16 text, by its mark or by the zeros beside its ASCII characters."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return next((name for name, pair in TWO_BYTES.items() if pair.match(head)), "")


def _as_utf8(name: str, head: bytes, encoding: str) -> bytes:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError as error:
        raise TapeError(
            f"{name}: byte {error.start} is not {encoding}; send the file as UTF-8"
        ) from None
    if text.lstrip().startswith("<"):
        raise TapeError(f"{name}: XML in {encoding}, expected UTF-8; send it as UTF-8")
    return text.encode("utf-8", errors="replace")


def _unwrap(seen: Peek, raw: bytes) -> bytes:
    """The first bytes of what is wrapped; those of a gzip that is cut short, as far as they go."""
    if seen.wrapping == "gzip":
        return _start_of_gzip(seen.name, raw)
    if not seen.wrapping:
        return raw
    with open_unwrapped(seen.path, seen.name, seen.wrapping, seen.member) as file:
        return file.read(HEAD_BYTES)


def _start_of_gzip(name: str, raw: bytes) -> bytes:
    unwrapping = zlib.decompressobj(wbits=31)
    try:
        head = unwrapping.decompress(raw, HEAD_BYTES)
    except zlib.error as error:
        raise TapeError(f"{name}: damaged gzip ({error}); send the file again") from None
    if not head and not unwrapping.eof:
        raise TapeError(
            f"{name}: the gzip is cut short after {len(raw)} bytes; send the file again"
        )
    return head
