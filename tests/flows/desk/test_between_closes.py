"""What a manager meets between two closes: bad rows, held loans, refused and earlier tapes, new terms."""

import csv
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from deals.load import load_terms
from deals.terms.deal import TermsError
from flows.close.admit import check_amendments
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from flows.lake.history import ClosedRun, read_history
from tests.deal_files import write_deal
from tests.flows.command_running import Outcome

DEAL, BOOK = "huabei_2017_1", "huabei_2017"
CLOSED, NEXT = "2017-07", "2017-08"
Row = dict[str, str]


def ask(home: Home, query: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query).fetchall()


def refuse(home: Home, run: Callable[..., Outcome], *arguments: str) -> str:
    """The one line with which a command is refused; the lake has no new snapshot."""
    before = ask(home, "select max(snapshot_id) from lake.snapshots()")
    result = run(*arguments)
    assert result.code == 1
    assert result.errors.startswith("tapehouse: ")
    assert result.errors.count("\n") == 1
    assert ask(home, "select max(snapshot_id) from lake.snapshots()") == before
    return result.errors


def send(home: Home, name: str, change: Callable[[int, Row], Row | None], month: str = NEXT) -> str:
    """Write the month's tape with each row (its number from 1) changed or, for None, left out."""
    source, target = home.inbox / f"{DEAL}_{month}.csv", home.root / name
    with source.open(newline="") as reader, target.open("w", newline="") as writer:
        rows = csv.DictReader(reader)
        assert rows.fieldnames
        out = csv.DictWriter(writer, rows.fieldnames, lineterminator="\n")
        out.writeheader()
        changed = (change(number, row) for number, row in enumerate(rows, start=1))
        out.writerows(row for row in changed if row is not None)
    return str(target)


def say(tape: str, **content: object) -> None:
    """Write the control file of a tape."""
    Path(f"{tape}.control.json").write_text(json.dumps({"scale": 3000} | content))


def spoil_balances(loan_ids: set[str]) -> Callable[[int, Row], Row]:
    return lambda _, row: row | ({"closing_balance": "12x"} if row["loan_id"] in loan_ids else {})


def test_a_tape_with_too_many_bad_rows_is_refused_with_the_first_bad_cell(
    home: Home, run: Callable[..., Outcome]
) -> None:
    tape = send(
        home, "bad.csv", lambda n, row: row | ({"opening_balance": "n/a"} if n % 3 == 2 else {})
    )
    message = refuse(home, run, "close", DEAL, NEXT, "--tape", tape)
    assert f"{DEAL} {NEXT}: bad.csv: rule tape/quarantined_share_too_high failed" in message
    assert "in 1000 rows, first bad.csv row 2 column opening_balance value n/a" in message
    assert "no more than 20.00% of the rows" in message


@pytest.mark.slow
def test_an_unreadable_owned_loan_is_held_within_the_limit_and_stops_the_close_above_it(
    home: Home, run: Callable[..., Outcome]
) -> None:
    owned = ask(
        home,
        "select loan_id, outstanding_balance from purchase.pool_loan "
        "where strftime(as_of_date, '%Y-%m') = '2017-07' order by 2, 1",
    )
    many = {loan_id for loan_id, _ in owned[-20:]}
    message = refuse(
        home, run, "close", DEAL, NEXT, "--tape", send(home, "many.csv", spoil_balances(many))
    )
    assert "rule pool/unreported_share_too_high failed with unreported_balance" in message
    assert "unreported_loan_count 20" in message
    assert f"first_unreported_loan_id {min(many)}" in message
    assert not (home.scratch(DEAL) / NEXT).exists()
    assert "many.csv (SHA-256" in run("status").output
    assert "was refused" in run("status").output

    loan_id, balance = owned[0]
    one = send(home, "one.csv", spoil_balances({loan_id}))
    assert run("close", DEAL, NEXT, "--tape", one).code == 0
    held = ask(
        home,
        "select loan_id, closing_balance, days_past_due from pool.loan_month "
        "where is_unreported and strftime(as_of_date, '%Y-%m') = '2017-08'",
    )
    assert held == [(loan_id, balance, None)]
    quarantined = ask(home, "select file_name, loan_id, reason_code from intake.quarantined_row")
    assert quarantined == [("one.csv", loan_id, "critical_cell_unreadable")]
    status = run("status").output
    held_words = (
        f"loans held at their last balance: 1 whose row was set aside, of {balance:,.2f}; ask"
    )
    assert f"{DEAL} {NEXT}: {held_words}" in status
    assert "was refused" not in status


