"""A tape takes what another table of the delivery knows of its loans."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet as parquet
import pytest

from deals.dates.calendar import month_end
from tapes import TapeError
from tapes.open.container import peek
from tapes.read.cells.cast import KnownDates
from tapes.read.joins import join_files, read_table_file
from tapes.read.landed.record import create_tables
from tapes.read.landed.remarks import TakenKeys
from tests.tapes.formats.mini import HEAD, load_format, problems, read_files, rows

FORMAT = (
    HEAD
    + """
[zip]
member = "tape*.csv"
[join.person]
file = "people*.csv"
on = { borrower = "person" }
[source]
loan = { type = "text", critical = true }
borrower = { type = "text" }
balance = { type = "money", critical = true }
person = { type = "text", table = "person", headers = ["id"] }
income = { type = "money", table = "person", headers = ["balance"] }
[canonical]
as_of_date = "close_date"
loan_id = "loan"
borrower_id = "person"
closing_balance = "balance"
annual_income = "income"
"""
)
TAPE = b"loan,borrower,balance\nA,1,10.00\nB,2,20.00\nC, 1 ,30.00\nD,3,40.00\nE,,50.00\nF,9,60.00\n"
# 2 stands twice with different contents, 9 twice with the same.
PEOPLE = b"id,balance,sex\n1,100.00,m\n2,200.00,m\n2,300.00,f\n9,900.00,m\n9,900.00,f\n"
EXPECTED = [("A", "1", 100), ("B", None, None), ("C", "1", 100), ("D", None, None)]
EXPECTED += [("E", None, None), ("F", "9", 900)]


def zipped(**members: bytes) -> bytes:
    """A ZIP archive of these files, a `__` in a name standing for its point."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return target.getvalue()


@pytest.mark.parametrize(
    "files",
    [
        {"x.zip": zipped(tape_1__csv=TAPE, people_1__csv=PEOPLE)},
        {"tape.csv": TAPE, "people.csv": PEOPLE},
        {"people.zip": zipped(people__csv=PEOPLE), "tape.zip": zipped(tape__csv=TAPE)},
    ],
    ids=["one archive", "two files", "two archives"],
)
def test_a_row_takes_what_the_table_knows_under_its_key(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    connection, count = read_files(tmp_path, FORMAT, files)
    assert rows(connection, "loan_id, borrower_id, annual_income") == EXPECTED
    assert rows(connection, "row_number") == [(number,) for number in range(1, 7)]
    left = connection.sql("select reason, row_count from landed.left_out").fetchall()
    assert left == ([("joined_table", 5)] if len(files) == 2 else [])
    assert count.row_count == 6 + sum(row_count for _, row_count in left)
    # No cell stays as it was sent.
    parts = connection.sql("select file_path from landed.part").fetchall()
    assert {(str(path),) for path in (tmp_path / "scratch").iterdir()} == set(parts)


def test_a_table_of_parquet_is_taken_from_the_archive_of_its_tape(tmp_path: Path) -> None:
    people = [line.split(",") for line in PEOPLE.decode().splitlines()]
    columns = {name: [line[n] for line in people[1:]] for n, name in enumerate(people[0])}
    target = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), target)
    data = zipped(tape_1__csv=TAPE, people_1__parquet=target.getvalue())
    connection, _ = read_files(tmp_path, FORMAT.replace("people*.csv", "people*"), {"x.zip": data})
    assert rows(connection, "loan_id, borrower_id, annual_income") == EXPECTED
    parts = connection.sql("select file_path from landed.part").fetchall()
    assert {(str(path),) for path in (tmp_path / "scratch").iterdir()} == set(parts)


def test_a_table_that_is_missing_stops_unless_it_may_be_absent(tmp_path: Path) -> None:
    with pytest.raises(
        TapeError, match=r"its table person \(people\*.csv\) is missing; send it in"
    ):
        read_files(tmp_path, FORMAT, {"tape.csv": TAPE})
    text = FORMAT.replace("\non = {", "\noptional = true\non = {")
    connection, _ = read_files(tmp_path, text, {"x.csv": TAPE})
    assert rows(connection, "borrower_id, annual_income") == [(None, None)] * 6


