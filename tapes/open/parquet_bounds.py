"""How far a Parquet file may expand: a value that is repeated without end takes next to nothing in it."""

from collections.abc import Iterator, Sequence
from typing import Any

from tapes import TapeError
from tapes.open.container import Peek
from tapes.open.unwrap import Source

# A file of so few cells (rows times columns that are read), or bytes of their texts, is read however small
# it is; an honest tape has some 13 cells a byte.
FREE_CELLS, FREE_TEXT_BYTES, MOST_EXPANSION = 1 << 24, 1 << 28, 100


def check_expansion(seen: Peek, source: Source, file: Any, used: Sequence[str]) -> None:
    """TapeError where a few bytes stand for very many cells, or for texts of very many bytes.

    `file` is the ParquetFile of the `source`, `used` are the columns that are read. Nothing is expanded here.
    """
    metadata = file.metadata
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    row_count = max(metadata.num_rows, sum(group.num_rows for group in groups))
    most = MOST_EXPANSION * seen.byte_count
    rows = f"{seen.name}: {row_count} rows with {len(used)} columns to read"
    advice = "look at what it holds, and send the table as plain CSV if it is meant so"
    if row_count * max(len(used), 1) > max(FREE_CELLS, most):
        raise TapeError(
            f"{rows} in {seen.byte_count} bytes of Parquet, expected {MOST_EXPANSION} cells a byte at most; "
            f"{advice}"
        )
    size, most = 0, max(FREE_TEXT_BYTES, most)
    if (
        sum(chunk.num_values * chunk.total_uncompressed_size for _, chunk in _texts(file, used))
        <= most
    ):
        return
    for number, chunk in _texts(file, used):
        size += _text_bytes(source, number, chunk)
        if size > most:
            raise TapeError(
                f"{rows} have more than {most} bytes of text in {seen.byte_count} bytes of Parquet, expected "
                f"{MOST_EXPANSION} times its size at most; {advice}"
            )


def _texts(file: Any, used: Sequence[str]) -> Iterator[tuple[int, Any]]:
    """The number of the row group and the description of each piece of a column of texts."""
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        for place in range(group.num_columns):
            chunk = group.column(place)
            if chunk.path_in_schema in used and chunk.physical_type == "BYTE_ARRAY":
                yield number, chunk


def _text_bytes(source: Source, number: int, chunk: Any) -> int:
    """The bytes of the texts of a piece, those of a dictionary as often as they stand in a row."""
    import pyarrow.compute as compute
    import pyarrow.parquet as parquet

    if not chunk.has_dictionary_page:
        return chunk.total_uncompressed_size
    name = chunk.path_in_schema
    with parquet.ParquetFile(source, read_dictionary=[name]) as file:
        column = file.read_row_group(number, columns=[name]).column(0)
    size = 0
    for part in column.chunks:
        lengths = compute.call_function("binary_length", [part.dictionary])
        each = compute.call_function("take", [lengths, part.indices])
        size += compute.call_function("sum", [each.cast("int64")]).as_py() or 0
    return size
