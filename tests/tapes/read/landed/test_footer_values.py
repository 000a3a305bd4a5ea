"""What a file's footer states of its rows is compared with what was read, as a control file's figures are."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations.counts import measure
from expectations.rules.tape.delivery import total_rules
from flows.desk.formats import describe_read
from tapes import TapeError
from tapes.read.dry import Stated, dry_read
from tapes.read.landed.totals import total_tape
from tests.tapes.formats.mini import HEAD, load_format, problems, read_files
from tests.tapes.formats.test_joins import zipped
from tests.tapes.open.wrapped import workbook

FORMAT = (
    HEAD
    + """
[number]
thousands = ","
marks = "¥"
[csv]
footer = ["Rows", "Total"]
[csv.footer_values]
row_count = { line = "Rows", cell = 1, pattern = "Rows: (.*)" }
closing_balance = { line = "Total", cell = 3, unit = "thousand" }
[excel]
footer = "合计"
footer_values = { row_count = { cell = 2 }, closing_balance = { cell = 3 } }
[source]
day = { type = "date", critical = true }
loan = { type = "text", critical = true }
balance = { type = "money", critical = true }
[canonical]
as_of_date = "day"
loan_id = "loan"
closing_balance = "balance"
"""
)
ROWS = 'day,loan,balance\n2017-06-30,A,1000.00\n2017-06-30,B,"1,234.50"\n'
FOOTER = 'Rows: 2,,\nTotal,,"¥2.2345"\n'
TEXT = ROWS + FOOTER


def judged(folder: Path, text: str, name: str = "x.csv") -> dict[str, str]:
    """The failed rules on the tape's totals, each with what it says of its first failing row."""
    connection, _ = read_files(folder, FORMAT, {name: text.encode()})
    return failed(connection)


def failed(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    connection.execute("create table landed.failed_row (first_rule_id varchar, tape_sha256 varchar, "
                       "row_number bigint)")  # fmt: skip
    total_tape(connection)
    counts = measure(connection, total_rules())
    return {rule: count.example for rule, count in counts.items() if count.failing_count}


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r\r\n"])
def test_a_footer_that_states_what_was_read_fails_no_rule_and_needs_no_control_file(
    tmp_path: Path, line_break: str
) -> None:
    assert judged(tmp_path, TEXT.replace("\n", line_break)) == {}


def test_another_count_or_total_than_was_read_stops_with_file_line_and_both_values(
    tmp_path: Path,
) -> None:
    text = TEXT.replace("Rows: 2", "Rows: 3").replace("2.2345", "2.23451")
    assert judged(tmp_path, text) == {
        "control_row_count_differs": "control_row_count 3, row_count 2, control_row_text stated 3 "
        "(x.csv, footer in line 4) read 2",
        "control_total_differs": "control_difference_count 1, control_difference_text closing_balance "
        "stated 2234.51 (x.csv, footer in line 5) read 2234.5",
    }


def test_a_malformed_row_counts_as_a_row_and_adds_to_no_total(tmp_path: Path) -> None:
    text = TEXT.replace("\n2017-06-30,B", "\nshort\n2017-06-30,B").replace("Rows: 2", "Rows: 3")
    assert "control_row_count_differs" not in judged(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2.2345", "2.2E45", "closing_balance in cell 3 of its footer in line 5 is '¥2.2E45', expected"),
        ("2.2345", "2.2345000001", "is '¥2.2345000001', expected a total in thousand of at most"),
        (',,"¥2.2345"', "", "closing_balance in cell 3 of its footer in line 5 is '', expected"),
        ("Rows: 2,", "Rows: ,", "row_count in cell 1 of its footer in line 4 is 'Rows: ', expected"),
        ("Rows: 2,", "Rows 2,", "is 'Rows 2', expected a whole number of rows; send the file"),
        ("Rows: 2,", "Rows: 2.5,", "is 'Rows: 2.5', expected a whole number"),
        ("Rows: 2,,\n", "", "0 lines of its footer begin with 'Rows', expected one, which states row_count"),
        ("Rows: 2,,\n", "Rows: 1,,\nRows: 1,,\n", "2 lines of its footer begin with 'Rows', expected one"),
        (FOOTER, "", "its last line does not begin with 'Rows' or 'Total', the footer of a whole file"),
    ],
)  # fmt: skip
def test_a_figure_that_is_not_there_or_is_no_number_refuses_the_file_in_one_line(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    with pytest.raises(TapeError) as refused:
        judged(tmp_path, TEXT.replace(old, new))
    assert str(refused.value).startswith("x.csv: ")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"row_count": 2, "totals": {"closing_balance": "2234.50"}}, ""),
        ({"row_count": 3}, "its footer in line 4 states row_count 2, its control file 3, expected the same"),
        (
            {"totals": {"closing_balance": "1"}},
            "its footer in line 5 states closing_balance 2234.5, its control file 1, expected the same; ask",
        ),
    ],
)  # fmt: skip
def test_a_control_file_beside_a_footer_must_say_the_same(
    tmp_path: Path, said: dict[str, object], words: str
) -> None:
    (tmp_path / "x.csv.control.json").write_text(json.dumps(said))
    if not words:
        assert judged(tmp_path, TEXT) == {}
        return
    with pytest.raises(TapeError, match=f"^x.csv: {words}"):
        judged(tmp_path, TEXT)


