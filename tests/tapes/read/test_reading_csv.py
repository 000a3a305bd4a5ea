"""Every record of a CSV tape is a row of cells or a malformed row, under its number in the file."""

import gzip
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapes import TapeError
from tapes.land.tape import land_tape
from tapes.read.records.count import RecordCounter
from tapes.read.tape import TapeCount, read_tape
from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.tape_files import (
    CANONICAL,
    CUT_OFF,
    HEADER,
    cells,
    csv_text,
    read_bytes,
    read_file,
    read_text,
)

NUMBERS = "select row_number, loan_id from landed.tape_row order by row_number"
MALFORMED = "select row_number, row_text from landed.malformed_row order by row_number"


def numbered(count: int) -> list[dict[str, str]]:
    return [cells(loan_id=f"L{number}") for number in range(1, count + 1)]


def test_good_rows_are_typed_and_numbered_in_the_order_of_the_file(tmp_path: Path) -> None:
    connection = read_text(tmp_path, csv_text(*numbered(3)))
    assert connection.sql(NUMBERS).fetchall() == [(1, "L1"), (2, "L2"), (3, "L3")]
    result = connection.sql(
        "select as_of_date, closing_balance, annual_rate, is_pledged from landed.tape_row limit 1"
    ).fetchall()
    assert result == [(CUT_OFF, Decimal("100.00"), Decimal("0.0625"), False)]


def test_short_and_long_rows_are_malformed_and_the_others_keep_their_numbers(
    tmp_path: Path,
) -> None:
    lines = csv_text(*numbered(6)).splitlines(keepends=True)
    lines[1] = "cut,short\n"
    lines[4] = lines[4].replace("\n", ",more\n")
    connection = read_text(tmp_path, "".join(lines))
    assert connection.sql(NUMBERS).fetchall() == [(2, "L2"), (3, "L3"), (5, "L5"), (6, "L6")]
    assert connection.sql(MALFORMED).fetchall() == [(1, "cut,short"), (4, lines[4].strip())]
    reasons = connection.sql("select reason from landed.malformed_row order by row_number")
    assert [reason for (reason,) in reasons.fetchall()] == [
        f"Expected Number of Columns: {len(HEADER)} Found: 2",
        f"Expected Number of Columns: {len(HEADER)} Found: {len(HEADER) + 1}",
    ]


def test_rows_on_both_sides_of_malformed_neighbours_keep_their_numbers(tmp_path: Path) -> None:
    lines = csv_text(*numbered(8)).splitlines(keepends=True)
    for number in (3, 4, 5, 8):
        lines[number] = "short\n"
    connection = read_text(tmp_path, "".join(lines))
    expected = [(number, f"L{number}") for number in (1, 2, 6, 7)]
    assert connection.sql(NUMBERS).fetchall() == expected
    assert [number for number, _ in connection.sql(MALFORMED).fetchall()] == [3, 4, 5, 8]


def test_numbers_hold_in_a_file_of_many_blocks_with_line_breaks_in_quotes(tmp_path: Path) -> None:
    chance = random.Random(20170630)
    short, broken, lines = set(), set(), [",".join(HEADER)]
    for number in range(1, 60_001):
        row = cells(loan_id=f"L{number}")
        draw = chance.random()
        if draw < 0.001:
            short.add(number)
            lines.append(f"L{number}")
            continue
        if draw < 0.01:
            broken.add(number)
            row["occupation_code"] = f'"line\nbreak, ""{number}"" "'
        lines.append(",".join(row[name] for name in HEADER))
    connection = read_text(tmp_path, "\n".join(lines) + "\n")
    wrong = connection.sql(
        "select count(*) from landed.tape_row where loan_id <> 'L' || row_number"
    )
    assert wrong.fetchall() == [(0,)]
    assert {number for number, _ in connection.sql(MALFORMED).fetchall()} == short
    quoted = connection.sql("select row_number from landed.tape_row where occupation_code <> 'x'")
    assert {number for (number,) in quoted.fetchall()} == broken


