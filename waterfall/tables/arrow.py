"""Records as Arrow tables for SQL. A column's type follows from the field's annotation and name:

text, whole number, date, flag; a Decimal is money, or a rate where the name ends in `_rate`. A tuple
of records is a list of structs, which SQL unnests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from deals.terms.money import yuan
from waterfall.money import Fen

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyRelation

Row = dict[str, Any]


def table_of(kind: type, records: Sequence[Any]) -> "pa.Table":
    """One row per record of a frozen dataclass, empty or not."""
    import pyarrow as pa

    schema = pa.schema(_fields(kind))
    return pa.Table.from_pylist([asdict(record) for record in records], schema=schema)


def _fields(kind: type) -> list["pa.Field"]:
    import pyarrow as pa

    hints = get_type_hints(kind)
    return [pa.field(item.name, _type(hints[item.name], item.name)) for item in fields(kind)]


def _type(hint: Any, name: str) -> "pa.DataType":
    import pyarrow as pa

    kinds = [kind for kind in get_args(hint) if kind not in (NoneType, ...)] or [hint]
    if is_dataclass(kinds[0]):
        return pa.list_(pa.struct(_fields(kinds[0])))  # type: ignore[arg-type]
    places = 6 if name.endswith("_rate") else 2
    types: Mapping[Any, pa.DataType] = {
        str: pa.string(),
        int: pa.int32(),
        bool: pa.bool_(),
        date: pa.date32(),
        Decimal: pa.decimal128(18, places),
    }
    return types[kinds[0]]


def rows_of(relation: "DuckDBPyRelation") -> list[Row]:
    """The rows of a relation, by the names of its columns."""
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def money(amount: Fen | int) -> Decimal:
    """An amount of fen (of the one scenario) in the currency unit."""
    return yuan(amount if isinstance(amount, int) else amount[0])


def rate(millionths: Any) -> Decimal:
    """A rate in millionths (of the one scenario) as a fraction."""
    return Decimal(int(millionths)).scaleb(-6)
