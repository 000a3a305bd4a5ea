"""A Parquet file whose decimals are declared too short, written again with the digits that they hold.

Some writers declare decimal(2,2) of a column that holds 485,775.65. The number itself lies in the file;
DuckDB trusts the declaration and stops, so that the columns are written under the one that is right.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapes import TapeError

BATCH_ROWS = 1 << 16
DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")


def redeclare(
    path: Path, name: str, target: Path, columns: list[str], stored_as: Mapping[str, str]
) -> None:
    """Write the columns of a Parquet file to `target`, those of `stored_as` under their true DECIMAL(p,s).

    TapeError when such a column is no decimal of as many decimals, or holds more digits than stated.
    """
    import pyarrow
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(path) as file:
        schema = file.schema_arrow
        types = {
            column: _true_type(name, schema.field(column), stored_as.get(column))
            for column in columns
        }
        written = pyarrow.schema([(column, types[column]) for column in columns])
        with parquet.ParquetWriter(target, written, compression="zstd") as writer:
            for batch in file.iter_batches(BATCH_ROWS, columns=columns):
                arrays = [_retyped(batch.column(column), types[column]) for column in columns]
                for column, array in zip(columns, arrays, strict=True):
                    _check_digits(name, column, array)
                writer.write_batch(pyarrow.record_batch(arrays, schema=written))


def _true_type(file_name: str, field: Any, stated: str | None) -> Any:
    import pyarrow

    if stated is None:
        return field.type
    match = DECIMAL.fullmatch(stated)
    assert match, "checked when the format was loaded"
    digits, decimals = int(match[1]), int(match[2])
    if not pyarrow.types.is_decimal(field.type) or field.type.scale != decimals:
        raise TapeError(
            f"{file_name}: column {field.name} is declared {field.type}, expected a decimal of {decimals} "
            "decimals by `stored_as` of the format; correct `stored_as`"
        )
    return pyarrow.decimal128(digits, decimals)


def _retyped(array: Any, kind: Any) -> Any:
    """The same bytes under another precision: every value is as it was."""
    import pyarrow

    if array.type == kind:
        return array
    return pyarrow.Array.from_buffers(
        kind, len(array), array.buffers(), array.null_count, array.offset
    )


def _check_digits(file_name: str, column: str, array: Any) -> None:
    import pyarrow
    import pyarrow.compute as compute

    if not pyarrow.types.is_decimal(array.type):
        return
    limit = 10 ** (array.type.precision - array.type.scale)
    wide = array.cast(pyarrow.decimal128(38, array.type.scale), safe=False)
    extremes = compute.call_function("min_max", [wide]).as_py()
    for value in extremes.values():
        if value is not None and abs(value) >= limit:
            raise TapeError(
                f"{file_name}: column {column} holds {value}, expected {array.type} by `stored_as` of the "
                "format; state enough digits there"
            )
