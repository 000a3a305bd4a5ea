"""What kind of file this is, told from its bytes and not from its name."""

import zlib
from dataclasses import dataclass
from pathlib import Path

from tapes import TapeError

HEAD_BYTES = 1 << 20

EXPECTED = "UTF-8 CSV, Parquet or XML (or .gz)"
FOREIGN_MARKS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\xfd7zXZ": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


@dataclass(frozen=True)
class Peek:
    """A file, the name to call it by, its container, its size, and whether gzip wraps it.

    `head` are its first bytes (unwrapped, at most 1 MiB).
    """

    path: Path
    name: str
    container: str
    byte_count: int
    is_gzip: bool
    head: bytes


def peek(path: Path, name: str = "") -> Peek:
    """Tell CSV, Parquet and XML apart; a TapeError says what else the file is.

    `name` is what the file is called in errors, that of its path when empty.
    """
    name = name or path.name
    with open(path, "rb") as file:
        raw = file.read(HEAD_BYTES)
        file.seek(-min(4, len(raw)), 2)
        tail = file.read()
        byte_count = file.tell()
    if not raw:
        raise TapeError(f"{name}: the file is empty (0 bytes); ask for the tape again")
    is_gzip = raw.startswith(b"\x1f\x8b")
    head = _unwrap(name, raw) if is_gzip else raw
    if not head.strip():
        raise TapeError(f"{name}: the file holds nothing but blanks; ask for the tape again")
    if head.startswith(b"PAR1"):
        if is_gzip:
            raise TapeError(
                f"{name}: Parquet inside gzip is not read; send the Parquet file itself"
            )
        if tail != b"PAR1" or len(raw) < 12:
            raise TapeError(f"{name}: a Parquet file without its footer, cut short; send it again")
        return Peek(path, name, "parquet", byte_count, is_gzip, head)
    for mark, words in FOREIGN_MARKS.items():
        if head.startswith(mark):
            raise TapeError(
                f"{name}: this is {words}, expected {EXPECTED}; send the tape as one of these"
            )
    if (position := head.find(b"\0")) >= 0:
        raise TapeError(
            f"{name}: byte {position} is zero, so this is no text, expected {EXPECTED}; "
            "send the tape as one of these"
        )
    is_xml = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    return Peek(path, name, "xml" if is_xml else "csv", byte_count, is_gzip, head)


def _unwrap(name: str, raw: bytes) -> bytes:
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
