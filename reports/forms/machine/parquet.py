"""A report table as Parquet: every column typed by its kind, money exact, the same bytes again."""

import json
from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from reports.formatting import Kind
from reports.forms.machine.columns import ColumnFacts, describe_columns, name_suppressed
from reports.pack import ReportError, ReportTable, Value
from reports.words import Words

if TYPE_CHECKING:
    import pyarrow as pa


def render_parquet(
    table: ReportTable, words: Words, run: Mapping[str, str] | None = None, currency: str = ""
) -> bytes:
    """All columns, keys included; a type never depends on the values, so months can be stacked.

    The file's metadata are `run` (of which deal, month and run it is), the table's id and titles, and
    `columns`, a JSON list of what each column is; the same of each column are metadata of its field. Of a
    table with figures that are not stated, `suppressed` lists row and column of each.
    ReportError names table and column of a value that its DECIMAL cannot hold exactly.
    """
    import pyarrow as pa
    from pyarrow import parquet

    columns = describe_columns(table, words, currency)
    arrays = [_array(table, column.name, column.kind) for column in columns]
    facts = [_facts(column) for column in columns]
    fields = [
        pa.field(column.name, parquet_type(column.kind), metadata=fact)
        for column, fact in zip(columns, facts, strict=True)
    ]
    metadata = {
        **(run or {}),
        "table_id": table.table_id,
        "title_zh": table.title_zh,
        "title_en": table.title_en,
        "columns": json.dumps(facts, ensure_ascii=False),
    }
    if table.suppressed:
        metadata["suppressed"] = json.dumps(name_suppressed(table))
    buffer = BytesIO()
    parquet.write_table(
        pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata)), buffer, compression="zstd"
    )
    return buffer.getvalue()


def _facts(column: ColumnFacts) -> dict[str, str]:
    """What the column is, without what it has not."""
    facts = {
        "name": column.name,
        "kind": column.kind.value,
        "unit": column.unit,
        "title_zh": column.title_zh,
        "title_en": column.title_en,
    }
    return {key: text for key, text in facts.items() if text}


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
