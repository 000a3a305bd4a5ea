"""Invented exposures in the manner of ESMA's annex 6: rows or columns, `65000 EUR`, no-data codes."""

import csv
import io
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest

from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.formats.mini import read_files, rows
from tests.tapes.formats.test_containers import workbook

TABLE = [
    ["New Underlying Exposure Identifier", "E-1", "E-2", "E-3", "E-4"],
    ["New Obligor Identifier", "O-1", "O-2", "O-1", "ND1"],
    ["Data Cut-Off Date", "2021-03-31", "2021-03-31", "2021-03-31", "2021-03-31"],
    ["Origination Date", "2019-01-15", "ND3", "ND4-2021-06-30", "2020-02-29"],
    ["Maturity Date", "2024-01-15", "2023-01-01", "2022-06-30", "ND5"],
    ["Original Term", "60", "48", "ND2", "36"],
    ["Original Principal Balance", "65000 EUR", "1200.50 EUR", "800", "500 USD"],
    ["Current Principal Balance", "41234.56 EUR", "0 EUR", "-12.30 EUR", "400 EUR"],
    ["Current Interest Rate", "5.25", "ND4-2021-12-31", "0", "7.125"],
    ["Number Of Days In Arrears", "0", "0", "45", "ND5"],
    ["Account Status", "PERF", "RDMD", "ARRE", "DFLT"],
    ["Geographic Region - Obligor", "DE300", "FRK26", "ND1", "ITC4C"],
    ["Field of no use", "x", "x", "x", "x"],
]
EXPECTED = [
    ("E-1", "O-1", date(2019, 1, 15), 60, D("65000.00"), D("41234.56"), D("0.0525"), "current"),
    ("E-2", "O-2", None, 48, D("1200.50"), D("0.00"), None, "settled"),
    ("E-3", "O-1", None, None, D("800.00"), D("-12.30"), D(0), "overdue"),
    ("E-4", None, date(2020, 2, 29), 36, None, D("400.00"), D("0.07125"), "defaulted"),
]  # fmt: skip
COLUMNS = (
    "loan_id, borrower_id, origination_date, term_months, contract_amount, closing_balance, "
    "annual_rate, status_code"
)


def csv_bytes(lines: list[list[str]]) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(lines)
    return target.getvalue().encode()


@pytest.mark.parametrize("container", ["csv", "excel"])
@pytest.mark.parametrize("is_transposed", [False, True], ids=["rows", "columns"])
def test_exposures_are_read_from_rows_and_from_columns(
    tmp_path: Path, container: str, is_transposed: bool
) -> None:
    text = (FORMATS_FOLDER / "esma_annex_6.toml").read_text(encoding="utf-8")
    folder = tmp_path / "formats"
    folder.mkdir()
    if is_transposed:
        text += "\n[csv]\ntransposed = true\n[excel]\ntransposed = true\n"
    (folder / "esma_annex_6.toml").write_text(text, encoding="utf-8")
    formats = {"esma_annex_6": load_formats(folder)["esma_annex_6"]}
    lines = TABLE if is_transposed else [list(line) for line in zip(*TABLE, strict=True)]
    data = csv_bytes(lines) if container == "csv" else workbook([[*line] for line in lines])
    connection, _ = read_files(tmp_path, formats, {"x.dat": data}, date(2021, 3, 31))
    assert rows(connection, COLUMNS) == EXPECTED
    # An amount of another currency is not taken for euros.
    bad = connection.sql(
        "select row_number, column_name, cell_text from landed.bad_cell"
    ).fetchall()
    assert bad == [(4, "granted", "500 USD")]
    unknown = connection.sql("select unknown_columns from landed.tape_file").fetchall()
    assert unknown == [("Field of no use",)]
