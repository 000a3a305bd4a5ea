"""A tape of balances alone: what is worked out of it, of how many loans, and what is refused."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tapes import TapeError
from tapes.land.landed import LandedTape
from tapes.land.tape import land_tape
from tapes.read.landed.balances import check_says_cash
from tests.tapes.formats.mini import load_format, problems, read_files, rows

FORMAT = """
id = "mini"
title = "Balances alone"
containers = ["csv"]

[csv]
delimiter = ";"

[month]
balances_only = true
principal = "fall_of_balance"
interest = "control_total"

[source]
day = { type = "date", pattern = "%y%m%d", critical = true }
loan = { type = "text", critical = true }
owed = { type = "money", critical = true, number = { decimal = "," } }
rate = { type = "rate", unit = "percent" }
ends = { type = "date", pattern = "%y%m%d" }
state = { type = "text" }

[canonical]
as_of_date = "day"
loan_id = "loan"
closing_balance = "owed"
annual_rate = "rate"
maturity_date = "ends"
fee_paid = "0"
recovery_amount = "0"
status_code = "case state when 'A' then 'current' when 'R' then 'repurchased' when 'W' then 'written_off' end"
"""
LINES = (
    "day;loan;owed;rate;ends;state",
    "170630;falls;900,00;12;190101;A",
    "170630;ends early;0;12;190101;A",
    "170630;ends;0;12;170615;A",
    "170630;rises;1100,50;12;190101;A",
    "170630;lost;0;12;190101;W",
    "170630;taken back;0;12;190101;R",
    "170630;new;500,00;12;190101;A",
)
FLOWS = (
    "opening_balance, scheduled_principal_paid, prepaid_principal_paid, overdue_principal_paid, "
    "write_off_amount, unexplained_amount"
)


def read(
    folder: Path, text: str = FORMAT, lines: tuple[str, ...] = LINES, interest: str = "100.01"
) -> duckdb.DuckDBPyConnection:
    """The tape as a close reads it, without a last line break: each loan closed at 1,000.00 last month."""
    connection = duckdb.connect()
    connection.execute("create table last_month (loan_id varchar, closing_balance decimal(18, 2))")
    for line in lines[1:]:
        if (loan := line.split(";")[1]) != "new":
            connection.execute("insert into last_month values (?, 1000)", [loan])
    folder.mkdir(exist_ok=True)
    control = folder / "x.csv.control.json"
    control.write_text(json.dumps({"totals": {"interest_paid": interest}}), encoding="utf-8")
    files = {"x.csv": "\n".join(lines).encode()}
    read_files(folder, text, files, last_balances="last_month", connection=connection)
    return connection


def test_principal_is_the_fall_of_the_balance_and_a_rise_or_a_loss_is_none(tmp_path: Path) -> None:
    assert problems(tmp_path, FORMAT) == []
    found = rows(read(tmp_path / "tape"), f"loan_id, {FLOWS}")
    zero, full = Decimal(0), Decimal(1000)
    assert found == [
        ("falls", full, Decimal(100), zero, zero, zero, zero),
        ("ends early", full, zero, full, zero, zero, zero),
        ("ends", full, full, zero, zero, zero, zero),
        ("rises", full, zero, zero, zero, zero, Decimal("100.50")),
        ("lost", full, zero, zero, zero, full, zero),
        ("taken back", full, zero, zero, zero, zero, zero),
        ("new", Decimal(500), zero, zero, zero, zero, zero),
    ]


def test_interest_is_the_control_files_total_to_the_cent(tmp_path: Path) -> None:
    connection = read(tmp_path)
    found = dict(rows(connection, "loan_id, interest_paid"))
    assert sum(found.values()) == Decimal("100.01")
    # 6 loans opened at 1,000.00 and one at 500.00, all at 12 %; 100.01 / 6.5 = 15.386...
    assert found["falls"] == Decimal("15.39")
    assert found["new"] == Decimal("7.69")
    totals = connection.sql("select stated_total = read_total from landed.control_total")
    assert totals.fetchall() == [(True,)]


def test_what_is_worked_out_is_on_record_with_the_number_of_loans(tmp_path: Path) -> None:
    found = (
        read(tmp_path)
        .sql("select item_name, row_count from landed.remark where remark_code = 'inferred'")
        .fetchall()
    )
    every = ("opening_balance", "scheduled_principal_paid", "prepaid_principal_paid")
    every += ("overdue_principal_paid", "write_off_amount", "interest_paid")
    assert dict(found) == {name: 7 for name in every} | {"unexplained_amount": 1}


def test_what_the_tape_states_is_not_worked_out(tmp_path: Path) -> None:
    text = FORMAT.replace('fee_paid = "0"', 'fee_paid = "0"\nscheduled_principal_paid = "70.00"')
    connection = read(tmp_path, text, LINES[:2])
    assert rows(connection, "scheduled_principal_paid") == [(Decimal(70),)]
    found = connection.sql("select item_name from landed.remark").fetchall()
    assert ("scheduled_principal_paid",) not in found


def test_interest_that_no_loan_could_have_paid_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        TapeError, match=r"states interest_paid 100.01, expected loans with an opening"
    ):
        read(tmp_path / "a", FORMAT.replace('annual_rate = "rate"\n', ""))
    with pytest.raises(TapeError, match=r"interest_paid -1, expected an amount of whole cents"):
        read(tmp_path / "b", interest="-1")
    assert sum(v for (v,) in rows(read(tmp_path / "c", interest="0"), "interest_paid")) == 0


@pytest.fixture
def tape(tmp_path: Path) -> LandedTape:
    path = tmp_path / "x.csv"
    path.write_text("\n".join(LINES), encoding="utf-8")
    return land_tape(path, "deal", "2017-06", tmp_path / "landed", 0)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'interest = "control_total"\n',
            "",
            'interest_paid, .* say interest = "control_total" under',
        ),
        ('fee_paid = "0"\n', "", 'fee_paid, .* give fee_paid under .canonical., "0" where'),
        (
            'principal = "fall_of_balance"\ninterest = "control_total"\n',
            "",
            'scheduled_principal_paid, .* say principal = "fall_of_balance" under',
        ),
        ("", "", "its control file states no total of interest_paid, expected one"),
    ],
)
def test_cash_that_nothing_says_is_refused_with_what_to_add(
    tmp_path: Path, tape: LandedTape, old: str, new: str, words: str
) -> None:
    with pytest.raises(TapeError, match=words):
        check_says_cash(tape, load_format(tmp_path, FORMAT.replace(old, new)))


def test_a_deal_whose_price_has_interest_in_it_needs_the_interest_that_is_due(
    tmp_path: Path, tape: LandedTape
) -> None:
    with pytest.raises(TapeError, match=r"nothing of interest_due, .* give interest_due under"):
        check_says_cash(tape, load_format(tmp_path, FORMAT), needs_interest_due=True)


def test_a_deal_that_owns_the_whole_first_tape_needs_its_flows(
    tmp_path: Path, tape: LandedTape
) -> None:
    with pytest.raises(TapeError, match="expected flows in the first month"):
        check_says_cash(tape, load_format(tmp_path, FORMAT), takes_tape=True)
