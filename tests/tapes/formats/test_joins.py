"""A tape takes what another table of the delivery knows of its loans."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from tapes import TapeError
from tests.tapes.formats.mini import HEAD, problems, read_files, rows

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


def test_a_table_that_is_missing_stops_unless_it_may_be_absent(tmp_path: Path) -> None:
    with pytest.raises(
        TapeError, match=r"its table person \(people\*.csv\) is missing; send it in"
    ):
        read_files(tmp_path, FORMAT, {"tape.csv": TAPE})
    text = FORMAT.replace("\non = {", "\noptional = true\non = {")
    connection, _ = read_files(tmp_path, text, {"x.csv": TAPE})
    assert rows(connection, "borrower_id, annual_income") == [(None, None)] * 6


def test_a_table_that_comes_twice_is_refused(tmp_path: Path) -> None:
    files = {"tape.csv": TAPE, "people1.csv": PEOPLE, "people2.csv": PEOPLE + b"8,1.00,m\n"}
    with pytest.raises(
        TapeError, match=r"the table person came in people1\.csv already, expected one"
    ):
        read_files(tmp_path, FORMAT, files)


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
