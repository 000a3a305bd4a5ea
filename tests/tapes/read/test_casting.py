"""A cell is read exactly, or it is a bad cell beside its row; it is never a lost row."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapes import TapeError
from tapes.read.cells.cast import typed_value
from tapes.recognise.load import Column
from tests.tapes.tape_files import CANONICAL, CELLS, CUT_OFF, cells, csv_text, read_file, read_text

CONNECTION = duckdb.connect()
MOST = "999999999999.99"


def read(
    value: object, kind: str, cell_type: str = "VARCHAR", pattern: str | None = None
) -> object:
    """The value of one cell of a column type."""
    sql, _ = typed_value(
        "cell", cell_type, Column("x", kind, patterns=(pattern,) if pattern else ()), "tape"
    )
    query = f"select {sql} from (select cast($value as {cell_type}) as cell)"
    return CONNECTION.execute(query, {"value": value}).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.34", "12.34"),
        ("12", "12.00"),
        ("12.3", "12.30"),
        ("12.300", "12.30"),
        ("12.", "12.00"),
        (".5", "0.50"),
        ("+7.10", "7.10"),
        ("-300.00", "-300.00"),
        ("-0", "0.00"),
        ("007", "7.00"),
        (" 12.34 ", "12.34"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_money_is_read_to_the_fen(text: str, expected: str) -> None:
    assert read(text, "money") == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "12.345",
        "1e+05",
        "1E5",
        "1,000.00",
        "1_000",
        "12,34",
        "NaN",
        "inf",
        "0x10",
        "--1",
        "-",
        "1 2",
        "¥12",
        "１２",
        "10000000000000000.00",
        "twelve",
    ],
)
def test_text_that_is_not_exactly_money_is_not_read(text: str) -> None:
    assert read(text, "money") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.0625", "0.062500"), ("0.123456", "0.123456"), ("0.1234560", "0.123456"), (".07", "0.07")],
)
def test_a_rate_is_read_to_six_decimals(text: str, expected: str) -> None:
    assert read(text, "rate") == Decimal(expected)


@pytest.mark.parametrize("text", ["0.1234567", "6.25%", "1e-2", "1000"])
def test_text_that_is_not_exactly_a_rate_is_not_read(text: str) -> None:
    assert read(text, "rate") is None


@pytest.mark.parametrize(
    ("text", "expected"), [("12", 12), ("12.0", 12), ("-3", -3), ("2147483647", 2147483647)]
)
def test_a_whole_number_is_read(text: str, expected: int) -> None:
    assert read(text, "int") == expected


@pytest.mark.parametrize("text", ["12.5", "1e3", "0x1F", "1_000", "2147483648", "true", "12 ab"])
def test_text_that_is_not_exactly_a_whole_number_is_not_read(text: str) -> None:
    assert read(text, "int") is None


@pytest.mark.parametrize("text", ["2017-02-28", "2016-02-29", " 2017-02-28 "])
def test_a_date_is_read(text: str) -> None:
    assert read(text, "date") == date.fromisoformat(text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "2017-02-29",
        "2017-6-3",
        "2017/06/30",
        "2017-06-30 00:00:00",
        "2017-06-30x",
        "epoch",
        "20170630",
        "infinity",
        "-infinity",
        "0044-03-15 (BC)",
        "99999-01-01",
        "10000-01-01",
    ],
)
def test_text_that_is_no_day_as_declared_is_not_read(text: str) -> None:
    assert read(text, "date") is None


def test_a_date_is_read_by_the_pattern_of_its_format_and_by_no_other() -> None:
    assert read("06-30-2017", "date", pattern="%m-%d-%Y") == CUT_OFF
    assert read("03/2022", "date", pattern="%m/%Y") == date(2022, 3, 1)
    assert read("30-06-2017", "date", pattern="%m-%d-%Y") is None


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("N", False), ("1", True), ("maybe", None)]
)
def test_a_truth_value_is_read(text: str, expected: bool | None) -> None:
    assert read(text, "bool") is expected


@pytest.mark.parametrize(
    ("value", "cell_type", "kind", "expected"),
    [
        ("12.34", "DECIMAL(9,2)", "money", Decimal("12.34")),
        ("12.3400", "DECIMAL(12,4)", "money", Decimal("12.34")),
        ("12.3401", "DECIMAL(12,4)", "money", None),
        ("12.34", "DOUBLE", "money", Decimal("12.34")),
        ("12.345", "DOUBLE", "money", None),
        ("0.30000000000000004", "DOUBLE", "money", None),
        ("nan", "DOUBLE", "money", None),
        (12, "BIGINT", "money", Decimal("12.00")),
        (10**16, "BIGINT", "money", None),
        ("12.0", "DOUBLE", "int", 12),
        ("12.5", "DOUBLE", "int", None),
        (2**31, "BIGINT", "int", None),
        (4711, "BIGINT", "text", "4711"),
        ("2017-06-30 00:00:00", "TIMESTAMP", "date", CUT_OFF),
        ("2017-06-30 00:00:01", "TIMESTAMP", "date", None),
        (1, "INTEGER", "bool", True),
        (2, "INTEGER", "bool", None),
    ],
)
def test_a_typed_cell_is_read_exactly_or_not_at_all(
    value: object, cell_type: str, kind: str, expected: object
) -> None:
    assert read(value, kind, cell_type) == expected


@pytest.mark.parametrize(
    ("cell_type", "kind"),
    [
        ("FLOAT", "money"),
        ("DOUBLE", "text"),
        ("BLOB", "text"),
        ("DATE", "int"),
        ("VARCHAR[]", "int"),
    ],
)
def test_a_type_that_cannot_hold_the_column_is_refused(cell_type: str, kind: str) -> None:
    with pytest.raises(TapeError, match=r"column x is .* write it as"):
        typed_value("cell", cell_type, Column("x", kind), "tape")


@given(st.integers(-(10**17), 10**17))
def test_every_amount_in_fen_is_read_back_as_it_was_written(fen: int) -> None:
    amount = Decimal(fen).scaleb(-2)
    assert read(f"{amount:f}", "money") == amount
    assert read(str(amount), "money", "DECIMAL(18,2)") == amount


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("0123456789.+-eE_, x", max_size=8))
def test_no_text_becomes_an_amount_that_it_does_not_say(text: str) -> None:
    result = read(text, "money")
    assert result is None or result == Decimal(text.strip())


def test_a_bad_critical_cell_marks_its_row_and_another_bad_cell_does_not(tmp_path: Path) -> None:
    rows = [cells(), cells(closing_balance="ten", term_months="x"), cells(borrower_age="old")]
    connection = read_text(tmp_path, csv_text(*rows))
    result = connection.sql(
        "select row_number, has_critical_bad_cell, critical_bad_columns from landed.tape_row"
    ).fetchall()
    assert result == [(1, False, None), (2, True, "term_months, closing_balance"), (3, False, None)]
    bad_cells = connection.sql(
        "select row_number, column_name, cell_text, expected_type, file_name from landed.bad_cell"
    ).fetchall()
    name = "deal_2017-06.csv"
    assert sorted(bad_cells) == [
        (2, "closing_balance", "ten", f"money DECIMAL(18,2) from -{MOST} to {MOST}", name),
        (2, "term_months", "x", "int INTEGER from -99999999 to 99999999", name),
        (3, "borrower_age", "old", "int INTEGER from -99999999 to 99999999", name),
    ]


def test_an_empty_cell_is_null_and_not_a_bad_cell(tmp_path: Path) -> None:
    empty = dict.fromkeys(CELLS, "")
    row = cells(loan_id="", closing_balance=" ", borrower_age=empty["int"])
    connection = read_text(tmp_path, csv_text(cells(), row))
    result = connection.sql(
        "select loan_id, closing_balance, borrower_age from landed.tape_row where row_number = 2"
    ).fetchall()
    assert result == [(None, None, None)]
    assert connection.sql("from landed.bad_cell").fetchall() == []


def test_an_adjustment_that_is_absent_or_empty_is_zero_and_a_bad_one_is_null(
    tmp_path: Path,
) -> None:
    rows = [cells(adjustment_amount=text) for text in ("", "7.00", "x")]
    connection = read_text(tmp_path, csv_text(*rows))
    result = connection.sql("select adjustment_amount from landed.tape_row").fetchall()
    assert result == [(Decimal("0.00"),), (Decimal("7.00"),), (None,)]
    header = [name for name in cells() if name != "adjustment_amount"]
    connection = read_text(tmp_path, csv_text(cells(), header=header))
    assert connection.sql("select adjustment_amount from landed.tape_row").fetchall() == [
        (Decimal(0),)
    ]


def test_a_bad_cell_of_a_parquet_file_is_recorded_too(tmp_path: Path) -> None:
    columns = {name: pyarrow.array([text, text]) for name, text in cells().items()}
    columns["closing_balance"] = pyarrow.array([1.25, 1.255])
    path = tmp_path / "deal_2017-06.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    connection = duckdb.connect()
    result = read_file(path, connection)
    assert (result.bad_cell_count, result.critical_row_count) == (1, 1)
    bad = connection.sql(
        "select row_number, column_name, cell_text from landed.bad_cell"
    ).fetchall()
    assert bad == [(2, "closing_balance", "1.255")]


@pytest.mark.parametrize(
    ("column", "inside", "outside"),
    [
        ("closing_balance", MOST, "1000000000000.00"),
        ("closing_balance", f"-{MOST}", "9999999999999999.99"),
        ("annual_income", MOST, "1000000000000.00"),
        ("maturity_date", "2199-12-31", "2200-01-01"),
        ("origination_date", "1900-01-01", "1899-12-31"),
        ("term_months", "99999999", "100000000"),
    ],
)
def test_a_value_beyond_the_bounds_of_the_canonical_format_is_a_bad_cell_that_names_them(
    tmp_path: Path, column: str, inside: str, outside: str
) -> None:
    rows = [cells(**{column: inside}), cells(**{column: outside})]
    connection = read_text(tmp_path, csv_text(*rows))
    result = connection.sql(
        "select file_name, row_number, column_name, cell_text from landed.bad_cell"
    ).fetchall()
    assert result == [("deal_2017-06.csv", 2, column, outside)]
    (expected,) = connection.sql("select expected_type from landed.bad_cell").fetchall()[0]
    found = next(one for one in CANONICAL.columns if one.name == column)
    assert expected.endswith(f"from {found.minimum} to {found.maximum}")


def test_a_typed_value_beyond_the_bounds_is_a_bad_cell_too(tmp_path: Path) -> None:
    columns = {name: pyarrow.array([text, text]) for name, text in cells().items()}
    columns["closing_balance"] = pyarrow.array([Decimal(MOST), Decimal("1000000000000.00")])
    columns["maturity_date"] = pyarrow.array([date(2199, 12, 31), date(2200, 1, 1)])
    path = tmp_path / "deal_2017-06.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    connection = duckdb.connect()
    read_file(path, connection)
    bad = connection.sql("select row_number, column_name from landed.bad_cell order by all")
    assert bad.fetchall() == [(2, "closing_balance"), (2, "maturity_date")]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("245.8667", "money", "245.86670000"),
        ("245.86671234", "money", "245.86671234"),
        ("0.06640001", "rate", "0.06640001"),
        ("245.866712345", "money", None),
    ],
)
def test_a_column_may_have_as_many_decimals_as_its_format_allows(
    text: str, kind: str, expected: str | None
) -> None:
    sql, _ = typed_value("cell", "VARCHAR", Column("x", kind, decimals=8), "tape")
    result = CONNECTION.execute(f"select {sql} from (select $1 as cell)", [text]).fetchall()
    assert result == [(None if expected is None else Decimal(expected),)]
