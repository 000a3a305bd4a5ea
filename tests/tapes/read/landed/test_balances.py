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
from tapes.read.landed.decided import Correction, correct_rows
from tests.tapes.formats.mini import CUT_OFF, load_format, problems, read_files, rows

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
    """The tape as a close reads it, without a last line break: last month each loan had 1,000.00 at 6 %."""
    connection = duckdb.connect()
    connection.execute(
        "create table last_month (loan_id varchar, closing_balance decimal(18, 2), annual_rate decimal(9, 6))"
    )
    for loan in {line.split(";")[1] for line in lines[1:]}:
        if loan != "new":
            rate = "null" if loan == "no rate" else "0.06"
            connection.execute(f"insert into last_month values (?, 1000, {rate})", [loan])
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


def test_interest_may_be_the_total_of_the_footer(tmp_path: Path, tape: LandedTape) -> None:
    footer = '[csv]\nfooter = "Sum"\nfooter_values = { interest_paid = { cell = 2 } }\n'
    text = FORMAT.replace("[csv]\n", footer)
    check_says_cash(tape, load_format(tmp_path, text))
    connection = read(tmp_path / "tape", text, (*LINES, "Sum;100.01;;;;"))
    assert sum(dict(rows(connection, "loan_id, interest_paid")).values()) == Decimal("100.01")
    words = "select remark_text from landed.remark where item_name = 'interest_paid'"
    assert connection.sql(words).fetchall() == [
        ("the footer in line 9's total, by opening balance times rate",)
    ]


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
    with pytest.raises(TapeError, match=r"interest_paid of 100.01 more than its rows, expected"):
        read(tmp_path / "a", lines=tuple(line.replace(";12;", ";0;") for line in LINES))
    with pytest.raises(TapeError, match=r"interest_paid -1, expected an amount of whole cents"):
        read(tmp_path / "b", interest="-1")
    assert sum(v for (v,) in rows(read(tmp_path / "c", interest="0"), "interest_paid")) == 0


def test_interest_of_a_loan_whose_weight_is_unknown_is_refused_and_not_zero(tmp_path: Path) -> None:
    no_rate = "170630;no rate;900,00;;190101;A"
    with pytest.raises(
        TapeError, match=r"is unknown in 1 rows, first row 8, loan no rate, expected"
    ):
        read(tmp_path / "a", lines=(*LINES, no_rate))
    with pytest.raises(TapeError, match=r"row 7, loan new, .* annual_rate under .canonical."):
        read(tmp_path / "b", FORMAT.replace('annual_rate = "rate"\n', ""))
    new = "170630;new;;12;190101;A"
    with pytest.raises(TapeError, match=r"is unknown in 1 rows, first row 2"):
        read(tmp_path / "c", lines=(*LINES[:2], new))
    # What owes nothing bears nothing, at whatever rate.
    nothing = "170630;new;0;;190101;A"
    found = dict(rows(read(tmp_path / "d", lines=(*LINES[:2], nothing)), "loan_id, interest_paid"))
    assert found == {"falls": Decimal("100.01"), "new": 0}


def test_a_blank_rate_takes_its_part_by_last_months_and_stays_blank(tmp_path: Path) -> None:
    blank = "170630;blank;900,00;;190101;A"
    connection = read(tmp_path, lines=(*LINES[:2], blank), interest="90.00")
    # Both opened at 1,000.00: one at 12 %, the other at 6 % last month.
    assert rows(connection, "loan_id, annual_rate, interest_paid") == [
        ("falls", Decimal("0.12"), Decimal(60)),
        ("blank", None, Decimal(30)),
    ]
    noted = connection.sql(
        "select remark_text, row_count from landed.remark where item_name = 'interest_paid'"
    )
    words = "the control file's total, by opening balance times rate, in 1 rows last month's"
    assert noted.fetchall() == [(words, 2)]
    assert "last_rate" not in connection.sql("from landed.tape_row limit 0").columns


STATES_INTEREST = FORMAT.replace("[canonical]", '[canonical]\ninterest_paid = "paid"').replace(
    "state = {", 'paid = { type = "money", number = { decimal = "," } }\nstate = {'
)


