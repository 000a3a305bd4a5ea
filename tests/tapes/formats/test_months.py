"""Which month a row is of: by its file's name, the close, a group of columns; nothing is lost."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tapes import TapeError
from tapes.recognise.file_date import find_file_date
from tests.tapes.formats.mini import CUT_OFF, HEAD, problems, read_files, rows

LEFT_OUT = "select reason, month, row_count from landed.left_out order by all"
FILE = "select row_count, left_out_row_count from landed.tape_file"
BALANCE = """
[source]
{source}
loan = {{ type = "text", critical = true }}
balance = {{ type = "money", critical = true }}
[canonical]
as_of_date = "{as_of}"
loan_id = "loan"
closing_balance = "balance"
"""


def balances(month: str, as_of: str, source: str = "") -> str:
    """A format of loans and balances, whose rows are of the month that the SQL says."""
    return HEAD + month + BALANCE.format(source=source, as_of=as_of)


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("2017-07-14.csv.gz", "%Y-%m-%d.csv*", date(2017, 7, 14)),
        ("CAS_2023_R08_G1_20231020_000.parquet", "CAS_*_%Y%m%d_*", date(2023, 10, 20)),
        ("贷款余额201706.xlsx", "贷款余额%Y%m.xlsx", date(2017, 6, 30)),
        ("acme Feb-20.csv", "*%b-%y.csv", date(2020, 2, 29)),
        ("a.b+c_2017_6.csv", "a.b+c_%Y_%m.csv", date(2017, 6, 30)),
    ],
)
def test_the_name_of_a_file_says_its_date(name: str, pattern: str, expected: date) -> None:
    assert find_file_date(name, pattern) == expected


@pytest.mark.parametrize(
    "name", ["2017-13-01.csv", "report.csv", "axb_2017-06-30.csv", "2017-6-31.csv"]
)
def test_a_name_without_the_date_is_refused(name: str) -> None:
    with pytest.raises(TapeError, match=r"its name says no date, expected one like '%Y-%m-%d.csv'"):
        find_file_date(name, "%Y-%m-%d.csv")


def test_the_month_of_a_tape_comes_from_its_name_or_from_the_close(tmp_path: Path) -> None:
    data = b"loan,balance\nA,1.00\n"
    named = balances('[month]\nfile_name = "*_%Y-%m.csv"\n', "file_date")
    connection, _ = read_files(tmp_path, named, {"mini_2017-06.csv": data})
    assert rows(connection, "as_of_date") == [(CUT_OFF,)]
    with pytest.raises(TapeError, match="only 0 of 2 rows are of 2017-06"):
        read_files(tmp_path, named, {"mini_2017-05.csv": data + b"B,2.00\n"})
    connection, _ = read_files(tmp_path, balances("", "close_date"), {"x.csv": data + b"C,3.00\n"})
    assert rows(connection, "as_of_date") == [(CUT_OFF,)] * 2


def test_of_rows_of_many_months_the_close_takes_its_own_and_counts_the_others(
    tmp_path: Path,
) -> None:
    text = balances("[month]\nmany = true\n", "day", 'day = { type = "date", critical = true }')
    lines = ["day,loan,balance", "2017-05-31,A,1.00", "2017-06-30,A,2.00", "soon,B,3.00"]
    lines += ["2017-07-31,A,4.00", "short", "2017-05-31,B,5.00", ""]
    connection, count = read_files(tmp_path, text, {"x.csv": "\n".join(lines).encode()})
    # A row of no readable month is not taken for one of another month.
    assert rows(connection, "row_number, closing_balance") == [(2, Decimal(2)), (3, Decimal(3))]
    assert connection.sql(LEFT_OUT).fetchall() == [
        ("other_month", date(2017, 5, 1), 2),
        ("other_month", date(2017, 7, 1), 1),
    ]
    assert connection.sql(FILE).fetchall() == [(6, 3)]
    assert (count.row_count, count.malformed_row_count, count.critical_row_count) == (6, 1, 1)


def test_a_file_of_many_months_without_the_month_of_the_close_has_no_rows(tmp_path: Path) -> None:
    text = balances("[month]\nmany = true\n", "day", 'day = { type = "date", critical = true }')
    connection, _ = read_files(tmp_path, text, {"x.csv": b"day,loan,balance\n2017-05-31,A,1.00\n"})
    assert rows(connection, "loan_id") == []
    assert connection.sql(FILE).fetchall() == [(1, 1)]


def test_of_a_loan_filed_twice_the_last_filing_counts(tmp_path: Path) -> None:
    source = 'day = { type = "date", critical = true }\nfiled = { type = "date" }'
    text = balances('[month]\nmany = true\nlatest = "filed"\n', "day", source)
    lines = [
        "day,filed,loan,balance",
        "2017-06-30,2017-07-15,A,1.00",
        "2017-06-30,2017-08-05,A,2.00",
    ]
    lines += [
        "2017-06-30,2017-07-15,B,3.00",
        "2017-06-30,,B,4.00",
        "2017-05-31,2017-09-01,A,9.00",
        "",
    ]
    connection, _ = read_files(tmp_path, text, {"x.csv": "\n".join(lines).encode()})
    assert rows(connection, "loan_id, closing_balance") == [("A", Decimal(2)), ("B", Decimal(3))]
    left = connection.sql("select reason, row_count from landed.left_out order by all").fetchall()
    assert left == [("earlier_filing", 2), ("other_month", 1)]


GROUPS = (
    HEAD
    + """
