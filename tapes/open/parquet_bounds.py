"""How far a Parquet file may expand: a value that is repeated without end takes next to nothing in it."""

from collections.abc import Iterator, Sequence
from typing import Any

from tapes import TapeError
from tapes.open.container import Peek
from tapes.open.unwrap import Source

# A file of so few cells (rows times columns that are read), or bytes of their texts, is read however small
# it is; an honest tape has some 13 cells a byte.
FREE_CELLS, FREE_TEXT_BYTES, MOST_EXPANSION = 1 << 24, 1 << 28, 100
# The texts of a larger file are not added up: that takes a tenth of the time that it is read in.
MOST_LOOKED_AT, BATCH_ROWS = 1 << 22, 1 << 16


def check_expansion(seen: Peek, source: Source, file: Any, used: Sequence[str]) -> None:
    """TapeError where a few bytes stand for very many cells, or for texts of very many bytes.

    `file` is the ParquetFile of the `source`, `used` are the columns that are read. Nothing is expanded here.
    """
    metadata = file.metadata
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    row_count = max(metadata.num_rows, sum(group.num_rows for group in groups))
    most = MOST_EXPANSION * seen.byte_count
    rows = f"{seen.name}: {row_count} rows with {len(used)} columns to read"
    advice = "look at what it holds, and send the table as plain CSV if it is meant so"
    if row_count * max(len(used), 1) > max(FREE_CELLS, most):
        raise TapeError(
            f"{rows} in {seen.byte_count} bytes of Parquet, expected {MOST_EXPANSION} cells a byte at most; "
            f"{advice}"
        )
    most = max(FREE_TEXT_BYTES, most)
    # What a row group holds of one text at most, as often as it has rows.
    is_far = sum(group.num_rows * group.total_byte_size for group in groups) > most
    if not is_far or seen.byte_count > MOST_LOOKED_AT:
        return
    size = 0
    for part in _text_bytes(source, file, used):
        size += part
        if size > most:
            raise TapeError(
                f"{rows} have more than {most} bytes of text in {seen.byte_count} bytes of Parquet, expected "
                f"{MOST_EXPANSION} times its size at most; {advice}"
            )


def _text_bytes(source: Source, file: Any, used: Sequence[str]) -> Iterator[int]:
    """The bytes of the texts of some rows at a time, each text as often as it stands there.

    A text is held once. What pyarrow says of a column in a row group is not asked: of a damaged one it ends
    the process.
    """
    import pyarrow.compute as compute
    import pyarrow.parquet as parquet

    texts = [one.name for one in file.schema_arrow if one.name in used and _is_text(one.type)]
    for name in texts:
        with parquet.ParquetFile(source, read_dictionary=[name]) as opened:
            for batch in opened.iter_batches(BATCH_ROWS, columns=[name]):
                column = batch.column(0)
                lengths = compute.call_function("binary_length", [column.dictionary])
                each = compute.call_function("take", [lengths, column.indices])
                yield compute.call_function("sum", [each.cast("int64")]).as_py() or 0


def _is_text(kind: Any) -> bool:
    import pyarrow

    types = pyarrow.types
    value = kind.value_type if types.is_dictionary(kind) else kind
    return types.is_string(value) or types.is_large_string(value)
