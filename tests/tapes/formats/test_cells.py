"""A cell as a servicer writes it is read exactly where its format says how, and is bad everywhere else."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tapes.recognise.load import load_formats
from tests.tapes.formats.mini import ONE_VALUE, problems, read_files, read_values, rows

D = Decimal


@pytest.mark.parametrize(
    ("column", "keys", "cells", "expected"),
    [
        (
            'type = "money", unit = "万元"',
            "",
            ["1.2345", "12.3", "-0.5"],
            [D("12345.00"), D("123000.00"), D("-5000.00")],
        ),
        (
            'type = "money", unit = "thousand"',
            "",
            ["1.23456", ".5", "12"],
            [D("1234.56"), D("500.00"), D("12000.00")],
        ),
        ('type = "money", unit = "cent"', "", ["123456", "7"], [D("1234.56"), D("0.07")]),
        ('type = "money", unit = "亿元"', "", ["0.0123456789"], [D("1234567.89")]),
        (
            'type = "rate", unit = "percent"',
            "",
            ["4.65", "12", "0.0001"],
            [D("0.046500"), D("0.120000"), D("0.000001")],
        ),
        (
            'type = "rate", unit = "basis_point"',
            "",
            ["465", "12.5"],
            [D("0.046500"), D("0.001250")],
        ),
        ('type = "rate", unit = "per_mille"', "", ["46.5"], [D("0.046500")]),
        (
            'type = "rate", unit = "percent"',
            "[number]\nmarks = '%'",
            ["4%", "4.5 %", "4"],
            [D("0.040000"), D("0.045000"), D("0.040000")],
        ),
        (
            'type = "money"',
            "[number]\nmarks = ['EUR', '¥', '元']",
            ["65000 EUR", "¥1.50", "-¥2", "¥-2", "EUR 3", "7元"],
            [D(65000), D("1.50"), D(-2), D(-2), D(3), D(7)],
        ),
        (
            'type = "money"',
            "[number]\nthousands = ','",
            ["1,234.56", "12,345,678", "99.10", "-1,000"],
            [D("1234.56"), D(12345678), D("99.10"), D(-1000)],
        ),
        (
            'type = "money"',
            "[number]\nthousands = '.'\ndecimal = ','",
            ["1.234,56", "12,5", "1.234.567,00"],
            [D("1234.56"), D("12.50"), D(1234567)],
        ),
        (
            'type = "money"',
            "[number]\nthousands = ' '\ndecimal = ','",
            ["1 234,56", "1\u00a0234,56", "1\u202f234,5"],
            [D("1234.56"), D("1234.56"), D("1234.50")],
        ),
        (
            'type = "money"',
            "[number]\nparentheses = true\nthousands = ','",
            ["(1,234.00)", "5.00"],
            [D("-1234.00"), D("5.00")],
        ),
        (
            'type = "money"',
            "[number]\ntrailing_minus = true",
            ["12.00-", "-12.00"],
            [D("-12.00"), D("-12.00")],
        ),
        (
            'type = "money"',
            "[number]\nexponent = true",
            ["1e+05", "1.2345E3", "-5e-1", "100000"],
            [D(100000), D("1234.50"), D("-0.50"), D(100000)],
        ),
        ('type = "int"', "[number]\nexponent = true", ["1e+05", "12", "12.0"], [100000, 12, 12]),
        ('type = "money", number = { exponent = true }', "", ["1e+05"], [D(100000)]),
        (
            'type = "money"',
            "full_width = true",
            ["１２３４．５６", "－７", "　８　"],
            [D("1234.56"), D(-7), D(8)],
        ),
        (
            'type = "money"',
            "full_width = true\n[number]\nthousands = ','\nmarks = '¥'",
            ["￥１，２３４．５０", "¥1,234.50"],
            [D("1234.50")] * 2,
        ),
        (
            'type = "text"',
            "full_width = true",
            ["专科（高职）", "ＡＢＣ　１"],
            ["专科(高职)", "ABC 1"],
        ),
        ('type = "text"', "", ["CIVIC               ", "  KIA "], ["CIVIC", "KIA"]),
        (
            'type = "date", pattern = ["%Y/%m/%d", "%Y-%m-%d"]',
            "",
            ["2017/6/3", "2017-06-03", "2017/06/03"],
            [date(2017, 6, 3)] * 3,
        ),
        ('type = "date", pattern = "%m/%Y"', "", ["06/2017", "6/2017"], [date(2017, 6, 1)] * 2),
        ('type = "date", pattern = "%m%Y"', "", ["062017"], [date(2017, 6, 1)]),
        ('type = "date", pattern = "%y%m%d"', "", ["170603"], [date(2017, 6, 3)]),
        ('type = "date", pattern = "%Y年%m月%d日"', "", ["2017年6月3日"], [date(2017, 6, 3)]),
        (
            'type = "date", pattern = "%d-%b-%y"',
            "",
            ["03-JUN-17", "3-Jun-17"],
            [date(2017, 6, 3)] * 2,
        ),
        (
            'type = "date", pattern = "excel"',
            "",
            ["42889", "42889.0", "61"],
            [date(2017, 6, 3), date(2017, 6, 3), date(1900, 3, 1)],
        ),
        (
            'type = "date", pattern = ["%Y%m%d", "excel"]',
            "",
            ["20170603", "42889"],
            [date(2017, 6, 3)] * 2,
        ),
        (
            'type = "date", pattern = "months"',
            "[month]\nzero = 2020-03-31",
            ["0", "-1", "-60", "11"],
            [date(2020, 3, 31), date(2020, 2, 29), date(2015, 3, 31), date(2021, 2, 28)],
        ),
        (
            'type = "date", pattern = "days"',
            "[month]\nzero = 2020-03-31",
            ["-12005", "0"],
            [date(1987, 5, 19), date(2020, 3, 31)],
        ),
        (
            'type = "date", pattern = "days"',
            '[month]\nzero = "close_date"',
            ["-1"],
            [date(2017, 6, 29)],
        ),
        (
            'type = "date", pattern = "days"',
            '[month]\nzero = "file_date"\nfile_name = "mini_%Y-%m.csv"',
            ["-1"],
            [date(2017, 6, 29)],
        ),
        ('type = "int", null_texts = ["0", "365243"]', "", ["0", "365243", "10"], [None, None, 10]),
        (
            'type = "money", null_texts = "NA"',
            'null_texts = "None"',
            ["NA", "None", "1"],
            [None, None, D(1)],
        ),
        (
            'type = "date", pattern = "%Y/%m/%d", null_pattern = "[0-9]+天.*"',
            "",
            ["2017/8/6", "19天08时57分"],
            [date(2017, 8, 6), None],
        ),
        (
            'type = "text", codes = ["A", "B C"], null_texts = "NA"',
            "",
            ["A", " B C ", "", "NA"],
            ["A", "B C", None, None],
        ),
        (
            'type = "text", codes = ["专科(高职)"]',
            "full_width = true",
            ["专科（高职）"],
            ["专科(高职)"],
        ),
    ],
)
def test_a_cell_is_read_as_its_format_says(
    tmp_path: Path, column: str, keys: str, cells: list[str], expected: list[Any]
) -> None:
    values, bad = read_values(tmp_path, column, cells, keys)
    assert (values, bad) == (expected, [])


@pytest.mark.parametrize(
    ("column", "keys", "cells"),
    [
        # What is not declared is not read.
        ('type = "money"', "", ["1,234.00", "1e+05", "(5.00)", "¥5", "5-", "１２", "5 EUR"]),
        ('type = "rate"', "", ["4%", "4.65 %"]),
        ('type = "date"', "", ["2017/6/3", "42889", "20170603", "06/2017"]),
        # Nothing is rounded in another unit either.
        ('type = "money", unit = "万元"', "", ["1.2345678", "1e3"]),
        ('type = "rate", unit = "percent"', "", ["4.65001"]),
        ('type = "money", unit = "cent"', "", ["1.5"]),
        ('type = "money"', "[number]\nexponent = true", ["1.23456e0", "1e-3", "1e99", "12e3"]),
        # A separator stands between groups of three, and a point is no decimal sign where a comma is.
        (
            'type = "money"',
            "[number]\nthousands = ','",
            ["1,23", "12,34.00", "1,234,5", ",123", "1234,567"],
        ),
        (
            'type = "money"',
            "[number]\nthousands = '.'\ndecimal = ','",
            ["12.5", "1.23", "1,234.00"],
        ),
        ('type = "money"', "[number]\nmarks = 'EUR'", ["EUR", "5 USD", "EUR EUR EUR 5"]),
        ('type = "money", unit = "万元"', "", ["99999999999999999999"]),
        (
            'type = "date", pattern = "%Y/%m/%d"',
            "",
            ["2017/13/1", "2017/2/30", "19天08时57分", "2017/6/3 x"],
        ),
        ('type = "date", pattern = "excel"', "", ["60", "42889.5", "-1", "99999999"]),
        ('type = "date", pattern = "months"', "[month]\nzero = 2020-03-31", ["1.5", "x"]),
        ('type = "int", null_texts = "0"', "", ["00x"]),
        ('type = "text", codes = ["A", "B"]', "", ["a", "A,B", "A, B", "D", "-"]),
    ],
)
def test_a_cell_of_another_shape_is_bad_with_its_text(
    tmp_path: Path, column: str, keys: str, cells: list[str]
) -> None:
    values, bad = read_values(tmp_path, column, cells, keys)
    assert (values, bad) == ([None] * len(cells), cells)


CODES = 'type = "text", codes = ["A", "B"]'


@pytest.mark.parametrize(("key", "set_aside"), [("", 0), (", critical = true", 1)])
def test_of_a_critical_column_a_code_that_is_not_listed_sets_its_row_aside(
    tmp_path: Path, key: str, set_aside: int
) -> None:
    text = ONE_VALUE.format(keys="", column=CODES + key, target="region_code")
    tape = b"loan,value\n1,A\n2,C\n3,\n"
    connection, count = read_files(tmp_path, text, {"mini.csv": tape})
    assert (count.bad_cell_count, count.critical_row_count) == (1, set_aside)
    assert rows(connection, "region_code") == [("A",), (None,), (None,)]
    bad = connection.sql("select row_number, cell_text, expected_type from landed.bad_cell")
    assert bad.fetchall() == [(2, "C", "one of A, B")]


def test_a_code_that_is_a_number_in_parquet_is_one_of_the_list_too(tmp_path: Path) -> None:
    column = 'type = "text", codes = ["1", "2"]'
    text = ONE_VALUE.format(keys="", column=column, target="region_code")
    tape = tmp_path / "made.parquet"
    pl.DataFrame({"loan": ["a", "b", "c"], "value": [1, 3, None]}).write_parquet(tape)
    connection, count = read_files(tmp_path / "read", text, {"mini.parquet": tape.read_bytes()})
    assert rows(connection, "region_code") == [("1",), (None,), (None,)]
    assert count.bad_cell_count == 1


def test_the_codes_of_the_canonical_tape_are_left_to_the_rules_which_know_those_of_a_deal() -> None:
    formats = load_formats()
    listed = {
        name: {column.name for column in formats[name].columns if column.codes}
        for name in ("canonical", "esma_annex_6")
    }
    assert listed == {"canonical": set(), "esma_annex_6": {"amortisation", "account_status"}}


def test_an_empty_cell_is_not_known_however_numbers_are_dressed(tmp_path: Path) -> None:
    keys = "full_width = true\n[number]\nthousands = ','\nmarks = '¥'\nexponent = true"
    assert read_values(tmp_path, 'type = "money"', ["", " ", "　"], keys) == ([None] * 3, [])


@pytest.mark.parametrize(
    ("column", "keys", "words"),
    [
        (
            'type = "money", unit = "dozen"',
            "",
            "source.value.unit: found 'dozen', expected one of percent",
        ),
        ('type = "int", unit = "percent"', "", "a unit only of a column of type money or rate"),
        ('type = "date", pattern = "weeks"', "", "a pattern of strptime such as '%d.%m.%Y'"),
        ('type = "date", pattern = ["%d/%m/%Y", "%m/%d/%Y"]', "", "as two days; keep one of them"),
        ('type = "date", pattern = ["%Y-%m-%d", "%Q"]', "", "source.value.pattern"),
        (
            'type = "date", pattern = "months"',
            "",
            "counted from no date; state `zero` under [month]",
        ),
        (
            'type = "text", number = { exponent = true }',
            "",
            "`number` only of a column of type money",
        ),
        ('type = "money", null_pattern = "("', "", "a regular expression"),
        ('type = "money", stored_as = "DOUBLE"', "", "a type such as 'DECIMAL(18,2)'"),
        ('type = "money"', "[number]\nthousands = '.'", "another character for `thousands`"),
        ('type = "money"', "[number]\nthousands = '1'", "one character that no number holds"),
        (
            'type = "money"',
            "[number]\ncomma = true",
            "unknown key, expected one of decimal, exponent, marks",
        ),
        (
            'type = "money", number = { comma = true }',
            "",
            "unknown key, expected one of decimal, exponent",
        ),
        (
            'type = "money"',
            "[month]\nzero = 'today'",
            "a date, or one of 'file_date', 'close_date'",
        ),
        (
            'type = "money"',
            "[month]\nzero = 'file_date'",
            "no `file_name` says how the date stands in it",
        ),
        ('type = "money"', "[month]\nfile_name = '*.csv'", "a name with one year"),
        ('type = "money"', "[month]\nlatest = 'absent'", "month.latest"),
        ('type = "text", codes = [" A"]', "", "codes without blanks around them"),
        (
            'type = "text", codes = ["A", "NA"]',
            'null_texts = "NA"',
            "source.value.codes: 'NA' stands for nothing known; leave it out",
        ),
        (
            'type = "text", codes = ["（高职）"]',
            "full_width = true",
            "has full-width characters, and cells are read without them; write it plain",
        ),
        ('type = "money", table = "other"', "", "no [join.other] says what it is; state one"),
        ('type = "money", headers = ["B{n}"]', "", "a header with {n} and no [group]"),
        ('type = "money"', "[group]\nlast = 3", "no column has a header with {n}"),
    ],
)
def test_a_key_that_cannot_be_used_is_named(
    tmp_path: Path, column: str, keys: str, words: str
) -> None:
    text = ONE_VALUE.format(keys=keys, column=column, target="closing_balance")
    if 'type = "date"' in column or 'type = "text"' in column or 'type = "int"' in column:
        text = text.replace('closing_balance = "value"', "")
    found = problems(tmp_path, text)
    assert len(found) == 1 and words in found[0], found
    assert found[0].startswith("mini.toml: ")