def remarks(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """The rows of each kind and item over all files."""
    query = """
        select remark_code, item_name, cast(sum(row_count) as bigint)
        from landed.remark group by all order by all"""
    return {(code, item): count for code, item, count in connection.sql(query).fetchall()}


@pytest.mark.parametrize(
    "files",
    [
        {"x.zip": zipped(tape_1__csv=TAPE, people_1__csv=PEOPLE + b"7,1.00,m\n,2.00,f\n")},
        {"tape.csv": TAPE, "people.csv": PEOPLE + b"7,1.00,m\n,2.00,f\n"},
    ],
    ids=["one archive", "two files"],
)
def test_what_has_no_partner_on_either_side_is_counted(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    connection, _ = read_files(tmp_path, FORMAT, files)
    assert rows(connection, "loan_id, unmatched_tables") == [
        ("A", None),
        ("B", "person (several)"),
        ("C", None),
        ("D", "person"),
        ("E", "person (no key)"),
        ("F", None),
    ]
    # 1 and twice 9 are taken, twice 2 contradicts itself, 7 and the one without a key hang loose.
    assert remarks(connection) == {
        ("table_row_joined", "person"): 3,
        ("table_row_ambiguous", "person"): 2,
        ("table_row_unmatched", "person"): 2,
        ("unmatched", "person"): 1,
        ("unmatched", "person (several)"): 1,
        ("unmatched", "person (no key)"): 1,
    }


def test_a_row_of_a_table_that_is_lost_stops(tmp_path: Path) -> None:
    connection = duckdb.connect()
    create_tables(connection)
    path = tmp_path / "people.csv"
    path.write_bytes(PEOPLE)
    tape_format = load_format(tmp_path, FORMAT).of_table("person")
    file = read_table_file(connection, peek(path), tape_format, tmp_path / "people")
    [part] = file.parts
    left = tmp_path / "left"
    connection.execute(f"copy (from read_parquet('{part}') limit 4) to '{left}' (format parquet)")
    taken = TakenKeys(connection)
    taken.note("sha", join_files(connection, [file], tmp_path / "whole", KnownDates()))
    taken.record()
    assert remarks(connection) == {
        ("table_row_ambiguous", "person"): 2,
        ("table_row_unmatched", "person"): 3,
    }
    short = TakenKeys(connection)
    lost = replace(file, parts=(left,))
    short.note("sha", join_files(connection, [lost], tmp_path / "short", KnownDates()))
    with pytest.raises(TapeError, match="5 rows are in the table person, but 4 were read"):
        short.record()


MONTHS = (
    FORMAT.replace("[zip]", '[month]\nmany = true\n[zip]')
    .replace("on = { borrower", "on = { day = 'of', borrower")
    .replace('loan = {', 'day = { type = "date", pattern = "%d.%m.%Y" }\nloan = {')
    .replace('person = {', 'of = { type = "date", pattern = "%Y/%m/%d", table = "person" }\nperson = {')
    .replace('"close_date"', '"day"')
)  # fmt: skip
MONTHLY = {
    "tape_1.csv": b"day,loan,borrower,balance\n31.05.2017,A,1,11.00\n30.06.2017,A,1,10.00\n",
    "tape_2.csv": b"day,loan,borrower,balance\n31.05.2017,B,2,21.00\n30.06.2017,B,2,20.00\n",
    "people_5.csv": b"of,id,balance\n2017/5/31,1,101.00\n2017/05/31,2,201.00\n2017/5/31,3,1.00\n",
    "people_6.csv": b"of,id,balance\n2017/6/30,1,100.00\n2017/6/30,3,1.00\n",
}


@pytest.mark.parametrize(
    ("month", "expected", "unmatched"),
    [(6, [("A", 100, None), ("B", None, "person")], 1), (5, [("A", 101, None), ("B", 201, None)], 0)],
)  # fmt: skip
def test_files_of_several_months_are_joined_by_loan_and_month(
    tmp_path: Path, month: int, expected: list[tuple[object, ...]], unmatched: int
) -> None:
    cut_off = month_end(f"2017-{month:02}")
    connection, count = read_files(tmp_path, MONTHS, MONTHLY, cut_off)
    found = connection.sql(
        "select loan_id, annual_income, unmatched_tables from landed.tape_row order by loan_id"
    ).fetchall()
    assert found == expected
    assert count.row_count == 9
    # A row of the table belongs to its month's row of the tape, whichever month is closed.
    counts = remarks(connection)
    assert counts.pop(("unmatched", "person"), 0) == unmatched
    assert counts == {("table_row_joined", "person"): 3, ("table_row_unmatched", "person"): 2}


def test_a_table_alone_is_no_tape(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="a table that is joined to a tape, and no tape"):
        read_files(tmp_path, FORMAT, {"people.csv": PEOPLE})


@pytest.mark.parametrize("bad", [b"7,1,234.00,m\n", b"8\n", b"7,1.00,m,\n"])
def test_a_malformed_row_of_a_table_stops(tmp_path: Path, bad: bytes) -> None:
    with pytest.raises(TapeError, match="row 6 of the joined table"):
        read_files(tmp_path, FORMAT, {"tape.csv": TAPE, "people.csv": PEOPLE + bad})


def test_a_cell_of_a_table_that_cannot_be_read_is_bad_in_each_row_that_takes_it(
    tmp_path: Path,
) -> None:
    people = PEOPLE.replace(b"100.00", b"much")
    connection, _ = read_files(tmp_path, FORMAT, {"tape.csv": TAPE, "people.csv": people})
    bad = connection.sql(
        "select row_number, cell_text from landed.bad_cell order by all"
    ).fetchall()
    assert bad == [(1, "much"), (3, "much")]
    assert rows(connection, "closing_balance")[0] == (Decimal(10),)


def test_keys_of_a_join_that_no_table_has_are_named(tmp_path: Path) -> None:
    text = FORMAT.replace('borrower = "person"', 'borrower = "loan"')
    assert problems(tmp_path, text) == [
        "mini.toml: join.person.on: 'loan' is no column of table person; declare it"
    ]
    text = FORMAT.replace('borrower = "person"', 'income = "person"')
    assert "'income' is no column of the tape" in problems(tmp_path, text)[0]
