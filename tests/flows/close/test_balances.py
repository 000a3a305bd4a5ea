"""Balances that do not roll and cash left blank: bounded by the deal's terms, and named below the bound."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from flows.home import Home
from flows.lake.connection import open_lake
from tests.flows.command_running import Outcome

DEAL, LAST, NEXT = "huabei_2017_1", "2017-07", "2017-08"
Row = dict[str, str]


def ask(home: Home, query: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query).fetchall()


@pytest.fixture
def owned(home: Home) -> dict[str, Decimal]:
    """Balance of each loan that owes something, as the last month left it."""
    found = ask(
        home,
        "select loan_id, outstanding_balance from lake.purchase.pool_loan "
        f"where strftime(as_of_date, '%Y-%m') = '{LAST}' and outstanding_balance > 0 order by 1",
    )
    return dict(found)


@pytest.fixture
def send(home: Home, tmp_path: Path, run: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Closes the next month from its tape with some rows changed, and one loan's row malformed."""

    def close(change: Callable[[Row], None], malformed: str = "") -> Outcome:
        text = (home.inbox / f"{DEAL}_{NEXT}.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        for row in rows:
            change(row)
        path = tmp_path / "changed.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        if malformed:
            lines = path.read_text(encoding="utf-8").splitlines()
            lines = [f"{line},surplus" if malformed in line else line for line in lines]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return run("close", DEAL, NEXT, "--tape", str(path))

    return close


def lower(row: Row, amount: Decimal) -> None:
    for column in ("opening_balance", "closing_balance"):
        row[column] = str(Decimal(row[column]) - amount)


def test_balances_a_tenth_too_low_stop_the_close_and_the_loans_are_listed(
    home: Home, owned: dict[str, Decimal], send: Callable[..., Outcome]
) -> None:
    def change(row: Row) -> None:
        if row["loan_id"] in owned and Decimal(row["closing_balance"]) > 1:
            lower(row, (Decimal(row["closing_balance"]) / 10).quantize(Decimal("0.01")))

    outcome = send(change)
    assert outcome.code == 1
    (line,) = outcome.errors.splitlines()
    assert f"{DEAL} {NEXT}: rule pool/adjusted_too_much failed" in line
    assert "max_adjusted_loan_count 100" in line
    listed = Path(line.partition("(list: ")[2].partition(")")[0])
    with listed.open(encoding="utf-8") as file:
        found = {row["loan_id"]: row for row in csv.DictReader(file)}
    first = line.partition("first_adjusted_loans ")[2].partition(":")[0].split()
    assert len(first) == 5
    assert set(first) < found.keys() <= owned.keys()
    assert {row["adjustment_code"] for row in found.values()} == {"unexplained"}
    assert ask(home, f"from lake.close.run where strftime(as_of_date, '%Y-%m') = '{NEXT}'") == []


def test_blank_interest_of_many_owned_loans_is_not_counted_as_zero(
    home: Home, owned: dict[str, Decimal], send: Callable[..., Outcome]
) -> None:
    blank = set()

    def change(row: Row) -> None:
        if row["loan_id"] in owned and int(row["loan_id"][1:]) % 2 == 0:
            row["interest_paid"] = ""
            blank.add(row["loan_id"])

    outcome = send(change)
    assert outcome.code == 1
    (line,) = outcome.errors.splitlines()
    assert f"{DEAL} {NEXT}: rule pool/unreported_share_too_high failed" in line
    listed = Path(line.partition("(list: ")[2].partition(")")[0])
    with listed.open(encoding="utf-8") as file:
        found = {row["loan_id"] for row in csv.DictReader(file)}
    assert blank and blank <= found <= owned.keys()


def test_loans_of_blank_interest_or_a_malformed_row_are_held_and_one_half_off_is_an_unexplained_adjustment(
    home: Home, owned: dict[str, Decimal], send: Callable[..., Outcome]
) -> None:
    text = (home.inbox / f"{DEAL}_{NEXT}.csv").read_text(encoding="utf-8")
    moved = {row["loan_id"]: row for row in csv.DictReader(io.StringIO(text))}
    sound = [name for name in owned if name in moved and moved[name]["status_code"] == "current"]
    blank, off, malformed = sorted(sound, key=lambda name: owned[name])[:3]
    half = (Decimal(moved[off]["closing_balance"]) / 2).quantize(Decimal("0.01"))

    def change(row: Row) -> None:
        if row["loan_id"] == blank:
            row["interest_paid"] = ""
        if row["loan_id"] == off:
            lower(row, half)

    outcome = send(change, malformed)
    assert outcome.code == 0, outcome.errors
    where = f"where strftime(as_of_date, '%Y-%m') = '{NEXT}'"
    held = ask(home, f"select loan_id, held_code, held_balance from lake.report.hl_1 {where}")
    expected = [(name, "row_set_aside", owned[name]) for name in sorted((blank, malformed))]
    assert sorted(held) == expected
    kept = ask(
        home,
        f"select outstanding_balance from lake.purchase.pool_loan {where} and loan_id = '{blank}'",
    )
    assert kept == [(owned[blank],)]
    adjusted = ask(
        home,
        "select loan_id, adjustment_code, arose_code, adjustment_amount "
        f"from lake.pool.adjustment {where} and loan_id = '{off}'",
    )
    assert adjusted == [(off, "unexplained", "opening", -half)]
    lines = ask(
        home,
        "select current_amount from lake.report.tr_7 "
        f"{where} and line_code = 'adjustment_unexplained'",
    )
    assert lines == [(-half,)]
