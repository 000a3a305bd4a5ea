"""Open a Parquet tape: columns keep their types, after the declared precision is checked."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tapes import TapeError
from tapes.land.disk import is_disk_full, naming
from tapes.open.container import Peek
from tapes.open.parquet_bounds import check_expansion
from tapes.open.redeclare import redeclare
from tapes.open.text import read_blocks
from tapes.read.groups import find_cells
from tapes.read.opened import OpenedTape, RowCount, Rows
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import first_line, quote_name, quote_text


def open_parquet(
    connection: duckdb.DuckDBPyConnection, seen: Peek, tape_format: TapeFormat, target: Path
) -> tuple[OpenedTape, Rows, RowCount]:
    """Describe a Parquet file and its relation; TapeError when its footer is damaged or a type lies.

    Where the format says that a type lies, the file's columns are written to `target` as they are; one in an
    archive is unpacked there.
    """
    import pyarrow
    import pyarrow.parquet as parquet

    path = _unpack(seen, target) if seen.wrapping else seen.path
    damages = (pyarrow.ArrowException, duckdb.Error, UnicodeDecodeError, OSError)
    try:
        with parquet.ParquetFile(path) as file:
            row_count = file.metadata.num_rows
            found = file.schema_arrow.names
            used = _used_columns(tape_format, found)
            check_expansion(seen, path, file, used)
            stored_as = _stored_as(tape_format, found)
            for name in used:
                if name not in stored_as:
                    _check_precision(seen.name, file, name)
        if stored_as:
            declared = target.with_name(f"{target.name}.declared")
            redeclare(path, seen.name, declared, used, stored_as)
            path = declared.rename(target)
        relation = f"read_parquet({quote_text(str(path))}, file_row_number = true)"
        described = connection.execute(f"describe from {relation}").fetchall()
    except damages as error:
        if is_disk_full(error):
            raise
        raise TapeError(
            f"{seen.name}: damaged Parquet ({first_line(error)}); send the file again"
        ) from None
    # DuckDB tells names that differ in their case alone apart by names of its own.
    columns = dict(zip(used if stored_as else found, described, strict=False))

    def cell(position: int) -> tuple[str, str]:
        name, kind, *_ = columns[found[position]]
        return quote_name(name), str(kind)

    cells, unknown = find_cells(tape_format, found, cell, seen.name)
    return (
        OpenedTape(seen.name, cells, unknown),
        Rows(relation, "file_row_number + 1"),
        RowCount(row_count),
    )


def _unpack(seen: Peek, target: Path) -> Path:
    with naming(target), open(target, "wb") as file:
        for block in read_blocks(seen):
            file.write(block)
    return target


def _used_columns(tape_format: TapeFormat, found: Sequence[str]) -> list[str]:
    """The file's columns that the format reads, in their order."""
    positions = set(tape_format.match_headers(found).values())
    for group in tape_format.match_groups(found).values():
        positions.update(group.values())
    return [found[position] for position in sorted(positions)]


def _stored_as(tape_format: TapeFormat, found: Sequence[str]) -> dict[str, str]:
    """The file's columns of which the format says that they hold another type than is declared."""
    stored = {c.name: c.stored_as for c in tape_format.columns if c.stored_as}
    matched, groups = tape_format.match_headers(found), tape_format.match_groups(found)
    positions = {
        name: [*groups[name].values()] if name in groups else [matched[name]] for name in matched
    }
    return {found[i]: kind for name, kind in stored.items() for i in positions.get(name, [])}


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
                "declare enough digits and send the file again, or state its stored_as in the format"
            )


def _extremes(file: Any, name: str, declared: Any) -> Iterator[Decimal]:
    """The least and the greatest value of a column in each row group."""
    import pyarrow

    # Of no other column is anything asked: of a damaged one pyarrow ends the process.
    schema = file.metadata.schema
    places = [place for place in range(len(schema)) if schema.column(place).path == name]
    for number in range(file.metadata.num_row_groups):
        leaf = file.metadata.row_group(number).column(places[0]) if places else None
        statistics = leaf.statistics if leaf else None
        if statistics is not None and statistics.has_min_max:
            extremes = [statistics.min, statistics.max]
        else:
            import pyarrow.compute as compute

            values = file.read_row_group(number, columns=[name]).column(0)
            wide = values.cast(pyarrow.decimal128(38, declared.scale), safe=False)
            extremes = list(compute.call_function("min_max", [wide]).as_py().values())
        yield from (value for value in extremes if value is not None)