def test_blank_lines_are_no_rows_and_take_no_numbers(tmp_path: Path) -> None:
    lines = csv_text(*numbered(3)).splitlines(keepends=True)
    text = "".join([lines[0], "\n", lines[1], "\n\n", "short\n", lines[3], "\n"])
    connection = read_text(tmp_path, text)
    assert connection.sql(NUMBERS).fetchall() == [(1, "L1"), (3, "L3")]
    assert connection.sql(MALFORMED).fetchall() == [(2, "short")]
    assert connection.sql("select row_count from landed.tape_file").fetchall() == [(3,)]


def test_quotes_inside_an_unquoted_field_are_text(tmp_path: Path) -> None:
    rows = [cells(occupation_code='5" pipe'), cells(occupation_code='"a, ""b"""')]
    connection = read_text(tmp_path, csv_text(*rows))
    result = connection.sql("select occupation_code from landed.tape_row").fetchall()
    assert result == [('5" pipe',), ('a, "b"',)]


def test_crlf_a_byte_order_mark_quoted_headers_and_padding_are_read(tmp_path: Path) -> None:
    header, row = csv_text(cells(loan_id=" L1 ")).splitlines()
    quoted = ",".join(f'" {name} "' for name in header.split(","))
    data = b"\xef\xbb\xbf" + f"{quoted}\r\n{row}\r\n".encode()
    connection = read_bytes(tmp_path, data)
    assert connection.sql(NUMBERS).fetchall() == [(1, "L1")]


def test_columns_come_in_any_order_and_unknown_ones_are_named(tmp_path: Path) -> None:
    header = ["remark", *reversed(HEADER), "Filler", "Filler"]
    row = cells(loan_id="L1") | {"remark": "r", "Filler": "f"}
    connection = read_text(tmp_path, csv_text(row, header=header))
    assert connection.sql(NUMBERS).fetchall() == [(1, "L1")]
    result = connection.sql("select unknown_columns from landed.tape_file").fetchall()
    assert result == [("remark, Filler#1, Filler#2",)]


def test_a_file_states_its_currency_when_it_has_the_column(tmp_path: Path) -> None:
    states = "select states_currency, currency_code from landed.tape_file, landed.tape_row"
    row = cells(currency_code="")
    told = read_text(tmp_path, csv_text(row))
    assert told.sql(states).fetchall() == [(True, None)]
    header = [name for name in HEADER if name != "currency_code"]
    untold = read_text(tmp_path, csv_text(row, header=header))
    assert untold.sql(states).fetchall() == [(False, None)]


@pytest.mark.parametrize(("stated", "expected"), [("", None), ("USD", "USD"), (None, "CNY")])
def test_a_row_is_in_the_currency_of_the_terms_only_when_the_file_has_no_column_for_it(
    tmp_path: Path, stated: str | None, expected: str | None
) -> None:
    header = [name for name in HEADER if stated is not None or name != "currency_code"]
    path = tmp_path / "deal_2017-06.csv"
    path.write_text(csv_text(cells(currency_code=stated or ""), header=header))
    tape = land_tape(path, "deal", "2017-06", tmp_path / "landed")
    connection = duckdb.connect()
    read_tape(connection, [tape], CANONICAL, CUT_OFF, tmp_path / "scratch", "CNY")
    assert connection.sql("select currency_code from landed.tape_row").fetchall() == [(expected,)]


def test_a_gzipped_tape_is_read_like_a_plain_one(tmp_path: Path) -> None:
    data = gzip.compress(csv_text(*numbered(2)).encode())
    connection = read_bytes(tmp_path, data, "deal_2017-06.csv.gz")
    assert connection.sql(NUMBERS).fetchall() == [(1, "L1"), (2, "L2")]


def test_chinese_text_is_read_as_it_is(tmp_path: Path) -> None:
    connection = read_text(tmp_path, csv_text(cells(occupation_code="教师", loan_id="借据一")))
    result = connection.sql("select loan_id, occupation_code from landed.tape_row").fetchall()
    assert result == [("借据一", "教师")]


def test_latin_1_is_refused_and_not_taken_for_gbk(tmp_path: Path) -> None:
    row = ",".join(cells(occupation_code="gérant de société, là-bas").values()) + "\n"
    with pytest.raises(TapeError, match=r"\(line 2\) is not utf-8; send the file as utf-8"):
        read_bytes(tmp_path, csv_text().encode() + row.encode("latin-1"))


