"""Invented exposures in the manner of ESMA's annex 6: rows or columns, `65000 EUR`, no-data codes."""

import csv
import io
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.formats.mini import read_files, read_values, rows
from tests.tapes.open.wrapped import workbook

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
    noted = connection.sql(
        "select remark_code, item_name, left(remark_text, 4), row_count from landed.remark order by all"
    ).fetchall()
    assert noted == [
        ("no_data", "days_late", "ND5:", 1),
        ("no_data", "maturity", "ND5:", 1),
        ("no_data", "obligor", "ND1:", 1),
        ("no_data", "origination", "ND3:", 1),
        ("no_data", "origination", "ND4:", 1),
        ("no_data", "rate", "ND4:", 1),
        ("no_data", "region", "ND1:", 1),
        ("no_data", "term", "ND2:", 1),
    ]
    # An amount of another currency is not taken for euros.
    bad = connection.sql(
        "select row_number, column_name, cell_text from landed.bad_cell"
    ).fetchall()
    assert bad == [(4, "granted", "500 USD")]
    unknown = connection.sql("select unknown_columns from landed.tape_file").fetchall()
    assert unknown == [("Field of no use",)]


STATUSES = {
    "PERF": "current", "RNAR": "current", "ARRE": "overdue", "RARR": "overdue", "DFLT": "defaulted",
    "NDFT": "defaulted", "DTCR": "defaulted", "DADB": "defaulted", "REBR": "repurchased",
    "REDF": "repurchased", "RERE": "repurchased", "RESS": "repurchased", "REOT": "repurchased",
    "RDMD": "settled", "ND5": None, "XXXX": None,
}  # fmt: skip
OTHERS = [
    ("0", "0", "current"),
    ("31", "0", "overdue"),
    ("ND1", "12.30", "overdue"),
    ("ND1", "ND5", None),
]
# In force: a restructuring, and none; of a default or a purchase the code does not say.
RENEGOTIATED = {"RNAR": True, "RARR": True, "RERE": True, "PERF": False, "ARRE": False}
STATUS, DAYS, ARREARS, DEFAULTED = (
    "Account Status", "Number Of Days In Arrears", "Arrears Balance", "Default Date",
)  # fmt: skip


def read_rows(
    folder: Path, told: list[dict[str, str]], columns: str
) -> tuple[list[tuple[Any, ...]], duckdb.DuckDBPyConnection]:
    """Exposures like the first of the table, each with other cells; columns of what was read."""
    first = {line[0]: line[1] for line in TABLE}
    head = [*dict.fromkeys([*first, *(name for cells in told for name in cells)])]
    lines = [head] + [
        [(first | {TABLE[0][0]: f"E-{number}"} | cells).get(name, "") for name in head]
        for number, cells in enumerate(told)
    ]
    formats = {"esma_annex_6": load_formats()["esma_annex_6"]}
    connection, _ = read_files(folder, formats, {"x.csv": csv_bytes(lines)}, date(2021, 3, 31))
    return rows(connection, columns), connection


def test_every_status_of_the_template_has_its_outcome_and_other_goes_by_arrears(
    tmp_path: Path,
) -> None:
    told = [(code, "0", "0", "ND5", status) for code, status in STATUSES.items()]
    told += [("OTHR", days, arrears, "ND5", status) for days, arrears, status in OTHERS]
    # A default date decides of OTHR alone: it stays when the exposure performs again.
    told += [
        ("OTHR", "0", "0", "2021-01-15", "defaulted"),
        ("PERF", "0", "0", "2020-05-31", "current"),
    ]
    cells = [{STATUS: a, DAYS: b, ARREARS: c, DEFAULTED: d} for a, b, c, d, _ in told]
    found, connection = read_rows(tmp_path, cells, "status_code, is_renegotiated")
    assert found == [(status, RENEGOTIATED.get(code)) for code, *_, status in told]
    inferred = "select item_name, row_count from landed.remark where remark_code = 'inferred'"
    assert connection.sql(inferred).fetchall() == [("status_code", 5)]


def test_what_the_template_says_beside_balances_reaches_its_column(tmp_path: Path) -> None:
    currency, method = "Currency Denomination", "Amortisation Type"
    told = [
        {currency: "GBP", method: "FRXX", DAYS: "31", "Primary Income": "41000 EUR"},
        {currency: "ND1", method: "BLLT", "Employment Status": "PNNR"},
        {method: "DEXX"},
    ]
    columns = "currency_code, repayment_method_code, days_past_due, occupation_code, annual_income"
    assert read_rows(tmp_path, told, columns)[0] == [
        ("GBP", "equal_instalment", 31, None, D("41000.00")),
        ("EUR", "bullet", 0, "PNNR", None),
        ("EUR", None, 0, None, None),
    ]


CODES = {
    "New Underlying Exposure Identifier": "CMRL3", "New Obligor Identifier": "CMRL5",
    "Data Cut-Off Date": "CMRL6", "Geographic Region - Obligor": "CMRL10", "Origination Date": "CMRL21",
    "Maturity Date": "CMRL22", "Original Term": "CMRL23", "Original Principal Balance": "CMRL27",
    "Current Principal Balance": "CMRL28", "Account Status": "CMRL55",
}  # fmt: skip


def test_a_file_headed_by_codes_says_what_one_headed_by_names_says(tmp_path: Path) -> None:
    formats = {"esma_annex_6": load_formats()["esma_annex_6"]}
    coded = [[CODES.get(line[0], ""), *line[1:]] for line in TABLE if line[0] in CODES]
    lines = [list(line) for line in zip(*coded, strict=True)]
    files = {"codes.csv": csv_bytes(lines)}
    connection, _ = read_files(tmp_path, formats, files, date(2021, 3, 31))
    # Of the rate no code is known here: it is unknown, and not zero.
    expected = [(*row[:6], None, row[7]) for row in EXPECTED]
    assert rows(connection, COLUMNS) == expected


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("ND1", None), (" ND4-2021-06-30 ", None), ("ND10", "bad"), ("nd1", "bad"), ("1", D(1))],
)  # fmt: skip
def test_a_code_in_place_of_a_value_is_the_code_alone_or_with_what_follows_it(
    tmp_path: Path, cell: str, amount: object
) -> None:
    values, bad = read_values(
        tmp_path, 'type = "money"', [cell], '[no_data]\nND1 = "not collected"\nND4 = "later"'
    )
    assert (bad or values) == ([cell] if amount == "bad" else [amount])
