"""The custodian's statement of a month: lines that can be taken, and the one that counts."""

from decimal import Decimal
from pathlib import Path

import pytest

from flows.entries.evidence import EntryRefused
from flows.entries.statements import (
    COLUMNS,
    StatedAccount,
    find_statement,
    land_statement,
    last_statement,
    read_statement,
)
from flows.home import Home
from flows.refusals import CloseRefused
from tapes import TapeError

HEADER = ",".join(COLUMNS)
ACCOUNTS = ("collection", "reserve")


def written(folder: Path, text: str) -> Path:
    path = folder / "statement.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_cell_is_unknown_and_no_zero(tmp_path: Path) -> None:
    file = written(tmp_path, f"\ufeff{HEADER}\nreserve,10.00, 0 ,,\n\ncollection,5,1.5,2,4.50\n")
    assert read_statement(file, ACCOUNTS) == (
        StatedAccount(2, "reserve", Decimal(10), Decimal(0), None, None),
        StatedAccount(4, "collection", Decimal(5), Decimal("1.5"), Decimal(2), Decimal("4.5")),
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("account,opening_balance,inflow,outflow,closing_balance", "columns account, opening_balance"),
        (f"{HEADER}\nother,1,,,", "line 2: account 'other' is none of the deal's, expected one of "),
        (f"{HEADER}\nreserve,1,,,\nreserve,1,,,", "line 3: account 'reserve' stands in line 2"),
        (f"{HEADER}\nreserve,1", "line 2: 2 cells, expected account_code, opening_balance"),
        (f"{HEADER}\n,1,,,", "line 2: no account_code"),
        (f'{HEADER}\nreserve,"1,000.00",,,', "line 2: opening_balance '1,000.00', expected an amount"),
        (f"{HEADER}\nreserve,,1e3,,", "line 2: inflow '1e3', expected an amount"),
        (f"{HEADER}\nreserve,,,0.001,", "line 2: outflow '0.001', expected an amount"),
        (f"{HEADER}\nreserve,1\x1b,,,", "line 2: opening_balance: character 2 is U+001B"),
        (f"{HEADER}\nreserve,10,5,4,12", "opening + inflow - outflow is 11.00, expected the closing "),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_taken_is_named(tmp_path: Path, lines: str, expected: str) -> None:
    with pytest.raises((TapeError, CloseRefused)) as refused:
        read_statement(written(tmp_path, f"{lines}\n"), ACCOUNTS)
    assert expected in str(refused.value)
    assert str(refused.value).startswith("statement.csv")
    assert "\n" not in str(refused.value)


def test_the_last_statement_counts_and_one_without_accounts_takes_it_back(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert find_statement(home, "deal", "2017-07") is None
    for text in ("reserve,1,,,", "reserve,2,,,"):
        land_statement(written(tmp_path, f"{HEADER}\n{text}\n"), "deal", "2017-07", home)
    found = find_statement(home, "deal", "2017-07")
    assert found is not None
    assert (found.order, found.accounts[0].opening_balance) == (2, 2)
    land_statement(written(tmp_path, f"{HEADER}\n"), "deal", "2017-07", home)
    assert find_statement(home, "deal", "2017-07") is None
    assert last_statement(home, "deal", "2017-07") is not None
    assert find_statement(home, "deal", "2017-08") is None


def test_a_statement_that_was_changed_since_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    land_statement(written(tmp_path, f"{HEADER}\nreserve,1,,,\n"), "deal", "2017-07", home)
    (kept,) = home.statements.glob("*/*/*/statement/statement.csv")
    kept.write_text(f"{HEADER}\nreserve,2,,,\n")
    with pytest.raises(
        EntryRefused, match=r"2017-07: the custodian's statement, .* is .*, expected SHA"
    ):
        find_statement(home, "deal", "2017-07")