def test_a_gbk_tape_is_refused_with_the_byte_and_the_line(tmp_path: Path) -> None:
    good = csv_text(cells()).encode()
    bad = ",".join(cells(occupation_code="教师").values()).encode("gb18030") + b"\n"
    words = f"byte {len(good) + bad.index('教师'.encode('gb18030'))} \\(line 3\\) is not utf-8"
    with pytest.raises(TapeError, match=words + r" \(it looks like GB18030 or GBK\)"):
        read_bytes(tmp_path, good + bad)


def test_a_byte_of_zero_after_the_head_is_refused_with_its_place(tmp_path: Path) -> None:
    text = csv_text(*[cells()] * 6000)
    data = text.encode() + b"\0\n"
    assert len(data) > 1 << 20
    with pytest.raises(TapeError, match=rf"byte {len(text)} \(line 6002\) is zero"):
        read_bytes(tmp_path, data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda data: data[:-30],
            "the last row, 3, does not end in a line break, so it may be cut",
        ),
        (
            lambda data: data[:-1] + b",",
            f"it has {len(HEADER) + 1} cells, expected {len(HEADER)};",
        ),
        (lambda data: data.replace(b"x,x", b"x\rx,x", 1), "row 1 holds a carriage return (CR)"),
        (lambda data: data + b'"open,x\nmore\n', "the quote opened in row 4 is never closed"),
        (lambda data: data.replace(b"\n", b"\r\n", 1), "1 of 4 lines end in CR LF"),
        (lambda data: data.split(b"\n")[0] + b"\n", "no rows"),
        (lambda data: data.replace(b"\n", b"\r"), "no line break"),
        (lambda data: gzip.compress(data)[:-9], "the gzip is cut short or damaged"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, change, words: str) -> None:
    data = change(csv_text(*numbered(3)).encode())
    with pytest.raises(TapeError) as caught:
        read_bytes(tmp_path, data)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_tape_of_another_month_is_refused_and_single_rows_of_one_are_not(tmp_path: Path) -> None:
    other = cells(as_of_date="2017-05-31")
    connection = read_text(tmp_path, csv_text(cells(), other))
    assert connection.sql("select count(*) from landed.tape_row").fetchall() == [(2,)]
    with pytest.raises(
        TapeError, match=r"only 1 of 3 rows are of 2017-06 \(most state 2017-05-31 as"
    ):
        read_text(tmp_path, csv_text(cells(), other, other))


def test_a_landed_file_that_was_changed_afterwards_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(csv_text(cells()))
    tape = land_tape(path, "deal", "2017-06", tmp_path / "landed")
    tape.path.write_text(csv_text(cells(), cells()))
    with pytest.raises(TapeError, match="no longer has the SHA-256"):
        read_tape(duckdb.connect(), [tape], CANONICAL, CUT_OFF, tmp_path / "scratch")


def test_the_parts_of_a_month_are_read_into_one_table_with_numbers_of_their_own(
    tmp_path: Path,
) -> None:
    tapes = []
    for part in (1, 2):
        path = tmp_path / f"deal_2017-06_part{part}.csv"
        path.write_text(csv_text(*[cells(loan_id=f"P{part}-{n}") for n in (1, 2)]) + "short\n")
        path.with_name(path.name + ".control.json").write_text(
            '{"row_count": 3, "totals": {"closing_balance": "200.00"},'
            ' "is_synthetic": true, "scale": 100}'
        )
        tapes.append(land_tape(path, "deal", "2017-06", tmp_path / "landed"))
    connection = duckdb.connect()
    result = read_tape(connection, tapes, CANONICAL, CUT_OFF, tmp_path / "scratch")
    assert result == TapeCount(6, 2, 0, 0)
    numbers = connection.sql(
        "select loan_id, row_number from landed.tape_row order by 1"
    ).fetchall()
    assert numbers == [("P1-1", 1), ("P1-2", 2), ("P2-1", 1), ("P2-2", 2)]
    files = connection.sql(
        "select part_number, row_count, control_row_count, control_totals, is_synthetic, scale"
        " from landed.tape_file order by 1"
    ).fetchall()
    said = (3, 3, '{"closing_balance": "200.00"}', True, 100)
    assert files == [(1, *said), (2, *said)]
    totals = connection.sql(
        "select column_name, stated_total, read_total from landed.control_total"
    )
    assert totals.fetchall() == [("closing_balance", Decimal(200), Decimal(200))] * 2


