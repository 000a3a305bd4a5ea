"""A report table as Parquet: every column typed by its kind, money exact, the same bytes again."""

from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from reports.formatting import Kind
from reports.pack import ReportError, ReportTable, Value
from reports.words import Words

if TYPE_CHECKING:
    import pyarrow as pa


def render_parquet(table: ReportTable, words: Words) -> bytes:
    """All columns, keys included; a type never depends on the values, so months can be stacked.

    ReportError names table and column of a value that its DECIMAL cannot hold exactly.
    """
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {column: words.kind(column) for column in table.columns}
    arrays = [_array(table, column, kind) for column, kind in kinds.items()]
    buffer = BytesIO()
    parquet.write_table(
        pa.Table.from_arrays(arrays, names=list(table.columns)), buffer, compression="zstd"
    )
    return buffer.getvalue()


def _array(table: ReportTable, column: str, kind: Kind) -> "pa.Array":
    import pyarrow as pa

    try:
        return pa.array([_plain(value, kind) for value in table.values(column)], parquet_type(kind))
    except (pa.ArrowException, TypeError) as error:
        raise ReportError(
            f"{table.name}, column {column}: a value is not exactly {parquet_type(kind)} ({error}); "
            "cast the column in the report model"
        ) from error


def _plain(value: Value, kind: Kind) -> Value:
    if value is None or isinstance(value, bool):
        return value
    if kind is Kind.COUNT:
        return int(value) if isinstance(value, Decimal | int) else value
    return Decimal(value) if isinstance(value, int) else value


def parquet_type(kind: Kind) -> "pa.DataType":
    """The types that the models of 6_report state for columns of this kind."""
    import pyarrow as pa

    match kind:
        case Kind.MONEY:
            return pa.decimal128(18, 2)
        case Kind.PER_100 | Kind.RATE | Kind.MONTHS:
            return pa.decimal128(18, 6)
        case Kind.ANNUAL_RATE:
            return pa.decimal128(9, 6)
        case Kind.BY_UNIT:
            return pa.decimal128(24, 6)
        case Kind.COUNT:
            return pa.int64()
        case Kind.DATE:
            return pa.date32()
        case Kind.FLAG:
            return pa.bool_()
        case _:
            return pa.string()
