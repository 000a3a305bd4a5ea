"""CSV files as servicers send them: titles, totals, odd line ends, cells too many; the rows are the same."""

import gzip
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tapes import TapeError
from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.tape_files import cells, csv_text, read_bytes, read_file, read_text

ROWS = "select row_number, loan_id, opening_balance from landed.tape_row order by row_number"
MALFORMED = "select row_number, row_text, reason from landed.malformed_row order by row_number"
MINI = """
    id = "mini"
    title = "Mini servicer"
    containers = ["csv"]
    [csv]
    {csv}
    [source]
    month = {{ type = "date", critical = true }}
    loan = {{ type = "text", critical = true }}
    balance = {{ type = "money", critical = true, headers = ["Balance at the end"] }}
    remark = {{ type = "text", optional = true }}
    [canonical]
    as_of_date = "month"
    loan_id = "loan"
    opening_balance = "balance"
"""
HEADER = "month,loan,balance,remark\n"
LINES = "2017-06-30,A1,1.00,x\n2017-06-30,A2,2.00,\n"
EXPECTED = [(1, "A1", Decimal("1.00")), (2, "A2", Decimal("2.00"))]


def read_mini(folder: Path, data: str | bytes, csv: str = "") -> duckdb.DuckDBPyConnection:
    """Read a file of the mini servicer, whose format has these lines under [csv]."""
    formats = folder / "formats"
    formats.mkdir(exist_ok=True)
    (formats / "canonical.toml").write_bytes((FORMATS_FOLDER / "canonical.toml").read_bytes())
    (formats / "mini.toml").write_text(MINI.format(csv=csv), encoding="utf-8")
    path = folder / "mini_2017-06.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    connection = duckdb.connect()
    read_file(path, connection, formats=load_formats(formats))
    return connection


def is_ended(connection: duckdb.DuckDBPyConnection) -> bool:
    return connection.sql("select is_ended from landed.tape_file").fetchall()[0][0]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r\r\n"])
@pytest.mark.parametrize("last", ["x", '"two\nlines"', ""])
def test_a_whole_last_row_without_a_line_break_is_taken(
    tmp_path: Path, line_break: str, last: str
) -> None:
    text = f"{HEADER}2017-06-30,A1,1.00,x\n2017-06-30,A2,2.00,{last}"
    connection = read_mini(tmp_path, text.replace("\n", line_break))
    assert connection.sql(ROWS).fetchall() == EXPECTED
    assert not is_ended(connection)


def test_a_file_that_ends_in_a_line_break_or_in_half_of_one_is_whole(tmp_path: Path) -> None:
    assert is_ended(read_mini(tmp_path, HEADER + LINES))
    half = (HEADER + LINES).replace("\n", "\r\n").removesuffix("\n")
    assert read_mini(tmp_path, half).sql(ROWS).fetchall() == EXPECTED


@pytest.mark.parametrize("cut", [1, 2, 8])
def test_a_last_row_that_lacks_a_cell_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises(TapeError, match=r"the last row, 2, .* may be cut short: it has"):
        read_mini(tmp_path, (HEADER + LINES)[: -cut - 1])


def test_a_last_row_that_ends_inside_quotes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="the quote opened in row 3 is never closed"):
        read_mini(tmp_path, HEADER + LINES + '2017-06-30,A3,3.00,"x')


@pytest.mark.parametrize("cell", ['"' + "a\n" * (1 << 20) + '"', "a" * (1 << 21)])
def test_a_row_that_is_longer_than_any_reader_takes_is_refused_with_its_number(
    tmp_path: Path, cell: str
) -> None:
    words = r"row 3 has 20\d{5} bytes or more, expected 2097152 at most; look for a quote in it that closes"
    with pytest.raises(TapeError, match=words):
        read_mini(tmp_path, f"{HEADER}{LINES}2017-06-30,A3,3.00,{cell}\n")