def test_what_the_tape_states_of_interest_is_taken_off_the_total_first(tmp_path: Path) -> None:
    lines = ("day;loan;owed;rate;ends;paid;state", "170630;falls;900,00;12;190101;40,00;A")
    lines += ("170630;ends;0;12;170615;;A",)
    connection = read(tmp_path / "a", STATES_INTEREST, lines)
    found = dict(rows(connection, "loan_id, interest_paid"))
    assert found == {"falls": Decimal(40), "ends": Decimal("60.01")}
    totals = connection.sql("select stated_total = read_total from landed.control_total")
    assert totals.fetchall() == [(True,)]
    with pytest.raises(TapeError, match=r"interest_paid 39.99, expected at least the 40.00"):
        read(tmp_path / "b", STATES_INTEREST, lines, "39.99")
    with pytest.raises(TapeError, match=r"interest_paid of 60.01 more than its rows"):
        read(tmp_path / "c", STATES_INTEREST, lines[:2])


def test_a_copy_of_a_row_takes_no_part_of_the_interest_and_stays_a_copy(tmp_path: Path) -> None:
    copies = (*LINES, LINES[1], LINES[3], LINES[3])
    connection = read(tmp_path / "copies", lines=copies)
    assert set(rows(connection, "loan_id, interest_paid")) == set(
        rows(read(tmp_path / "one"), "loan_id, interest_paid")
    )
    assert len(rows(connection, "distinct * exclude (row_number)")) == len(LINES) - 1
    totals = connection.sql("select stated_total = read_total from landed.control_total")
    assert totals.fetchall() == [(True,)]


def test_rows_without_a_loan_are_copies_of_none(tmp_path: Path) -> None:
    nameless = ("170630;;900,00;12;190101;A", '170630;" ";900,00;12;190101;A')
    nameless += tuple(line.replace("900", "800") for line in nameless)
    connection = read(tmp_path, lines=(*LINES[:2], *nameless))
    assert sum(v for (v,) in rows(connection, "interest_paid")) == Decimal("100.01")
    totals = connection.sql("select stated_total = read_total from landed.control_total")
    assert totals.fetchall() == [(True,)]


def test_a_loan_of_two_rows_that_differ_is_named_where_interest_is_allotted_to_it(
    tmp_path: Path,
) -> None:
    other = LINES[2].replace(";0;", ";1,00;")
    with pytest.raises(TapeError, match="loan ends early comes twice with differing contents"):
        read(tmp_path, lines=(*LINES, other))


PRINCIPAL_ALONE = FORMAT.replace('interest = "control_total"\n', "").replace(
    "[canonical]", '[canonical]\ninterest_paid = "0"'
)


def test_of_an_unknown_closing_balance_nothing_is_worked_out(tmp_path: Path) -> None:
    lines = (*LINES[:3], "170630;unread;?;12;190101;A", "170630;new;;12;190101;A")
    connection = read(tmp_path, PRINCIPAL_ALONE, lines, "0")
    found = {loan: flows for loan, *flows in rows(connection, f"loan_id, {FLOWS}")}
    assert found["unread"] == [Decimal(1000), None, None, None, None, None]
    assert found["new"] == [None] * 6
    counts = dict(connection.sql("select item_name, row_count from landed.remark").fetchall())
    assert counts == {
        "opening_balance": 3,
        "scheduled_principal_paid": 2,
        "prepaid_principal_paid": 2,
        "overdue_principal_paid": 2,
        "write_off_amount": 2,
    }


def test_a_corrected_line_of_balances_lacks_the_flows_that_were_not_given(tmp_path: Path) -> None:
    connection = read(tmp_path, PRINCIPAL_ALONE, (LINES[0], "170630;ends;0;12", LINES[1]), "0")
    canonical = load_format(tmp_path, PRINCIPAL_ALONE).canonical
    [(sha256,)] = connection.sql("select tape_sha256 from landed.malformed_row").fetchall()
    values = {"loan_id": "ends", "closing_balance": "0", "opening_balance": "1000"}
    correct_rows(connection, [Correction(sha256, 1, values)], canonical, CUT_OFF)
    assert rows(connection, FLOWS)[0] == (Decimal(1000), None, None, None, None, None)


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
