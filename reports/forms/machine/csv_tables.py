"""Report tables as CSV for whoever opens them in a spreadsheet, and a description of them for programs.

RFC 4180: commas, CRLF, quotes where needed, one line of column names. UTF-8 with a byte order mark: a
spreadsheet in China takes a file without one for GBK and garbles every Chinese word; readers of data
(DuckDB, Polars, pandas) pass over it.
"""

import csv
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from reports.formatting import NUMBERS, Kind
from reports.forms.machine.columns import (
    ColumnFacts,
    describe_columns,
    describe_run,
    name_suppressed,
)
from reports.forms.machine.json_text import write_json
from reports.pack import ReportPack, ReportTable, Value
from reports.words import Words

CSV_METADATA = "tables/csv-metadata.json"
"""Where a program looks for the description of the files beside it (W3C, Model for Tabular Data)."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the begin of a formula (OWASP, CSV Injection)."""

NUMERAL = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


def render_csv(table: ReportTable) -> bytes:
    """All columns, keys included. Nothing stands for null; a text that a spreadsheet would run as a
    formula stands behind an apostrophe, in Parquet and JSON as it is."""
    return write_rows(table.columns, table.rows)


def write_rows(head: Iterable[str], rows: Iterable[Iterable[Value]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return disarm(value) if isinstance(value, str) else str(value)


def disarm(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would run it as a formula; a number stays one."""
    is_run = text.startswith(FORMULA_STARTS) and not NUMERAL.fullmatch(text)
    return f"'{text}" if is_run else text


def describe_csv(pack: ReportPack, words: Words) -> bytes:
    """What each file is, in the vocabulary for tabular data on the web (CSVW, W3C 2015)."""
    content = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}],
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        **{f"schema:{key}": text for key, text in describe_run(pack).items()},
        "tables": [_table(pack, table, words) for table in pack.tables],
    }
    return write_json(content)


def _table(pack: ReportPack, table: ReportTable, words: Words) -> dict[str, Any]:
    columns = describe_columns(table, words, pack.currency)
    return {
        "url": f"{table.name}.csv",
        "dc:identifier": table.table_id,
        "dc:title": _in_both(table.title_zh, table.title_en),
        **({"notes": [{"suppressed": name_suppressed(table)}]} if table.suppressed else {}),
        "tableSchema": {"columns": [_column(column) for column in columns]},
    }


def _column(column: ColumnFacts) -> dict[str, Any]:
    content: dict[str, Any] = {"name": column.name, "titles": [column.name]}
    if column.title_zh:
        content["dc:title"] = _in_both(column.title_zh, column.title_en)
    if column.unit:
        content["schema:unitText"] = column.unit
    return content | {"datatype": _datatype(column.kind)}


def _in_both(zh: str, en: str) -> list[dict[str, str]]:
    return [{"@value": zh, "@language": "zh"}, {"@value": en, "@language": "en"}]


def _datatype(kind: Kind) -> str:
    if kind is Kind.COUNT:
        return "integer"
    if kind in NUMBERS:
        return "decimal"
    return {Kind.DATE: "date", Kind.FLAG: "boolean"}.get(kind, "string")