[group]
last = 3
present = "balance is not null"
[source]
loan = { type = "text", critical = true }
start = { type = "money" }
balance = { type = "money", critical = true, headers = ["BAL{n}"] }
last_balance = { type = "money", optional = true, headers = ["BAL{n-1}"] }
[canonical]
as_of_date = "last_day(date '2017-03-31' + to_months(cast(group_number as integer)))"
loan_id = "loan"
opening_balance = "case when group_number = 1 then start else last_balance end"
closing_balance = "balance"
"""
)
WIDE = b"loan,start,BAL1,BAL2,BAL3\nA,10,9,8,7\nB,20,19,18,\nC,30,29,x,27\n"


@pytest.mark.parametrize(
    ("cut_off", "expected"),
    [
        (date(2017, 4, 30), [("A", 10, 9), ("B", 20, 19), ("C", 30, 29)]),
        (date(2017, 5, 31), [("A", 9, 8), ("B", 19, 18)]),
        (date(2017, 6, 30), [("A", 8, 7), ("C", None, 27)]),
    ],
)
def test_of_a_column_group_per_month_the_close_takes_its_own_group(
    tmp_path: Path, cut_off: date, expected: list[tuple[str, int | None, int]]
) -> None:
    connection, _ = read_files(tmp_path, GROUPS, {"x.csv": WIDE}, cut_off)
    assert rows(connection, "loan_id, opening_balance, closing_balance") == expected
    assert connection.sql(FILE).fetchall() == [(3, 3 - len(expected))]
    # Each of three rows stands in each of three groups.
    [(left,)] = connection.sql("select sum(row_count) from landed.left_out").fetchall()
    assert left + len(expected) == 9


def test_a_malformed_row_is_set_aside_once_and_moves_no_group(tmp_path: Path) -> None:
    lines = WIDE.splitlines(keepends=True)
    data = b"".join([lines[0], b"short\n", lines[1], b"X,1,2,3,4,\n", *lines[2:]])
    connection, count = read_files(tmp_path, GROUPS, {"x.csv": data}, CUT_OFF)
    assert rows(connection, "row_number, loan_id, closing_balance") == [(2, "A", 7), (5, "C", 27)]
    malformed = "select row_number, row_text from landed.malformed_row order by row_number"
    assert connection.sql(malformed).fetchall() == [(1, "short"), (3, "X,1,2,3,4,")]
    assert (count.row_count, count.malformed_row_count) == (5, 2)
    assert connection.sql(FILE).fetchall() == [(5, 1)]


def test_a_group_that_a_file_lacks_is_named(tmp_path: Path) -> None:
    data = WIDE.replace(b"BAL3", b"BAL 3")
    with pytest.raises(TapeError, match=r"column BAL3 is missing \(nearest in the file: 'BAL 3'\)"):
        read_files(tmp_path, GROUPS, {"x.csv": data})


def test_two_groups_of_one_month_are_refused(tmp_path: Path) -> None:
    text = GROUPS.replace("to_months(cast(group_number as integer))", "to_months(3)")
    with pytest.raises(TapeError, match="two groups of columns are of 2017-06, expected one"):
        read_files(tmp_path, text, {"x.csv": WIDE})


def test_the_columns_of_a_parquet_file_are_groups_too(tmp_path: Path) -> None:
    path = tmp_path / "wide.parquet"
    duckdb.sql(
        f"copy (select 'A' as loan, 10.00 as start, 9.00 as BAL1, 8.00 as BAL2, 7.00 as BAL3) to '{path}'"
    )
    connection, _ = read_files(tmp_path, GROUPS, {"x.parquet": path.read_bytes()})
    assert rows(connection, "opening_balance, closing_balance") == [(Decimal(8), Decimal(7))]


def test_a_tape_of_balances_alone_opens_at_last_months_closing_and_knows_no_flows(
    tmp_path: Path,
) -> None:
    text = balances("[month]\nbalances_only = true\n", "close_date")
    assert problems(tmp_path, text) == []
    connection = duckdb.connect()
    connection.execute("""
        create table last_month as
        from (values ('A', 10.00::decimal(18, 2), 0.06), ('C', 30.00, 0.06))
            as t (loan_id, closing_balance, annual_rate)""")
    data = {"x.csv": b"loan,balance\nA,9.00\nB,20.00\n"}
    read_files(tmp_path, text, data, last_balances="last_month", connection=connection)
    found = rows(connection, "loan_id, opening_balance, closing_balance")
    assert found == [("A", Decimal(10), Decimal(9)), ("B", None, Decimal(20))]
    flows = "scheduled_principal_paid, prepaid_principal_paid, interest_paid, write_off_amount"
    assert rows(connection, flows) == [(None,) * 4] * 2


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r\r\n"])
def test_a_header_that_stands_between_the_rows_again_is_left_out_and_counted(
    tmp_path: Path, line_break: str
) -> None:
    text = balances("[csv]\nrepeated_header = true\n", "close_date")
    # A row of a loan that is called like the column is a row.
    lines = ["loan,balance", "A,1.00", "loan,balance", "loan,2.00", "loan, balance ", "B,3.00", ""]
    connection, _ = read_files(tmp_path, text, {"x.csv": line_break.join(lines).encode()})
    assert rows(connection, "row_number, loan_id") == [(1, "A"), (3, "loan"), (5, "B")]
    assert connection.sql(LEFT_OUT).fetchall() == [("repeated_header", CUT_OFF.replace(day=1), 2)]
    assert connection.sql("from landed.bad_cell").fetchall() == []


@pytest.mark.parametrize(
    ("keys", "header"),
    [
        ('names = ["loan", "balance", "x", "y"]', ["借据号,余额,备注,备注"]),
        ("header_lines = 2", ["loan,bal,note,note", ",ance,,"]),
        ("", ["loan,balance,Filler,Filler"]),
    ],
    ids=["other names", "two lines", "doubled names"],
)
def test_a_header_is_known_again_by_its_own_text(
    tmp_path: Path, keys: str, header: list[str]
) -> None:
    text = balances(f"[csv]\nrepeated_header = true\n{keys}\n", "close_date")
    text = text.replace("critical = true }", 'critical = true, headers = ["bal ance"] }').replace(
        '"text", critical = true, headers = ["bal ance"]', '"text", critical = true'
    )
    lines = [*header, "A,1.00,,", *header, "B,2.00,,", ""]
    connection, _ = read_files(tmp_path, text, {"x.csv": "\n".join(lines).encode()})
    assert rows(connection, "loan_id, closing_balance") == [("A", 1), ("B", 2)]
    left = connection.sql("select sum(row_count) from landed.left_out").fetchall()
    assert left == [(len(header),)]


def test_a_format_of_semicolons_short_dates_and_balances_alone_is_read_without_a_last_line_break(
    tmp_path: Path,
) -> None:
    text = (
        HEAD
        + """
[csv]
delimiter = ";"
[month]
balances_only = true
[source]
day = { type = "date", pattern = "%y%m%d", critical = true, headers = ["Stichtag"] }
loan = { type = "text", critical = true, headers = ["Kontonummer"] }
balance = { type = "money", critical = true, headers = ["Saldo"], number = { decimal = "," } }
[canonical]
as_of_date = "day"
loan_id = "loan"
closing_balance = "balance"
"""
    )
    data = b"Kontonummer;Stichtag;Saldo\n7;170630;1234,5\n8;170630;-0,05"
    connection, _ = read_files(tmp_path, text, {"x.csv": data})
    found = rows(connection, "loan_id, as_of_date, closing_balance")
    assert found == [("7", CUT_OFF, Decimal("1234.50")), ("8", CUT_OFF, Decimal("-0.05"))]
    assert connection.sql("select is_ended from landed.tape_file").fetchall() == [(False,)]
