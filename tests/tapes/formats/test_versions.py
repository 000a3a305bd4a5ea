"""A renamed header is a version of its format; an unknown one is told the nearest known name."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tapes import TapeError
from tapes.recognise.fit import fit_formats
from tapes.recognise.load import detect_format, load_formats
from tests.tapes.formats.mini import HEAD, load_format, problems, read_files, rows

FORMAT = (
    HEAD
    + """
[source]
loan = { type = "text", critical = true }
balance = { type = "money", critical = true, headers = ["Balance"] }
note = { type = "text", optional = true }
[canonical]
as_of_date = "close_date"
loan_id = "loan"
closing_balance = "balance"

[[version]]
from = 2017-01-31
[version.source]
balance = { headers = ["Closing balance"] }

[[version]]
from = 2018-01-01
[version.csv]
delimiter = ";"
[version.number]
decimal = ","
[version.source]
balance = { headers = ["Outstanding"] }
[version.canonical]
closing_balance = "balance * 2"
"""
)
FIRST = b"loan,Balance\nA,1.00\n"
SECOND = b"loan,Closing balance\nA,2.00\n"
THIRD = b"loan;Outstanding\nA;1,50\n"


@pytest.mark.parametrize(
    ("month_end", "data", "expected"),
    [
        (date(2016, 12, 31), FIRST, "1.00"),
        (date(2017, 1, 31), SECOND, "2.00"),
        (date(2017, 12, 31), SECOND, "2.00"),
        (date(2018, 1, 31), THIRD, "3.00"),
    ],
)
def test_a_file_is_read_in_the_version_of_its_month(
    tmp_path: Path, month_end: date, data: bytes, expected: str
) -> None:
    connection, _ = read_files(tmp_path, FORMAT, {"x.csv": data}, month_end)
    assert rows(connection, "loan_id, closing_balance") == [("A", Decimal(expected))]


def test_a_file_of_another_version_than_its_month_is_refused_and_without_a_month_is_told(
    tmp_path: Path,
) -> None:
    words = r"column balance is missing \(nearest in the file: 'Balance'\)"
    with pytest.raises(TapeError, match=words):
        read_files(tmp_path, FORMAT, {"x.csv": FIRST}, date(2017, 6, 30))
    mini = load_format(tmp_path, FORMAT)
    for data, header in ((FIRST, "Balance"), (SECOND, "Closing balance"), (THIRD, "Outstanding")):
        path = tmp_path / "y.csv"
        path.write_bytes(data)
        [fit] = fit_formats(path, [mini])
        assert fit.objections == ()
        assert fit.tape_format.columns[1].headers[-1] == header


def test_what_is_wrong_with_a_version_is_told_with_its_place(tmp_path: Path) -> None:
    text = FORMAT.replace('"balance * 2"', '"balance / 2"')
    assert problems(tmp_path, text) == [
        "mini.toml: version.1.canonical.closing_balance: it is DOUBLE, expected money (DECIMAL(18,2)); "
        "a float, as `/` gives, loses cents: multiply by a decimal such as 0.5 instead"
    ]
    text = FORMAT.replace("[version.number]\ndecimal", "[version.number]\ncomma")
    assert problems(tmp_path, text) == [
        "mini.toml: version.1.number.comma: unknown key, expected one of decimal, exponent, marks, "
        "parentheses, thousands, trailing_minus"
    ]
    text = FORMAT.replace("from = 2018-01-01", "from = 2016-01-01")
    assert "every [[version]] with a later `from` than the last" in problems(tmp_path, text)[0]
    text = FORMAT.replace("from = 2018-01-01", 'from = "2018"')
    assert problems(tmp_path, text)[0].startswith("mini.toml: version.1.from: found '2018'")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("loan,BALANCE", "column balance is missing (nearest in the file: 'BALANCE')"),
        ("loan,Balanse", "column balance is missing (nearest in the file: 'Balanse')"),
        ("Loan no.,Balance", "column loan is missing (nearest in the file: 'Loan no.')"),
        ("loan,x", "column balance is missing (also called 'Balance'); found the header"),
        ("loan,Balance,Balance", "column Balance is there twice"),
    ],
)
def test_an_unknown_header_is_told_the_nearest_known_name_and_that_a_toml_can_describe_it(
    tmp_path: Path, header: str, words: str
) -> None:
    with pytest.raises(TapeError) as caught:
        read_files(tmp_path, FORMAT, {"x.csv": f"{header}\nA,1.00\n".encode()}, date(2016, 6, 30))
    assert words in str(caught.value)
    assert "describe it in a TOML of its own (docs/formats.md)" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_columns_of_one_name_are_told_apart_by_their_number(tmp_path: Path) -> None:
    text = FORMAT.replace('headers = ["Balance"]', 'headers = ["Balance#2"]')
    data = b"loan,Balance,Filler,Balance,Filler\nA,1.00,,2.00,\n"
    connection, _ = read_files(tmp_path, text, {"x.csv": data}, date(2016, 6, 30))
    assert rows(connection, "closing_balance") == [(Decimal(2),)]
    unknown = connection.sql("select unknown_columns from landed.tape_file").fetchall()
    assert unknown == [("Balance#1, Filler#1, Filler#2",)]


def test_a_format_of_which_a_file_has_no_column_comes_after_those_of_which_it_has_some(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("借据号,期末余额,loan_id,closing_balance\n1,2,3,4\n")
    assert fit_formats(path, load_formats().values())[0].tape_format.id == "canonical"


def test_a_file_that_has_nothing_of_several_formats_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    allowed = ["card_status", "canonical", "sec_abs_ee_auto"]
    with pytest.raises(TapeError) as refused:
        detect_format(path, load_formats(), allowed)
    assert str(refused.value) == (
        "x.csv: it has no column of card_status, canonical; found the header 'a,b': describe it in a TOML of "
        "its own (docs/formats.md), which `tapehouse formats draft` begins"
    )


def test_each_format_says_why_a_file_is_not_in_it_the_nearest_first(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("ID,MONTHS_BALANCE,STATUS\n1,0,C\n")
    fits = fit_formats(path, load_formats().values())
    assert [(fit.tape_format.id, fit.objections) for fit in fits[:1]] == [("card_status", ())]
    reasons = {fit.tape_format.id: fit.objections for fit in fits}
    assert reasons["sec_abs_ee_auto"] == ("it is CSV, expected xml",)
    assert "column LIMIT_BAL is missing" in reasons["taiwan_cards"]
    assert all(reasons[name] for name in reasons if name != "card_status")
