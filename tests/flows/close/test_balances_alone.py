"""A month closed from a tape of closing balances alone: semicolons, YYMMDD, no last line break."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.flows.command_running import Outcome

DEAL, LAST, MONTH = "huabei_2017_1", "2017-07", "2017-08"
FORMAT = """
id = "kredit"
title = "Kreditbericht, balances alone"
containers = ["csv"]

[csv]
encoding = "cp1252"
delimiter = ";"
skip_lines = 2

[number]
thousands = "."
decimal = ","

[month]
balances_only = true
principal = "fall_of_balance"
interest = "control_total"

[source]
contract = { type = "text", critical = true, headers = ["Vertrag Nr"] }
day = { type = "date", pattern = "%y%m%d", critical = true, headers = ["Stand"] }
paid_out = { type = "date", pattern = "%d%m%y", headers = ["Auszahlung"] }
due = { type = "date", pattern = "%d%m%y", headers = ["Faellig"] }
granted = { type = "money", critical = true, headers = ["Kreditsumme"] }
owed = { type = "money", unit = "thousand", critical = true, headers = ["Rest TEUR"] }
rate = { type = "rate", unit = "percent", headers = ["Zins v.H."] }
state = { type = "text", critical = true, codes = ["OK", "V", "A", "X", "E"], headers = ["Lage"] }

[canonical]
as_of_date = "day"
loan_id = "contract"
origination_date = "paid_out"
maturity_date = "due"
contract_amount = "granted"
annual_rate = "rate"
closing_balance = "owed"
interest_due = "cast(owed * rate * 0.083333 as decimal(18, 2))"
fee_paid = "0"
recovery_amount = "0"
status_code = '''
case state when 'OK' then 'current' when 'V' then 'overdue' when 'A' then 'defaulted'
when 'X' then 'written_off' when 'E' then 'settled' end'''
"""
STATES = {"current": "OK", "overdue": "V", "defaulted": "A", "written_off": "X", "settled": "E"}
Run = Callable[..., Outcome]


@pytest.fixture
def tape(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The month's tape as such a servicer would send it; the deal takes its format."""
    formats, deals = tmp_path / "formats", tmp_path / "deals"
    shutil.copytree(FORMATS_FOLDER, formats)
    (formats / "kredit.toml").write_text(FORMAT, encoding="utf-8")
    monkeypatch.setattr(load_formats, "__defaults__", (formats,))
    shutil.copytree(find_deals(), deals)
    for file in (deals / f"{DEAL}.toml", deals / "programmes" / "huabei_2017.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('["canonical"]', '["canonical", "kredit"]'), encoding="utf-8")
    monkeypatch.setenv("TAPEHOUSE_DEALS", str(deals))
    lines = ["Kreditbericht Monat;;;;;;;", "Erstellt am 05.09.17;;;;;;;"]
    lines.append("Vertrag Nr;Stand;Auszahlung;Faellig;Kreditsumme;Rest TEUR;Zins v.H.;Lage")
    for row in rows_of(home):
        lent, due = (row[name][8:] + row[name][5:7] + row[name][2:4] for name in DATES)
        owed = str(Decimal(row["closing_balance"]) / 1000).replace(".", ",")
        rate = str(Decimal(row["annual_rate"]) * 100).replace(".", ",")
        granted = row["contract_amount"].replace(".", ",")
        state = STATES[row["status_code"]]
        lines.append(f"{row['loan_id']};170831;{lent};{due};{granted};{owed};{rate};{state}")
    path = tmp_path / "kreditbericht_1708.csv"
    path.write_bytes("\n".join(lines).encode("cp1252"))
    return path


DATES = ("origination_date", "maturity_date")


def rows_of(home: Home) -> list[dict[str, str]]:
    text = (home.inbox / f"{DEAL}_{MONTH}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def ask(home: Home, query: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query).fetchall()


def test_the_month_closes_with_the_fall_of_the_balances_and_the_interest_that_is_stated(
    home: Home, run: Run, tape: Path
) -> None:
    stated = sum((Decimal(row["interest_paid"]) for row in rows_of(home)), Decimal(0))
    control = {"totals": {"interest_paid": str(stated)}, "is_synthetic": True, "scale": 3000}
    Path(f"{tape}.control.json").write_text(json.dumps(control), encoding="utf-8")
    of_last = f"where strftime(as_of_date, '%Y-%m') = '{LAST}'"
    owned = dict(
        ask(home, f"select loan_id, outstanding_balance from lake.purchase.pool_loan {of_last}")
    )
    outcome = run("close", DEAL, MONTH, "--tape", str(tape))
    assert outcome.code == 0, outcome.errors
    of_month = f"where strftime(as_of_date, '%Y-%m') = '{MONTH}'"
    total = "select sum(interest_paid), count(*) from lake.intake.loan_tape"
    assert ask(home, f"{total} {of_month}") == [(stated, len(rows_of(home)))]
    remarks = dict(
        ask(
            home,
            "select item_name, row_count from lake.intake.tape_remark "
            f"{of_month} and remark_code = 'inferred'",
        )
    )
    assert remarks["scheduled_principal_paid"] == remarks["interest_paid"] == len(rows_of(home))
    closing = {row["loan_id"]: Decimal(row["closing_balance"]) for row in rows_of(home)}
    lost = {row["loan_id"] for row in rows_of(home) if row["status_code"] == "written_off"}
    expected = sum(
        (
            owed - closing[loan]
            for loan, owed in owned.items()
            if loan in closing and loan not in lost
        ),
        Decimal(0),
    )
    [(principal, written_off)] = ask(
        home,
        "select sum(scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid), "
        f"sum(write_off_amount) from lake.pool.loan_month {of_month}",
    )
    assert principal == expected > 0
    assert written_off == sum((owned[loan] for loan in lost & owned.keys()), Decimal(0))


def test_without_the_total_of_interest_the_close_says_what_is_lacking(
    home: Home, run: Run, tape: Path
) -> None:
    outcome = run("close", DEAL, MONTH, "--tape", str(tape))
    assert outcome.code == 1
    (line,) = outcome.errors.splitlines()
    assert "kreditbericht_1708.csv: its control file states no total of interest_paid" in line
    assert ask(home, f"from lake.close.run where strftime(as_of_date, '%Y-%m') = '{MONTH}'") == []
