"""A Parquet tape keeps its types; a column whose declared precision is false is refused."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet as parquet
import pytest

from tapes import TapeError
from tapes.open import parquet_bounds
from tapes.open.container import peek
from tapes.read.parquet import open_parquet
from tapes.recognise.load import Column, TapeFormat
from tests.tapes.tape_files import CANONICAL, CUT_OFF, read_file

TYPES = {
    "money": (pyarrow.decimal128(18, 2), Decimal("100.10")),
    "rate": (pyarrow.decimal128(9, 6), Decimal("0.0625")),
    "date": (pyarrow.date32(), CUT_OFF),
    "text": (pyarrow.string(), " x "),
    "int": (pyarrow.int32(), 12),
    "bool": (pyarrow.bool_(), True),
}


def typed_table(count: int, **changes: pyarrow.Array) -> pyarrow.Table:
    columns = {}
    for column in CANONICAL.columns:
        kind, value = TYPES[column.type]
        columns[column.name] = pyarrow.array([value] * count, kind)
    return pyarrow.table(columns | changes)


def read_table(
    folder: Path, table: pyarrow.Table, row_group_size: int | None = None
) -> duckdb.DuckDBPyConnection:
    path = folder / "deal_2017-06.parquet"
    parquet.write_table(table, path, row_group_size=row_group_size)
    connection = duckdb.connect()
    read_file(path, connection)
    return connection


def test_typed_columns_are_read_as_they_are_and_rows_numbered_over_row_groups(
    tmp_path: Path,
) -> None:
    ids = pyarrow.array([f"L{number}" for number in range(1, 5001)])
    connection = read_table(tmp_path, typed_table(5000, loan_id=ids), row_group_size=700)
    result = connection.sql("""
        select count(*), count(*) filter (loan_id = 'L' || row_number), sum(closing_balance),
            min(as_of_date), min(borrower_id), sum(borrower_age), bool_and(is_pledged)
        from landed.tape_row""").fetchall()
    assert result == [(5000, 5000, Decimal("500500.00"), CUT_OFF, "x", 60000, True)]


def test_other_types_that_hold_the_value_exactly_are_read(tmp_path: Path) -> None:
    day = (CUT_OFF - date(1970, 1, 1)) // timedelta(days=1)
    connection = read_table(
        tmp_path,
        typed_table(
            1,
            loan_id=pyarrow.array([4711]),
            closing_balance=pyarrow.array([1234.56]),
            opening_balance=pyarrow.array([7]),
            term_months=pyarrow.array(["12"]),
            as_of_date=pyarrow.array([day * 86_400_000_000], pyarrow.timestamp("us")),
        ),
    )
    result = connection.sql(
        "select loan_id, closing_balance, opening_balance, term_months, as_of_date"
        " from landed.tape_row"
    ).fetchall()
    assert result == [("4711", Decimal("1234.56"), Decimal(7), 12, CUT_OFF)]


def test_a_type_that_cannot_hold_money_is_refused_by_name(tmp_path: Path) -> None:
    floats = pyarrow.array([1.5], pyarrow.float32())
    with pytest.raises(TapeError, match="column closing_balance is FLOAT in the file"):
        read_table(tmp_path, typed_table(1, closing_balance=floats))


def test_a_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="no rows"):
        read_table(tmp_path, typed_table(0))


def repeated_rows(path: Path, count: int) -> TapeFormat:
    """A file of one row that is repeated without end, in 700 bytes; a format that reads three columns."""
    duckdb.sql(f"""
        copy (
            select date '{CUT_OFF}' as day, 'A' as loan, 1.00::decimal(18, 2) as balance, 'x' as note
            from range({count})
        ) to '{path}' (format parquet, row_group_size {count})""")
    kinds = {"day": "date", "loan": "text", "balance": "money"}
    columns = tuple(Column(name, kind, headers=(name,)) for name, kind in kinds.items())
    return TapeFormat("mini", "", ("parquet",), columns, (), {})


def test_a_few_bytes_that_stand_for_very_many_cells_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    mini = repeated_rows(path, parquet_bounds.FREE_CELLS // 3 + 1)
    size = path.stat().st_size
    assert size < 1000
    words = (
        rf"^bomb\.parquet: 5592406 rows with 3 columns to read in {size} bytes of Parquet, expected "
        r"100 cells a byte at most; look at what it holds, and send the table as plain CSV if it is meant so$"
    )
    with pytest.raises(TapeError, match=words):
        open_parquet(duckdb.connect(), peek(path), mini, tmp_path / "true.parquet")


def test_up_to_the_bound_a_byte_of_parquet_may_stand_for_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.parquet"
    mini = repeated_rows(path, 4000)
    monkeypatch.setattr(parquet_bounds, "FREE_CELLS", 12_000)
    *_, count = open_parquet(duckdb.connect(), peek(path), mini, tmp_path / "true.parquet")
    assert count.row_count == 4000
    monkeypatch.setattr(parquet_bounds, "FREE_CELLS", 11_999)
    monkeypatch.setattr(parquet_bounds, "MOST_EXPANSION", 12_000 / path.stat().st_size)
    open_parquet(duckdb.connect(), peek(path), mini, tmp_path / "true.parquet")
    monkeypatch.setattr(parquet_bounds, "MOST_EXPANSION", 11_999 / path.stat().st_size)
    with pytest.raises(TapeError, match="4000 rows with 3 columns to read in"):
        open_parquet(duckdb.connect(), peek(path), mini, tmp_path / "true.parquet")


@pytest.mark.parametrize(("has_dictionary", "bound"), [(True, 1 << 28), (False, 1 << 23)])
def test_a_text_of_few_bytes_that_stands_in_very_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_dictionary: bool, bound: int
) -> None:
    path, count = tmp_path / "bomb.parquet", bound // 10**6 + 1
    first = pyarrow.array([0] * count, pyarrow.int32())
    loan = pyarrow.DictionaryArray.from_arrays(first, ["a" * 10**6])
    table = pyarrow.table({"loan": loan if has_dictionary else loan.cast("string")})
    parquet.write_table(table, path, use_dictionary=has_dictionary, compression="zstd")
    monkeypatch.setattr(parquet_bounds, "FREE_TEXT_BYTES", bound)
    mini = TapeFormat("m", "", ("parquet",), (Column("loan", "text", headers=("loan",)),), (), {})
    words = (
        rf"{count} rows with 1 columns to read have more than {bound} bytes of text in \d{{3,4}} bytes of "
        "Parquet, expected 100 times its size at most; look at what it holds"
    )
    with pytest.raises(TapeError, match=words):
        open_parquet(duckdb.connect(), peek(path), mini, tmp_path / "true.parquet")
    monkeypatch.setattr(parquet_bounds, "FREE_TEXT_BYTES", count * 10**6 * 2)
    open_parquet(duckdb.connect(), peek(path), mini, tmp_path / "true.parquet")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="column loan_id is missing"):
        read_table(tmp_path, typed_table(1).drop_columns(["loan_id"]))


def test_a_parquet_file_with_damaged_pages_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "deal_2017-06.parquet"
    ids = pyarrow.array([f"L{number}" for number in range(20_000)])
    parquet.write_table(typed_table(20_000, loan_id=ids), path)
    data = bytearray(path.read_bytes())
    start = data.index(b"L1999")
    data[start - 200 : start + 2000] = bytes(2200)
    path.write_bytes(data)
    with pytest.raises(TapeError) as caught:
        read_file(path, duckdb.connect())
    assert "\n" not in str(caught.value)


def test_a_column_that_holds_more_digits_than_it_declares_is_refused(
    shared: Path, tmp_path: Path
) -> None:
    source = sorted((shared / "tapes/fannie-cas-2023r08").glob("*.parquet"))[0]
    path = tmp_path / "cas.parquet"
    shutil.copy(source, path)
    schema = parquet.read_schema(path)
    wrong = [name for name in schema.names if str(schema.field(name).type) == "decimal128(2, 2)"]
    cas = TapeFormat(
        "cas", "", ("parquet",), (Column(wrong[0], "money", headers=(wrong[0],)),), (), {}
    )
    with pytest.raises(TapeError, match=r"is declared decimal128\(2, 2\) and holds"):
        open_parquet(duckdb.connect(), peek(path), cas, tmp_path / "true.parquet")