def test_a_total_that_a_control_file_states_alone_is_compared(tmp_path: Path) -> None:
    text = FORMAT.replace("[csv.footer_values]", "[[version]]\nfrom = 2099-12-31\n[version.month]")
    text = text.replace('row_count = { line = "Rows", cell = 1, pattern = "Rows: (.*)" }\n', "")
    text = text.replace('closing_balance = { line = "Total", cell = 3, unit = "thousand" }\n', "")
    (tmp_path / "x.csv.control.json").write_text('{"totals": {"closing_balance": "1.01"}}')
    connection, _ = read_files(tmp_path, text, {"x.csv": TEXT.encode()})
    found = failed(connection)
    assert found.keys() == {"control_file_absent", "control_total_differs"}
    assert "closing_balance stated 1.01 (x.csv, control file) read 2234.5" in str(found)


def test_a_file_that_lacks_rows_is_found_where_another_file_states_nothing_or_has_them_too_many(
    tmp_path: Path,
) -> None:
    (tmp_path / "b.csv.control.json").write_text('{"row_count": 2}')
    more = TEXT.replace("Rows: 2", "Rows: 1").replace(",A,", ",C,").replace(",B,", ",D,")
    less = TEXT.replace("Rows: 2", "Rows: 3")
    connection, _ = read_files(tmp_path, FORMAT, {"a.csv": less.encode(), "c.csv": more.encode()})
    assert failed(connection)["control_row_count_differs"].endswith(
        "stated 3 (a.csv, footer in line 4) read 2, stated 1 (c.csv, footer in line 4) read 2"
    )


def test_the_footers_of_parts_in_an_archive_are_summed(tmp_path: Path) -> None:
    text = FORMAT + "[zip]\nparts = true\n"
    parts = {"a__csv": TEXT.encode(), "b__csv": TEXT.replace("Rows: 2", "Rows: 5").encode()}
    connection, _ = read_files(tmp_path, text, {"x.zip": zipped(**parts)})
    assert failed(connection) == {
        "control_row_count_differs": "control_row_count 7, row_count 4, control_row_text stated 7 "
        "(x.zip, footers of 2 parts) read 4"
    }
    parts["b__csv"] = TEXT.replace("2.2345", "x").encode()
    with pytest.raises(TapeError, match=r"of its footer in line 5 of b\.csv is '¥x', expected"):
        read_files(tmp_path, text, {"y.zip": zipped(**parts)})


def test_the_footer_of_a_sheet_is_compared_and_a_dry_read_shows_both(tmp_path: Path) -> None:
    day = date(2017, 6, 30)
    lines = [["day", "loan", "balance"], [day, "A", 1], [day, "B", 2], ["合计", 2, 3.5]]
    (tmp_path / "x.xlsx").write_bytes(workbook(lines))
    tape_format = load_format(tmp_path, FORMAT)
    found = dry_read([tmp_path / "x.xlsx"], [tape_format], tmp_path / "scratch")
    place = "footer in line 4"
    assert found.stated == [
        Stated("x.xlsx", place, "closing_balance", Decimal("3.5"), Decimal(3)),
        Stated("x.xlsx", place, "row_count", Decimal(2), Decimal(2)),
    ]
    shown = [part for part in describe_read(found, tape_format) if isinstance(part, str)]
    assert shown[1:3] == [
        "differs: stated closing_balance 3.5, the footer in line 4 of x.xlsx; read 3: a close stops at it",
        "as stated: row_count 2, the footer in line 4 of x.xlsx",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('footer = ["Rows", "Total"]\n', "", "csv: expected `footer` beside `footer_values`"),
        ('line = "Total"', 'line = "Sum"', "closing_balance.line: 'Sum' begins no line of `footer`"),
        ("\nclosing_balance =", "\ninterest_paid =", "interest_paid: no amount of [canonical] in"),
        ("\nclosing_balance =", "\nloan_id =", "csv.footer_values.loan_id: no amount of [canonical]"),
        ("[csv]", "[month]\nmany = true\n[csv]", "closing_balance: a total of all months, of which"),
        ("cell = 1,", 'cell = 1, unit = "cent",', "row_count.unit: rows are counted in ones"),
        ("(.*)", ".*", "row_count.pattern: found 'Rows: .*', expected a regular expression"),
        ("cell = 3", "cell = 0", "csv.footer_values.closing_balance.cell: found 0"),
        ("cell = 3", "column = 3", "closing_balance.column: unknown key, expected one of cell, line"),
    ],
)  # fmt: skip
def test_a_format_that_states_figures_wrongly_is_refused_by_key(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    found = "\n".join(problems(tmp_path, FORMAT.replace(old, new, 1)))
    assert words in found
