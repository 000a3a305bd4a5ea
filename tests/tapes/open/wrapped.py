"""A small table of loans in whatever it may be wrapped, and what reads it."""

import gzip
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet
import xlsxwriter
from backports import zstd

from tests.tapes.formats.mini import HEAD, read_files, rows
from tests.tapes.formats.test_joins import zipped

FORMAT = (
    HEAD
    + """
{keys}
[source]
day = {{ type = "date", critical = true }}
loan = {{ type = "text", critical = true, headers = ["借据号"] }}
balance = {{ type = "money", critical = true, headers = ["期末余额"] }}
[canonical]
as_of_date = "day"
loan_id = "loan"
closing_balance = "balance"
"""
)
TEXT = "day,借据号,期末余额\n2017-06-30,A1,1.00\n2017-06-30,甲2,2.00\n"
EXPECTED = [("A1", Decimal("1.00")), ("甲2", Decimal("2.00"))]
COLUMNS = "loan_id, closing_balance"


def read(folder: Path, data: bytes, keys: str = "") -> list[tuple[object, ...]]:
    """The loans of a file whose bytes alone say what it is."""
    connection, _ = read_files(folder, FORMAT.format(keys=keys), {"tape.dat": data})
    assert connection.sql("from landed.bad_cell").fetchall() == []
    return rows(connection, COLUMNS)


WRAPS = {"zip": lambda data: zipped(a__dat=data), "gzip": gzip.compress, "zstd": zstd.compress}
LINES: list[list[object]] = [
    ["day", "借据号", "期末余额"],
    [date(2017, 6, 30), "A1", 1],
    [date(2017, 6, 30), "甲2", 0.1 + 1.9],
]


def workbook(*sheets: list[list[object]], names: tuple[str, ...] = ()) -> bytes:
    """An Excel workbook of these rows; a date is written as a date of Excel."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    day = book.add_format({"num_format": "yyyy/mm/dd"})
    for number, lines in enumerate(sheets):
        sheet = book.add_worksheet(names[number] if names else None)
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, date):
                    sheet.write_datetime(
                        row, column, datetime(value.year, value.month, value.day), day
                    )
                elif value is not None:
                    sheet.write(row, column, value)
    book.close()
    return target.getvalue()


def parquet_bytes(**columns: object) -> bytes:
    target = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), target)
    return target.getvalue()