@pytest.mark.parametrize(
    ("encode", "csv"),
    [
        (lambda text: text.encode(), ""),
        (lambda text: text.encode("gbk"), 'encoding = "gbk"'),
        (lambda text: gzip.compress(text.encode()), ""),
        (lambda text: b"\xef\xbb\xbf" + text.encode(), ""),
    ],
    ids=["utf-8", "gbk", "gzip", "byte order mark"],
)
def test_lines_that_end_in_cr_cr_lf_are_read(
    tmp_path: Path, encode: Callable[[str], bytes], csv: str
) -> None:
    data = encode((HEADER + LINES.replace(",x", ",教师")).replace("\n", "\r\r\n"))
    connection = read_mini(tmp_path, data, csv)
    assert connection.sql(ROWS).fetchall() == EXPECTED
    assert connection.sql("select unknown_columns from landed.tape_file").fetchall() == [(None,)]


@pytest.mark.parametrize("end", [",", ",,", ',""', ",,,"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_row_with_empty_cells_after_the_last_column_is_malformed(
    tmp_path: Path, end: str, line_break: str
) -> None:
    bad = f"2017-06-30,A2,1,234.00{end}"
    text = HEADER + LINES.replace("\n", f"\n{bad}\n", 1) + "short\n" + "2017-06-30,A4,4.00,\n"
    connection = read_mini(tmp_path, text.replace("\n", line_break))
    assert connection.sql(ROWS).fetchall() == [
        (1, "A1", Decimal("1.00")),
        (3, "A2", Decimal("2.00")),
        (5, "A4", Decimal("4.00")),
    ]
    found = connection.sql(MALFORMED).fetchall()
    assert [(number, text) for number, text, _ in found] == [(2, bad), (4, "short")]
    assert found[0][2] == f"Expected Number of Columns: 4 Found: {4 + end.count(',')}"


def test_malformed_rows_of_one_part_do_not_move_the_numbers_of_the_next(tmp_path: Path) -> None:
    text = csv_text(cells(loan_id="L1"), cells(loan_id="L2")).splitlines(keepends=True)
    text[1] = text[1].replace("\n", ",\n")
    connection = read_text(tmp_path, "".join(text))
    query = "select row_number, loan_id from landed.tape_row"
    assert connection.sql(query).fetchall() == [(2, "L2")]


@pytest.mark.parametrize(
    ("csv", "text"),
    [
        ("skip_lines = 1", "Servicer report June 2017\n" + HEADER + LINES),
        ("skip_lines = 2", '"June, 2017\n\n' + HEADER + LINES),
        ("skip_lines = 1", "Bericht für Juni\n" + HEADER + LINES),
        ('footer = ["Total"]', HEADER + LINES + "Total,,3.00,\n"),
        ('footer = ["Total"]', HEADER + LINES + "Total,,3.00,"),
        ('footer = ["Total"]', HEADER + LINES + "Total of all loans: 3.00\n\n\n"),
        ('footer = ["Total"]', HEADER + LINES + ',,"Total",3.00\n'),
        ('footer = ["合计", "End of"]', HEADER + LINES + "合计,,3.00,\nEnd of report\n"),
        ("header_lines = 2", "month,loan,Balance,remark\n,,at the end,\n" + LINES),
        ("header_lines = 0\n    names = ['month', 'loan', 'balance', 'remark']", LINES),
        ("names = ['month', 'loan', 'balance', 'remark']", "a,b,c,d\n" + LINES),
        (
            "skip_lines = 1\n    header_lines = 2\n    footer = ['Total']",
            "Report\nmonth,loan,Balance,remark\n,,at the end,\n" + LINES + "Total,2\n",
        ),
        ("", 'month,loan,"Balance\nat the end",remark\n' + LINES),
    ],
)
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r\r\n"])
def test_lines_above_and_below_the_rows_are_left_out_as_the_format_says(
    tmp_path: Path, csv: str, text: str, line_break: str
) -> None:
    connection = read_mini(tmp_path, text.replace("\n", line_break), csv)
    assert connection.sql(ROWS).fetchall() == EXPECTED
    assert connection.sql(MALFORMED).fetchall() == []
    assert connection.sql("select row_count from landed.tape_file").fetchall() == [(2,)]


def test_letters_of_one_byte_are_read_as_the_format_says(tmp_path: Path) -> None:
    text = HEADER + "2017-06-30,Ä1,1.00,5 €\n"
    connection = read_mini(tmp_path, text.encode("cp1252"), 'encoding = "cp1252"')
    assert connection.sql("select loan_id from landed.tape_row").fetchall() == [("Ä1",)]


def test_a_line_that_begins_like_the_footer_but_is_not_at_the_end_is_a_row(tmp_path: Path) -> None:
    text = HEADER + LINES.replace("\n", "\nTotal,,1.00\n", 1) + "Total,,3.00\n"
    connection = read_mini(tmp_path, text, 'footer = ["Total"]')
    assert connection.sql("select row_number from landed.malformed_row").fetchall() == [(2,)]
    assert connection.sql("select row_count from landed.tape_file").fetchall() == [(3,)]


@pytest.mark.parametrize(
    ("csv", "text", "words"),
    [
        ('footer = ["Total"]', HEADER + LINES, "its last line does not begin with 'Total'"),
        (
            "header_lines = 0\n    names = ['month', 'loan', 'balance']",
            LINES,
            "has 4 cells, expected",
        ),
        ("skip_lines = 1", HEADER + LINES, "column month is missing"),
        (
            "",
            "month,loan,x\n" + LINES,
            "column balance is missing (also called 'Balance at the end'); found",
        ),
        ("skip_lines = 9", HEADER + LINES, "no row, expected some under the 10 lines"),
    ],
)
def test_a_file_of_another_layout_than_its_format_says_is_refused(
    tmp_path: Path, csv: str, text: str, words: str
) -> None:
    with pytest.raises(TapeError) as caught:
        read_mini(tmp_path, text, csv)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


RENAMED = HEADER.replace("balance", "Balance at the end")
COLUMNS = "month,2017-06-30,2017-06-30\nloan,A1,A2\nBalance at the end,1.00,2.00\nremark,x,\n"


@pytest.mark.parametrize(
    ("csv", "text", "words"),
    [
        ("", "Report\n" + RENAMED + LINES, "line 2 has these columns: state skip_lines = 1"),
        ("skip_lines = 2", "Report\n" + HEADER + LINES, "line 2 has these columns: state skip_lines = "),
        ("", (HEADER + LINES).replace(",", ";"), 'cut at ";" it has these columns: state delimiter'),
        ('delimiter = "|"', (RENAMED + LINES).replace(",", "\t"), 'delimiter = "\\t"'),
        ("", COLUMNS, "its lines are these columns: state transposed = true"),
        ("transposed = true", RENAMED + LINES, "its lines are these columns: state transposed = "),
    ],
)  # fmt: skip
def test_the_layout_that_an_error_names_reads_the_file(
    tmp_path: Path, csv: str, text: str, words: str
) -> None:
    with pytest.raises(TapeError) as caught:
        read_mini(tmp_path, text, csv)
    assert words in str(caught.value)
    stated = re.search(r"state (\S+ = \S+) under \[csv\], or send", str(caught.value))
    assert stated
    connection = read_mini(tmp_path, text, stated[1])
    assert connection.sql(ROWS).fetchall() == EXPECTED


@pytest.mark.parametrize("longest", [200_000, 2_000_000])
def test_a_line_longer_than_one_of_cells_is_no_header(tmp_path: Path, longest: int) -> None:
    with pytest.raises(TapeError) as caught:
        read_mini(tmp_path, "x" * longest + "\n" + HEADER + LINES)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_a_plain_csv_that_is_named_as_gzip_is_read(tmp_path: Path) -> None:
    connection = read_bytes(tmp_path, csv_text(cells()).encode(), "deal_2017-06.csv.gz")
    assert connection.sql("select count(*) from landed.tape_row").fetchall() == [(1,)]


def test_a_gzip_that_expands_beyond_the_cap_is_refused(tmp_path: Path) -> None:
    row = csv_text(cells()).splitlines(keepends=True)[1].encode()
    data = gzip.compress(csv_text().encode() + row * ((1 << 26) // len(row) + 1))
    with pytest.raises(TapeError, match="expand to more than 67108864, expected 100 times"):
        read_bytes(tmp_path, data, "x.csv.gz")


def test_the_case_of_a_last_row_without_a_line_break(shared: Path, tmp_path: Path) -> None:
    data = (shared / "field/fc08-csv-no-final-newline/no_final_newline.csv").read_bytes()
    connection = read_bytes(tmp_path, data)
    assert not is_ended(connection)
    rows = connection.sql("select count(*) from landed.tape_row").fetchall()
    assert rows == [(data.count(b"\n"),)]


def test_the_case_of_cr_cr_lf(shared: Path, tmp_path: Path) -> None:
    data = (shared / "field/fc09-csv-cr-cr-lf/cr_cr_lf.csv").read_bytes()
    connection = read_bytes(tmp_path, data)
    found = connection.sql("select count(*), count(closing_balance) from landed.tape_row")
    assert found.fetchall() == [(data.count(b"\n") - 1,) * 2]
    last = connection.sql("select distinct is_pledged from landed.tape_row").fetchall()
    assert last == [(False,)]


def test_the_case_of_a_surplus_cell(shared: Path, tmp_path: Path) -> None:
    folder = shared / "field/fc11-csv-surplus-empty-cell"
    formats = load_formats_with(tmp_path, (folder / "mini.toml").read_text())
    path = tmp_path / "x.csv"
    path.write_bytes((folder / "surplus_empty_cell.csv").read_bytes())
    connection = duckdb.connect()
    read_file(path, connection, formats=formats)
    rows = connection.sql("select loan_id, closing_balance from landed.tape_row").fetchall()
    assert rows == [("A1", Decimal("900.00")), ("A3", Decimal("800.00"))]
    malformed = connection.sql(MALFORMED).fetchall()
    assert [(number, text) for number, text, _ in malformed] == [
        (2, "2017-06-30,A2,1,234.00,100.00,5.00,")
    ]


def test_the_case_of_a_title_line_and_a_total_line(shared: Path, tmp_path: Path) -> None:
    data = (shared / "field/fc12-csv-title-and-total-lines/title_and_total.csv").read_bytes()
    text = (FORMATS_FOLDER / "canonical.toml").read_text(encoding="utf-8")
    text = text.replace('id = "canonical"', 'id = "titled"', 1)
    text = text.replace(
        "[csv]\n", "[csv]\nskip_lines = 1\nfooter = ['Total', 'TOTAL', '合计']\n", 1
    )
    formats = {"titled": load_formats_with(tmp_path, text)["titled"]}
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    connection = duckdb.connect()
    read_file(path, connection, date(2017, 6, 30), formats)
    found = connection.sql("select count(*), count(loan_id) from landed.tape_row").fetchall()
    assert found == [(data.count(b"\n") - 3,) * 2]
    assert connection.sql(MALFORMED).fetchall() == []


def load_formats_with(folder: Path, text: str):
    """The formats of a folder that holds the canonical one and one of this text."""
    formats = folder / "formats"
    formats.mkdir()
    (formats / "canonical.toml").write_bytes((FORMATS_FOLDER / "canonical.toml").read_bytes())
    name = text.partition('id = "')[2].partition('"')[0]
    (formats / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_formats(formats)
