"""The whole report as one JSON file, and the schema that it keeps to.

An amount, rate or other decimal is a text, so that no reader rounds it to a binary number; a count is a
number, a date an ISO 8601 text, what does not exist null.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from reports.formatting import Kind
from reports.forms.machine.columns import (
    ColumnFacts,
    describe_columns,
    describe_run,
    name_suppressed,
)
from reports.forms.machine.json_text import write_json
from reports.pack import CHAPTERS, ReportPack, ReportTable, Value
from reports.words import Words

REPORT, SCHEMA = "report.json", "report.schema.json"
FORMAT = "tapehouse-report-1"
"""Changes with what a reader must know to read the file."""
_PLACES = {Kind.MONEY: 2, Kind.PER_100: 6, Kind.RATE: 6, Kind.ANNUAL_RATE: 6, Kind.MONTHS: 6}


def render_json(pack: ReportPack, words: Words) -> bytes:
    """Facts of the run, tapes, and each table with its titles, columns and rows."""
    content = {
        "$schema": SCHEMA,
        "format": FORMAT,
        "deal_name": {"zh": pack.deal_name_zh, "en": pack.deal_name_en},
        "run": describe_run(pack),
        "tapes": [{"file_name": name, "sha256": sha256} for name, sha256 in pack.tapes],
        "tables": {table.name: _table(pack, table, words) for table in pack.tables},
    }
    return write_json(content)


def _table(pack: ReportPack, table: ReportTable, words: Words) -> dict[str, Any]:
    columns = describe_columns(table, words, pack.currency)
    return {
        "table_id": table.table_id,
        "chapter": table.chapter,
        "layout": table.layout,
        "title": {"zh": table.title_zh, "en": table.title_en},
        "columns": {column.name: _column(column) for column in columns},
        "rows": [
            {
                column.name: plain_value(value, column.kind)
                for column, value in zip(columns, row, strict=True)
            }
            for row in table.rows
        ],
        **({} if pack.suppress_below is None else {"suppressed": name_suppressed(table)}),
    }


def _column(column: ColumnFacts) -> dict[str, Any]:
    return {
        "kind": column.kind.value,
        "unit": column.unit or None,
        "title": {"zh": column.title_zh, "en": column.title_en} if column.title_zh else None,
    }


def plain_value(value: Value, kind: Kind) -> str | int | bool | None:
    """The value as JSON holds it exactly: of a kind with places, with at least those of an amount."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if kind is Kind.COUNT:
        return int(value)
    places = _PLACES.get(kind)
    return f"{Decimal(value):f}" if places is None else f"{Decimal(value):.{places}f}"


def render_schema(pack: ReportPack, words: Words) -> bytes:
    """The schema of the report's JSON (JSON Schema, draft 2020-12): every table, column and kind."""
    tables = {table.name: _table_schema(pack, table, words) for table in pack.tables}
    content = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{pack.deal_name_en}, {pack.month}",
        **_object(
            {
                "$schema": {"const": SCHEMA},
                "format": {"const": FORMAT},
                "deal_name": {"$ref": "#/$defs/title"},
                "run": _object({key: {"type": "string"} for key in describe_run(pack)}),
                "tapes": {"type": "array", "items": {"$ref": "#/$defs/tape"}},
                "tables": _object(tables),
            }
        ),
        "$defs": _definitions(),
    }
    return write_json(content)


def _table_schema(pack: ReportPack, table: ReportTable, words: Words) -> dict[str, Any]:
    kinds = {name: words.kind(name) for name in table.columns}
    rows: dict[str, Any] = {
        "type": "array",
        "items": _object({name: {"$ref": f"#/$defs/{kind}"} for name, kind in kinds.items()}),
    }
    if table.layout == "record":
        rows["maxItems"] = 1
    return _object(
        {
            "table_id": {"const": table.table_id},
            "chapter": {"enum": list(CHAPTERS)},
            "layout": {"const": table.layout},
            "title": {"$ref": "#/$defs/title"},
            "columns": _object({name: {"$ref": "#/$defs/column"} for name in kinds}),
            "rows": rows,
            **({} if pack.suppress_below is None else {"suppressed": _suppressed()}),
        }
    )


def _suppressed() -> dict[str, Any]:
    """The row, from 1, and the column of each figure that is null for it is of too few borrowers."""
    place = [{"type": "integer", "minimum": 1}, {"type": "string"}]
    item = {"type": "array", "prefixItems": place, "minItems": 2, "maxItems": 2}
    return {"type": "array", "items": item}


def _definitions() -> dict[str, Any]:
    """A title, a column, a tape, and a value of each kind."""
    text = {"type": "string"}
    title = _object({"zh": text, "en": text})
    column = {
        "kind": {"enum": [kind.value for kind in Kind]},
        "unit": {"type": ["string", "null"]},
        "title": {"anyOf": [{"$ref": "#/$defs/title"}, {"type": "null"}]},
    }
    tape = {"file_name": text, "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}
    kinds = {kind.value: _value(kind) for kind in Kind}
    return {"title": title, "column": _object(column), "tape": _object(tape), **kinds}


def _value(kind: Kind) -> dict[str, Any]:
    if kind is Kind.COUNT:
        return {"type": ["integer", "null"]}
    if kind is Kind.FLAG:
        return {"type": ["boolean", "null"]}
    value: dict[str, Any] = {"type": ["string", "null"]}
    if kind is Kind.DATE:
        return value | {"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    if kind in _PLACES:
        return value | {"pattern": rf"^-?[0-9]+\.[0-9]{{{_PLACES[kind]}}}$"}
    if kind is Kind.BY_UNIT:
        return value | {"pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
    return value


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    """An object of these properties, all of them and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
