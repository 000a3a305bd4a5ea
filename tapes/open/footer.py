"""The lines below the rows of a table: told from rows, cut off, and kept for what they state."""

from collections.abc import Iterator
from dataclasses import dataclass

from tapes import TapeError
from tapes.open.layout import CsvShape

FOOTER_BYTES = 1 << 16


@dataclass(frozen=True)
class FooterLine:
    """A line below the rows: its number in the file, or in this member of an archive, and its text."""

    number: int
    text: str
    member: str = ""


def cut_footer(
    blocks: Iterator[bytes],
    shape: CsvShape,
    name: str,
    found: list[FooterLine],
    lines_before: int,
    member: str = "",
) -> Iterator[bytes]:
    """All but the lines at the end whose first cell with anything in it begins with a text of the footer.

    They are added to `found`. `lines_before` lines of the file lie above the blocks. TapeError when there is
    no such line: the format says that a whole file has one.
    """
    held = b""
    for block in blocks:
        held += block
        if len(held) > FOOTER_BYTES:
            lines_before += held.count(b"\n", 0, -FOOTER_BYTES)
            yield held[:-FOOTER_BYTES]
            held = held[-FOOTER_BYTES:]
    lines = held.splitlines(keepends=True)
    kept, is_found = len(lines), False
    while kept:
        cell = first_cell(lines[kept - 1], shape.delimiter)
        if cell and not cell.startswith(_starts(shape)):
            break
        kept, is_found = kept - 1, is_found or bool(cell)
    if not is_found:
        raise TapeError(
            f"{member or name}: its last line does not begin with {' or '.join(map(repr, shape.footer))}, "
            "the footer of a whole file by its format, so it may be cut short; send the file again"
        )
    rows = b"".join(lines[:kept])
    number = lines_before + rows.count(b"\n")
    for line in lines[kept:]:
        found.append(FooterLine(number + 1, line.decode(errors="replace").strip("\r\n"), member))
        number += line.count(b"\n")
    yield rows


def first_cell(line: bytes, delimiter: str) -> bytes:
    """The line from its first cell with anything in it on; empty where nothing is in it."""
    return line.lstrip(f' "\t\r\n{delimiter}'.encode())


def _starts(shape: CsvShape) -> tuple[bytes, ...]:
    return tuple(start.encode() for start in shape.footer)