def test_the_same_file_twice_in_one_month_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(csv_text(cells()))
    tape = land_tape(path, "deal", "2017-06", tmp_path / "landed")
    with pytest.raises(TapeError, match="the same file twice"):
        read_tape(duckdb.connect(), [tape, tape], CANONICAL, CUT_OFF, tmp_path / "scratch")


def test_a_control_total_of_no_amount_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(csv_text(cells()))
    (tmp_path / "x.csv.control.json").write_text('{"totals": {"loan_id": "1"}}')
    with pytest.raises(TapeError, match="'loan_id', which is no amount column"):
        read_file(path, duckdb.connect())


def test_a_new_servicer_in_gbk_with_its_own_headers_needs_only_a_format_file(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "canonical.toml").write_bytes((FORMATS_FOLDER / "canonical.toml").read_bytes())
    (folder / "loan_book.toml").write_text(
        """
        id = "loan_book"
        title = "A book in Chinese"
        containers = ["csv"]
        null_texts = ["-"]
        [csv]
        encoding = "gb18030"
        delimiter = "|"
        [source]
        loan = { type = "text", critical = true, headers = ["借据号", "合同号"] }
        day = { type = "date", critical = true, headers = ["数据日期"], pattern = "%Y/%m/%d" }
        owed = { type = "money", critical = true, headers = ["待还本金"] }
        [canonical]
        loan_id = "'B-' || loan"
        as_of_date = "day"
        closing_balance = "owed"
        """,
        encoding="utf-8",
    )
    path = tmp_path / "book.csv"
    text = "合同号|数据日期|待还本金\n一|2017/6/30|12.5\n二|2017/6/30|-\n三|2017/6/30|多\n"
    path.write_bytes(text.encode("gb18030"))
    connection = duckdb.connect()
    read_file(path, connection, formats=load_formats(folder))
    result = connection.sql(
        "select loan_id, as_of_date, closing_balance, critical_bad_columns from landed.tape_row"
    ).fetchall()
    assert result == [
        ("B-一", date(2017, 6, 30), Decimal("12.50"), None),
        ("B-二", date(2017, 6, 30), None, None),
        ("B-三", date(2017, 6, 30), None, "owed"),
    ]


FIELD = st.one_of(
    st.text("ab 1\r", max_size=4).map(lambda text: text.replace("\r", "")),
    st.text('ab, "\n', max_size=6).map(lambda text: '"' + text.replace('"', '""') + '"'),
    st.sampled_from(['5" pipe', 'a"', 'x "y" z']),
)
RECORD = st.lists(FIELD, min_size=2, max_size=2).map(",".join)


def count(data: bytes, size: int, column_count: int | None = None) -> RecordCounter:
    """The counter after data that came in blocks of `size` bytes."""
    counter = RecordCounter("tape", column_count=column_count)
    for start in range(0, len(data), size):
        counter.feed(data[start : start + size])
    counter.finish()
    return counter


@given(
    st.lists(RECORD, min_size=1, max_size=30), st.integers(1, 40), st.sampled_from(["\n", "\r\n"])
)
def test_records_are_counted_the_same_whatever_the_blocks(
    records: list[str], size: int, line_break: str
) -> None:
    data = line_break.join(["h,i", *records, ""]).encode()
    assert count(data, size).row_count == len(records)


ENDS = st.sampled_from(["", ",", ",,", ',""', ',"",', ",x"])


@given(
    st.lists(st.tuples(RECORD, ENDS), min_size=1, max_size=30),
    st.integers(1, 40),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_row_with_empty_cells_too_many_is_found_whatever_the_blocks(
    rows: list[tuple[str, str]], size: int, line_break: str
) -> None:
    data = line_break.join(["h,i", *(record + end for record, end in rows), ""]).encode()
    found = {one.record - 1: one.cell_count for one in count(data, size, 2).surplus_records}
    empty = {
        n: 2 + end.count(",") for n, (_, end) in enumerate(rows, start=1) if end not in ("", ",x")
    }
    assert {row: cells for row, cells in found.items() if row in empty} == empty
    assert set(found) - set(empty) <= {n for n, (_, end) in enumerate(rows, 1) if end == ",x"}
