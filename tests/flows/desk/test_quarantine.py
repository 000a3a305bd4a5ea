"""The workbench of rows set aside: who decides what and why, and what the next close makes of it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.rules.tape import RELEASABLE, row_rules
from flows.home import Home
from flows.lake.connection import open_lake
from tests.expectations.tape_sample import AS_OF_DATE
from tests.flows.command_running import Outcome

DEAL, MONTH = "huabei_2017_1", "2017-08"
Run = Callable[..., Outcome]
WHO = ("--by", "Li Na", "--why", "confirmed by the servicer")


def spoil(home: Home, changes: dict[int, dict[str, str]], cut: int = 0) -> list[dict[str, str]]:
    """Change cells of rows (by number) of the month's tape, and cut a row short; the rows as they were."""
    [tape] = home.inbox.glob(f"*{MONTH}.csv")
    with open(tape, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    before = [dict(row) for row in rows]
    for number, cells in changes.items():
        rows[number - 1] |= cells
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    if cut:
        lines[cut] = lines[cut].rpartition(",")[0]
    tape.write_text("\n".join(lines) + "\n", encoding="utf-8")
    control = Path(f"{tape}.control.json")
    stated = json.loads(control.read_text())
    control.write_text(json.dumps({key: stated[key] for key in ("is_synthetic", "scale")}))
    return before


def first_current(home: Home) -> list[int]:
    """Numbers of rows of current loans that owe something, from the first on."""
    [tape] = home.inbox.glob(f"*{MONTH}.csv")
    with open(tape, newline="", encoding="utf-8") as file:
        return [
            number
            for number, row in enumerate(csv.DictReader(file), start=1)
            if row["status_code"] == "current" and float(row["closing_balance"]) > 100
        ]


def ask(home: Home, query: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query).fetchall()


@pytest.mark.slow
def test_a_row_is_released_another_corrected_and_both_are_accepted_at_the_next_close(
    home: Home, run: Run
) -> None:
    late, wrong, short = first_current(home)[:3]
    before = spoil(
        home, {late: {"days_past_due": "5"}, wrong: {"closing_balance": "1.00"}}, cut=short
    )
    assert run("close", DEAL, MONTH).code == 0
    listed = run("quarantine", "list", DEAL, MONTH).output
    assert [line.split()[-1] for line in listed.splitlines()[1:]] == ["aside"] * 3

    right = before[wrong - 1]["closing_balance"]
    assert run("quarantine", "release", DEAL, MONTH, str(late), *WHO).code == 0
    corrected = run(
        "quarantine", "correct", DEAL, MONTH, str(wrong), "--set", f"closing_balance={right}", *WHO
    )
    assert "correct entered as 0002-2017-08-correct" in corrected.output
    assert run("quarantine", "reject", DEAL, MONTH, str(short), *WHO).code == 0
    assert "3 decisions wait for the next close" in run("quarantine", "list", DEAL, MONTH).output
    assert "its decisions on rows were changed since it was closed" in run("status").output

    assert run("close", DEAL, MONTH).code == 0

    listed = run("quarantine", "list", DEAL, MONTH).output
    states = {int(line.split()[1]): line.split()[-1] for line in listed.splitlines()[1:]}
    assert states == {late: "accepted", wrong: "accepted", short: "aside"}
    assert "decisions on rows" not in run("status").output
    loan = before[wrong - 1]["loan_id"]
    of_month = f"as_of_date = date '2017-08-31' and loan_id = '{loan}'"
    [(balance,)] = ask(home, f"select closing_balance from lake.intake.loan_tape where {of_month}")
    assert str(balance) == right
    cells = ask(
        home,
        "select row_number, column_name, read_value, corrected_value from lake.intake.corrected_cell",
    )
    assert cells == [(wrong, "closing_balance", "1.00", right)]
    decided = ask(
        home,
        "select decision_code, decided_by, is_accepted from lake.intake.row_decision order by all",
    )
    assert decided == [
        ("correct", "Li Na", True),
        ("reject", "Li Na", False),
        ("release", "Li Na", True),
    ]

    assert run("quarantine", "withdraw", DEAL, MONTH, str(late), *WHO).code == 0
    # The line that was cut is given all its values.
    cells = {name: value for name, value in before[short - 1].items() if name != "as_of_date"}
    values = [f"--set={name}={value}" for name, value in cells.items() if value]
    assert run("quarantine", "correct", DEAL, MONTH, str(short), *values, *WHO).code == 0
    restated = run("restate", DEAL, MONTH)
    assert restated.output.endswith("restatement.csv beside the report\n"), restated.errors
    assert "decisions on rows" not in run("status").output
    [(balance, borrower_id)] = ask(
        home,
        "select closing_balance, borrower_id from lake.intake.loan_tape "
        f"where as_of_date = date '2017-08-31' and loan_id = '{cells['loan_id']}'",
    )
    assert (str(balance), borrower_id) == (cells["closing_balance"], cells["borrower_id"])
    [(accepted, aside)] = ask(
        home,
        "select accepted_count, quarantined_count from lake.intake.tape "
        "where as_of_date = date '2017-08-31'",
    )
    assert (accepted, aside) == (len(before) - 1, 1)
    [(failed,)] = ask(
        home, f"select reason_code from lake.intake.quarantined_row where row_number = {late}"
    )
    assert failed == "status_contradicts_days"
    history = run("quarantine", "show", DEAL, MONTH, str(late)).output
    assert [line.split()[1] for line in history.splitlines()[-2:]] == ["release", "withdraw"]


def test_a_row_is_shown_with_what_could_not_be_read_and_its_borrower_masked(
    home: Home, run: Run
) -> None:
    number = first_current(home)[0]
    before = spoil(home, {number: {"opening_balance": "1.005"}})[number - 1]
    assert run("close", DEAL, MONTH).code == 0
    shown = run("quarantine", "show", DEAL, MONTH, str(number)).output
    assert "critical_cell_unreadable" in shown
    assert "'1.005' could not be read, expected money" in shown
    assert before["borrower_id"] not in shown
    assert before["loan_id"] in shown
    site = home.data_docs / DEAL / MONTH / "tape"
    listed = site / "lists" / "critical_cell_unreadable.csv"
    assert listed.read_text() == f"failing_row\n{before['loan_id']}\n"
    assert listed.parent.stat().st_mode & 0o777 == 0o700
    page = (site / "rules.html").read_text(encoding="utf-8")
    assert 'href="lists/critical_cell_unreadable.csv">全部 / All 1<' in page


@pytest.mark.slow
def test_what_cannot_be_decided_is_refused_in_one_line_and_not_kept(home: Home, run: Run) -> None:
    wrong, short = first_current(home)[:2]
    spoil(home, {wrong: {"closing_balance": "1.00"}}, cut=short)
    early = run("quarantine", "list", DEAL, MONTH)
    assert "2017-08: not closed, expected a closed month" in early.errors
    assert run("close", DEAL, MONTH).code == 0
    at = ("quarantine", "{}", DEAL, MONTH, str(wrong), *WHO)
    cases = {
        "rule roll_forward_broken failed, and such a row cannot be released": (
            "release",
            wrong,
            (),
        ),
        "it is no row of cells": ("release", short, ()),
        "no such row is set aside": ("reject", 1, ()),
        "column 'balance', expected one of": ("correct", wrong, ("--set", "balance=1")),
        "'1.005' is no value, expected money": (
            "correct",
            wrong,
            ("--set", "closing_balance=1.005"),
        ),
        "--set 'closing_balance': expected COLUMN=VALUE": (
            "correct",
            wrong,
            ("--set", "closing_balance"),
        ),
        "no decision stands on it": ("withdraw", wrong, ()),
    }
    for words, (kind, number, more) in cases.items():
        result = run("quarantine", kind, DEAL, MONTH, str(number), *more, *at[5:])
        assert result.code in (1, 2), words
        assert words in result.errors
        assert result.errors.count("\n") == 1, words
    blank = run("quarantine", "reject", DEAL, MONTH, str(wrong), "--by", " ", "--why", "x")
    assert "--by is empty" in blank.errors
    assert not list(home.quarantine.rglob("decision.json"))


@pytest.mark.slow
def test_a_corrected_row_that_still_fails_stays_set_aside(home: Home, run: Run) -> None:
    wrong = first_current(home)[0]
    spoil(home, {wrong: {"closing_balance": "1.00"}})
    assert run("close", DEAL, MONTH).code == 0
    run("quarantine", "correct", DEAL, MONTH, str(wrong), "--set", "closing_balance=2.00", *WHO)
    assert run("close", DEAL, MONTH).code == 0
    listed = run("quarantine", "list", DEAL, MONTH).output.splitlines()
    assert len(listed) == 2
    assert "roll_forward_broken" in listed[1]
    assert listed[1].endswith("set aside")


@pytest.mark.slow
def test_a_row_of_a_later_tape_closes_the_one_before_and_its_decision_stays(
    home: Home, run: Run
) -> None:
    wrong, other, gone = first_current(home)[:3]
    spoilt = {number: {"closing_balance": "1.00"} for number in (wrong, other, gone)}
    before = spoil(home, spoilt)
    assert run("close", DEAL, MONTH).code == 0
    listed = run("quarantine", "list", DEAL).output.splitlines()[1:]
    assert [(line.split()[0], int(line.split()[2])) for line in listed] == [
        (MONTH, wrong), (MONTH, other), (MONTH, gone)
    ]  # fmt: skip
    assert run("quarantine", "correct", DEAL, MONTH, str(wrong), "--set=fee_paid=1", *WHO).code == 0

    # The first loan comes with its right row, one line further down; of the second it is wrong still.
    [tape] = home.inbox.glob(f"*{MONTH}.csv")
    with open(tape, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[wrong - 1] |= before[wrong - 1]
    moved = rows.pop(wrong - 1)
    rows.insert(wrong, moved)
    rows = [row for row in rows if row["loan_id"] != before[gone - 1]["loan_id"]]
    corrected = home.root / "corrected.csv"
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    corrected.write_text("\n".join(lines) + "\n", encoding="utf-8")
    control = Path(f"{tape}.control.json").read_text()
    Path(f"{corrected}.control.json").write_text(control)
    restated = run("restate", DEAL, MONTH, "--tape", str(corrected))
    assert restated.code == 0, restated.errors

    listed = run("quarantine", "list", DEAL, MONTH).output.splitlines()[1:]
    closed = [line for line in listed if line.endswith(f"closed by corrected.csv row {wrong + 1}")]
    assert [line.split()[1] for line in closed] == [str(wrong)]
    assert "correct" in closed[0] and "Li Na" in closed[0]
    states = sorted(" ".join(line.split()[-2:]) for line in listed)
    assert states == sorted([f"row {wrong + 1}", "set aside", "was replaced", "was replaced"])
    assert not any("wait for the next close" in line for line in listed)
    still_open = run("quarantine", "list", DEAL).output.splitlines()[1:]
    assert len(still_open) == 3
    assert not any("closed by" in line for line in still_open)
    # The corrected file has another row of this number set aside.
    which = ("--file", tape.name)
    shown = run("quarantine", "show", DEAL, MONTH, str(wrong), *which).output.splitlines()
    assert shown[0].endswith(f"roll_forward_broken; closed by corrected.csv row {wrong + 1}")
    assert " correct fee_paid=1.00 by Li Na" in shown[-1]


def test_only_rules_that_set_rows_aside_can_be_released_of() -> None:
    setting_aside = {rule.id for rule in row_rules(AS_OF_DATE) if rule.level == "quarantine"}
    assert set(RELEASABLE) < setting_aside


@pytest.mark.slow
def test_a_release_in_place_of_a_correction_accepts_no_amount_that_does_not_foot(
    home: Home, run: Run
) -> None:
    wrong = first_current(home)[0]
    right = spoil(home, {wrong: {"closing_balance": "1.00"}})[wrong - 1]["closing_balance"]
    assert run("close", DEAL, MONTH).code == 0
    values = ("--set", f"closing_balance={right}")
    assert run("quarantine", "correct", DEAL, MONTH, str(wrong), *values, *WHO).code == 0
    assert run("close", DEAL, MONTH).code == 0
    # Accepted as corrected, the row fails nothing; without the correction its balance is wrong again.
    assert run("quarantine", "release", DEAL, MONTH, str(wrong), *WHO).code == 0
    assert run("close", DEAL, MONTH).code == 0
    query = f"select reason_code from lake.intake.quarantined_row where row_number = {wrong}"
    assert ask(home, query) == [("roll_forward_broken",)]
