"""A text of records in pieces that end where a record ends: each is parsed by itself, and knows its rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tapes.land.disk import naming
from tapes.read.records.count import RecordCounter

PIECE_BYTES = 1 << 27
"""Some 500,000 rows, and as many in one Parquet file of the lake."""


@dataclass(frozen=True)
class Piece:
    """A part of the text, in a file of its own, with what lies before it in the whole."""

    path: Path
    records_before: int
    rows_before: int


def cut_pieces(
    blocks: Iterable[bytes], counter: RecordCounter, target: Path, most: int | None = None
) -> Iterator[Piece]:
    """Count the blocks, and write them to files beside `target`; each is there when it is given.

    A piece is of `most` bytes, or a block or record more; none is empty. Each but the first begins with
    an empty line, which is no row and counts among its records.
    """
    most, number, size, place = most or PIECE_BYTES, 0, 0, (0, 0)
    for block in blocks:
        counter.feed(block)
        end = len(block) - counter.unended_bytes
        is_full = size + len(block) >= most and end > 0
        path = _piece_path(target, number)
        size += _append(path, block[:end] if is_full else block)
        if is_full:
            yield Piece(path, *place)
            # An empty line comes first: DuckDB takes the first line break that it sees, in quotes or not,
            # for that of all lines.
            first = b"\r\n" if counter.crlf_count else b"\n"
            place, number = (counter.record_count - 1, counter.row_count), number + 1
            _append(_piece_path(target, number), first)
            size = _append(_piece_path(target, number), block[end:])
    counter.finish()
    if size:
        yield Piece(_piece_path(target, number), *place)


def _piece_path(target: Path, number: int) -> Path:
    return target.with_name(f"{target.name}-{number}")


def _append(path: Path, data: bytes) -> int:
    with naming(path), open(path, "ab") as file:
        return file.write(data)
