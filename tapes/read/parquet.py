"""Open a Parquet tape: columns keep their types, after the declared precision is checked."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb

from tapes import TapeError
from tapes.open.container import Peek
from tapes.read.opened import OpenedTape, RowCount, Rows
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import first_line, quote_name, quote_text


def open_parquet(
    connection: duckdb.DuckDBPyConnection, seen: Peek, tape_format: TapeFormat
) -> tuple[OpenedTape, Rows, RowCount]:
    """Describe a Parquet file and its relation; TapeError when its footer is damaged or a type lies."""
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(seen.path) as file:
            row_count = file.metadata.num_rows
            found = file.schema_arrow.names
            matched = tape_format.match_headers(found)
            for position in matched.values():
                _check_precision(seen.name, file, found[position])
    except (pyarrow.ArrowException, OSError) as error:
        raise TapeError(
            f"{seen.name}: damaged Parquet ({first_line(error)}); send the file again"
        ) from None
    relation = f"read_parquet({quote_text(str(seen.path))}, file_row_number = true)"
    types = {
        name: str(kind)
        for name, kind, *_ in connection.execute(f"describe from {relation}").fetchall()
    }
    tape = OpenedTape(
        file_name=seen.name,
        cells={name: (quote_name(found[i]), types[found[i]]) for name, i in matched.items()},
        unknown_columns=tuple(h for i, h in enumerate(found) if i not in matched.values()),
    )
    return tape, Rows(relation, "file_row_number + 1"), RowCount(row_count)


def _check_precision(file_name: str, file: Any, name: str) -> None:
    """Refuse a DECIMAL(p,s) column that holds more than p digits.

    Such files exist (a decimal(2,2) with 485,775.65 in a Fannie Mae pool file): DuckDB trusts the
    declaration and stops with an internal error. Statistics answer at once; without them the
    column is read.
    """
    import pyarrow

    declared = file.schema_arrow.field(name).type
    if not pyarrow.types.is_decimal(declared):
        return
    limit = Decimal(10) ** (declared.precision - declared.scale)
    for value in _extremes(file, name, declared):
        if abs(value) >= limit:
            raise TapeError(
                f"{file_name}: column {name} is declared {declared} and holds {value}; "
                "declare enough digits and send the file again"
            )


def _extremes(file: Any, name: str, declared: Any) -> Iterator[Decimal]:
    """The least and the greatest value of a column in each row group."""
    import pyarrow

    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        leaf = next(i for i in range(group.num_columns) if group.column(i).path_in_schema == name)
        statistics = group.column(leaf).statistics
        if statistics is not None and statistics.has_min_max:
            extremes = [statistics.min, statistics.max]
        else:
            import pyarrow.compute as compute

            values = file.read_row_group(number, columns=[name]).column(0)
            wide = values.cast(pyarrow.decimal128(38, declared.scale), safe=False)
            extremes = list(compute.call_function("min_max", [wide]).as_py().values())
        yield from (value for value in extremes if value is not None)