@pytest.mark.slow
def test_status_says_that_the_clean_up_call_may_be_made_until_it_is(
    home: Home, run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say_phase(facts: str) -> str:
        with open_lake(home.lake, write=True) as lake:
            where = f"strftime(as_of_date, '%Y-%m') = '{CLOSED}'"
            lake.execute(f"update lake.pool.phase set {facts} where {where}")
        return run("status").output

    said = say_phase("is_call_allowed = true")
    assert (
        f"{DEAL} {CLOSED}: the clean-up call may be made; if it is, enter it for the month" in said
    )
    assert f"event {DEAL} {NEXT} clean_up_call --evidence FILE`" in said
    quarterly = ("[payment]\n", '[payment]\nfrequency = "quarterly"\n')
    monkeypatch.setenv(
        "TAPEHOUSE_DEALS", str(write_deal(DEAL, tmp_path / "deals", quarterly).parent)
    )
    said = run("status").output
    assert f"event {DEAL} 2017-09 clean_up_call --evidence FILE`" in said
    assert "call may be made" not in say_phase("is_clean_up_called = true")


def restate(home: Home, run: Callable[..., Outcome]) -> None:
    """Close the closed month again from `corrected.csv`."""
    corrected = send(
        home, "corrected.csv", lambda n, row: row | {"star_grade_code": "corrected"}, CLOSED
    )
    say(corrected)
    assert run("close", DEAL, CLOSED, "--tape", corrected, "--restate").code == 0


@pytest.mark.slow
def test_a_closed_month_is_closed_from_another_tape_only_when_that_is_asked_for(
    home: Home, run: Callable[..., Outcome]
) -> None:
    corrected = send(
        home, "corrected.csv", lambda n, row: row | {"star_grade_code": "corrected"}, CLOSED
    )
    message = refuse(home, run, "close", DEAL, CLOSED, "--tape", corrected)
    assert "corrected.csv (SHA-256 " in message
    assert "is not the tape that the month is closed from" in message
    command = re.findall(r"`tapehouse (restate [^`]+)`", message)[0]
    assert f"run `tapehouse {command}`" in " ".join(run("status").output.split())

    assert run(*command.split()).code == 0
    assert ask(home, "select file_name from intake.tape order by as_of_date desc limit 1") == [
        ("corrected.csv",)
    ]
    # The tape before is another one now; without a tape the month stays as it is.
    original = str(home.inbox / f"{DEAL}_{CLOSED}.csv")
    message = refuse(home, run, "close", DEAL, CLOSED, "--tape", original)
    assert "is not the tape that the month is closed from" in message
    assert "closed already from this tape" in refuse(home, run, "close", DEAL, CLOSED)


@pytest.mark.slow
def test_a_backfill_closes_a_restated_month_again_from_the_tape_that_corrected_it(
    home: Home, run: Callable[..., Outcome]
) -> None:
    restate(home, run)
    run("close", DEAL, "2017-06", "--restate")
    run("backfill", DEAL, "2017-06", CLOSED)
    used = ask(home, "select file_name, tape_version from intake.tape order by as_of_date")
    assert used == [(f"{DEAL}_2017-06.csv", 1), ("corrected.csv", 2)]


def test_a_refused_tape_is_told_by_status_until_a_better_one_comes(
    home: Home, run: Callable[..., Outcome]
) -> None:
    tape = home.root / "cut.csv"
    tape.write_bytes((home.inbox / f"{DEAL}_{CLOSED}.csv").read_bytes()[:9999])
    refuse(home, run, "close", DEAL, CLOSED, "--tape", str(tape), "--restate")
    status = run("status").output
    assert "open problems: 1" in status
    assert "cut.csv (SHA-256" in status
    assert "was refused; the month stays closed from the tape before: " in status


@pytest.mark.slow
def test_a_refused_tape_is_no_problem_once_the_month_is_closed_again_from_the_one_before(
    home: Home, run: Callable[..., Outcome]
) -> None:
    tape, original = home.root / "cut.csv", home.inbox / f"{DEAL}_{CLOSED}.csv"
    tape.write_bytes(original.read_bytes()[:9999])
    refuse(home, run, "close", DEAL, CLOSED, "--tape", str(tape), "--restate")
    assert run("close", DEAL, CLOSED, "--tape", str(original), "--restate").code == 0
    assert "open problems: none" in run("status").output
    # It is a problem again when somebody sends it again and it is refused.
    refuse(home, run, "close", DEAL, CLOSED, "--tape", str(tape), "--restate")
    assert "was refused; the month stays closed" in run("status").output


@pytest.mark.slow
def test_a_tape_cut_anywhere_is_refused(home: Home, run: Callable[..., Outcome]) -> None:
    whole = (home.inbox / f"{DEAL}_{NEXT}.csv").read_bytes()
    header, middle = whole.index(b"\n"), whole.index(b"\n", len(whole) // 2)
    tape = home.root / "cut.csv"
    shutil.copy(home.inbox / f"{DEAL}_{NEXT}.csv.control.json", f"{tape}.control.json")
    for size in (0, 1, header, header + 1, header + 9, middle, middle + 1):
        tape.write_bytes(whole[:size])
        assert "cut.csv: " in refuse(home, run, "close", DEAL, NEXT, "--tape", str(tape))


def test_a_control_file_of_another_month_is_refused(
    home: Home, run: Callable[..., Outcome]
) -> None:
    tape = send(home, "tape.csv", lambda n, row: row)
    say(tape, as_of_date="2017-09-30")
    message = refuse(home, run, "close", DEAL, NEXT, "--tape", tape)
    assert "tape.csv: as_of_date in its control file is 2017-09-30, expected 2017-08-31" in message


def test_files_that_overlap_are_refused_and_halves_are_numbered_as_parts(
    home: Home, run: Callable[..., Outcome]
) -> None:
    first = send(home, "first.csv", lambda n, row: row if n <= 2000 else None)
    second = send(home, "second.csv", lambda n, row: row if n > 1000 else None)
    files = ["--tape", first, "--tape", second]
    message = refuse(home, run, "close", DEAL, NEXT, *files)
    assert "row_repeated in 1000 rows, first second.csv row 1" in message
    same = ["--tape", first, "--tape", str(shutil.copy(first, home.root / "same.csv"))]
    assert "the same file twice among" in refuse(home, run, "close", DEAL, NEXT, *same)
    parts = (home.landed / BOOK / NEXT).glob("*/landing.json")
    assert {json.loads(path.read_bytes())["part"] for path in parts} == {1, 2}


def test_a_folder_and_a_damaged_landing_are_refused_by_their_path(
    home: Home, run: Callable[..., Outcome]
) -> None:
    message = refuse(home, run, "close", DEAL, NEXT, "--tape", str(home.inbox))
    assert f"{home.inbox}: a folder, expected the tape" in message
    for record in (home.landed / BOOK / CLOSED).glob("*/landing.json"):
        record.write_text("{")
    assert "no readable record of a landing" in refuse(home, run, "close", DEAL, CLOSED)


def test_a_month_after_the_legal_final_date_is_refused(
    home: Home, run: Callable[..., Outcome]
) -> None:
    message = refuse(home, run, "close", DEAL, "2020-07")
    assert "after the deal's end" in message
    assert "2020-07-10" in message


def test_a_damaged_catalog_is_told_by_every_command_and_never_replaced(
    home: Home, run: Callable[..., Outcome]
) -> None:
    catalog = home.lake / "catalog.sqlite"
    for content in (catalog.read_bytes()[:50_000], b"no database", b""):
        catalog.write_bytes(content)
        for arguments in (
            ["status"],
            ["sql", "select 1"],
            ["close", DEAL, NEXT],
            ["report", DEAL, CLOSED],
        ):
            result = run(*arguments)
            assert result.code == 1
            assert result.errors.startswith(f"tapehouse: {catalog}: expected the catalog of a lake")
            assert result.errors.count("\n") == 1
        assert catalog.read_bytes() == content


def test_a_lost_file_of_the_lake_is_told_by_sql_and_check(
    home: Home, run: Callable[..., Outcome]
) -> None:
    lost = next(home.lake.glob(f"data/intake/loan_tape/deal_id={DEAL}/as_of_date=2017-07-31/*"))
    lost.unlink()
    question = "select sum(closing_balance) from intake.loan_tape"
    assert str(lost) in refuse(home, run, "sql", "--csv", question)
    result = run("check")
    assert result.code == 1
    assert f"{lost}: no such file, expected" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["sql", "select sum(closing_balance) from intake.loan_tape"],
        ["report", DEAL, CLOSED],
        ["close", DEAL, NEXT],
    ],
    ids=lambda each: each[0],
)
def test_truncated_files_of_the_lake_are_told_in_one_line(
    home: Home, run: Callable[..., Outcome], arguments: list[str]
) -> None:
    for file in home.lake.rglob("*.parquet"):
        os.truncate(file, file.stat().st_size // 2)
    result = run(*arguments)
    assert (result.code, result.output) == (1, "")
    assert result.errors.startswith(
        f"tapehouse: {home.lake}: a file of the lake is damaged or gone ("
    )
    assert result.errors.count("\n") == 1
    assert not (home.scratch(DEAL) / NEXT).exists()


def closed_run(home: Home) -> ClosedRun:
    run = read_history(home.lake, DEAL).find(CLOSED)
    assert run is not None
    return run


def test_rates_and_ratings_may_change_between_months(closed_home: Home) -> None:
    terms = load_terms(DEAL, find_deals()).scaled(3000)
    senior = replace(terms.notes[0], annual_rate=Decimal("0.06"), current_rating_code="AA+")
    fee = replace(terms.fees[0], rate=Decimal("0.01"))
    amended = replace(terms, notes=(senior, *terms.notes[1:]), fees=(fee, *terms.fees[1:]))
    assert amended != terms
    run = closed_run(closed_home)
    with open_lake(closed_home.lake) as lake:
        check_amendments(lake, amended, run)


def test_what_was_issued_may_not_change_between_months(closed_home: Home) -> None:
    terms = load_terms(DEAL, find_deals()).scaled(3000)
    smaller = replace(terms.notes[0], notional_fen=terms.notes[0].notional_fen - 1)
    amended = {
        "currency now USD, expected CNY": replace(terms, currency="USD"),
        "senior 1769999.99, expected": replace(terms, notes=(smaller, *terms.notes[1:])),
        "fees now ": replace(terms, fees=terms.fees[1:]),
        "the payment date of 2017-07 now": replace(
            terms, payment=replace(terms.payment, rule=replace(terms.payment.rule, n=9))
        ),
    }
    run = closed_run(closed_home)
    for words, changed in amended.items():
        with open_lake(closed_home.lake) as lake, pytest.raises(TermsError, match=words):
            check_amendments(lake, changed, run)


def test_how_often_a_deal_pays_may_not_change_between_months(home: Home) -> None:
    """Where the last payment date is the same under both, the one from which interest ran is not."""
    terms, run = load_terms(DEAL, find_deals()).scaled(3000), closed_run(home)
    with open_lake(home.lake, write=True) as lake:
        check_amendments(lake, terms, run)
        lake.execute("update lake.report.tr_2 set accrual_start_date = date '2017-06-12'")
        words = "the first day of interest of 2017-07 now 2017-07-12, expected 2017-06-12 as 2017-07 was"
        with pytest.raises(TermsError, match=words):
            check_amendments(lake, terms, run)


def test_the_report_of_a_month_that_an_earlier_release_closed_is_written_again_without_what_is_new(
    home: Home, run: Callable[..., Outcome]
) -> None:
    with open_lake(home.lake, write=True) as lake:
        lake.execute("alter table lake.report.tr_15_2 drop column average_months")
        lake.execute("drop table lake.report.hl_1")
    result = run("report", DEAL, CLOSED)
    assert (result.code, result.errors) == (0, "")
