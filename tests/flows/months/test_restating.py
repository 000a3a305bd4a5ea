"""A closed month is restated with all that stands on it: all of it is committed, or nothing."""

import csv
import hashlib
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from flows.cli.run import closer_here
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from flows.lake.history import read_history
from flows.months.restate import RestateRequest, restate
from tapes.land.tape import list_landed
from tests.deal_files import write_deal
from tests.flows.command_running import Outcome
from tests.flows.conftest import make_once
from tests.flows.months.corrected_tape import DEAL, write_corrected

FIRST, SECOND = "2017-06", "2017-07"
OVERDUE = {"days_past_due": "3", "status_code": "overdue"}
POOL_LOAN = """
    select min(tape.loan_id)
    from lake.purchase.pool_loan as pool
    inner join lake.intake.loan_tape as tape using (deal_id, as_of_date, loan_id)
    where tape.days_past_due = 0 and strftime(tape.as_of_date, '%Y-%m') = '2017-06'
"""
Run = Callable[..., Outcome]


def answer(home: Home, query: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query).fetchall()


def corrected_first(home: Home) -> Path:
    """June's tape with a loan of the pool overdue: the pool has to do without it."""
    [(loan_id,)] = answer(home, POOL_LOAN)
    return write_corrected(home, FIRST, loan_id, OVERDUE)


def fingerprint(home: Home) -> dict[str, str]:
    """Every file of the home but what a close builds in and what holds it, by its hash."""
    files = [path for path in home.root.rglob("*") if path.is_file()]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.is_relative_to(home.root / "scratch")
        and not path.name.endswith((".lock", "-wal", "-shm"))
    }


@pytest.fixture(scope="session")
def restated_home(closed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """June restated from a corrected tape, and July, which stands on it. Not to be written to."""

    def make(home: Home) -> None:
        shutil.copytree(closed_home.root, home.root)
        files = (corrected_first(home),)
        restate(RestateRequest(home, find_deals(), DEAL, FIRST, files), closer_here)

    return make_once("restated_home", tmp_path_factory, make)


def test_the_months_come_into_the_lake_in_one_snapshot(
    restated_home: Home, closed_home: Home
) -> None:
    [(before,)] = answer(closed_home, "select max(snapshot_id) from lake.snapshots()")
    [(after,)] = answer(restated_home, "select max(snapshot_id) from lake.snapshots()")
    assert after == before + 1
    history = read_history(restated_home.lake, DEAL)
    published = read_history(closed_home.lake, DEAL)
    assert [run.month for run in history.runs] == [FIRST, SECOND]
    assert not history.stale_months
    assert not {run.run_id for run in history.runs} & {run.run_id for run in published.runs}


def test_each_figure_is_kept_as_published_as_corrected_and_the_difference(
    restated_home: Home, closed_home: Home
) -> None:
    balances = (
        "select as_of_date, outstanding_balance from lake.report.tr_4_1 "
        "where status_code = 'total' order by all"
    )
    published, corrected = answer(closed_home, balances), answer(restated_home, balances)
    kept = answer(
        restated_home,
        "select as_of_date, published_text::decimal(18, 2), corrected_text::decimal(18, 2), "
        "figure_difference from lake.close.restated_figure where report_table_id = 'TR-4-1' "
        "and figure_row_name = 'total' and figure_name = 'outstanding_balance' order by all",
    )
    assert kept
    assert kept == [
        (day, was, now, now - was)
        for (day, was), (_, now) in zip(published, corrected, strict=True)
        if was != now
    ]
    [(as_of_date, count)] = answer(
        restated_home,
        "select as_of_date, restated_figure_count from lake.close.restatement "
        "where published_tape_sha256 != tape_sha256",
    )
    of_june = f"select count(*) from lake.close.restated_figure where as_of_date = '{as_of_date}'"
    assert [(count,)] == answer(restated_home, of_june)


def test_a_restatement_is_published_beside_its_report_and_the_version_before_stays(
    restated_home: Home, closed_home: Home
) -> None:
    for month in (FIRST, SECOND):
        folder, before = (home.report_folder(DEAL, month) for home in (restated_home, closed_home))
        with (folder / "restatement.csv").open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.DictReader(file))
        count = (
            "select count(*) from lake.close.restated_figure "
            f"where strftime(as_of_date, '%Y-%m') = '{month}'"
        )
        assert [(len(lines),)] == answer(restated_home, count)
        changes = [line for line in lines if line["difference"]]
        assert len(changes) > 10
        for line in changes:
            change = Decimal(line["corrected"]) - Decimal(line["published"])
            assert change == Decimal(line["difference"]) != 0
        [version] = (folder / "versions").iterdir()
        kept = {path.name: path.read_bytes() for path in version.rglob("*") if path.is_file()}
        assert kept == {
            path.name: path.read_bytes() for path in before.rglob("*") if path.is_file()
        }


def test_both_tapes_of_the_month_stay_landed_and_nothing_is_open(
    restated_home: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tapes = list_landed(restated_home.landed, None, FIRST)
    assert [tape.version for tape in tapes] == [1, 2]
    [closed] = [each for each in read_history(restated_home.lake, DEAL).runs if each.month == FIRST]
    assert closed.file_sha256s == (tapes[1].sha256,)
    monkeypatch.setenv("TAPEHOUSE_HOME", str(restated_home.root))
    status = run("status").output
    assert "open problems: none" in status
    lines = [line.split() for line in status.splitlines() if line.startswith(f"{DEAL} ")]
    assert [line[3] for line in lines] == ["3", "3"]


@pytest.mark.slow
def test_a_dry_run_shows_every_figure_and_commits_nothing(home: Home, run: Run) -> None:
    [(loan_id,)] = answer(
        home,
        "select min(loan_id) from lake.pool.loan_month where days_past_due = 0 "
        "and closing_balance > 0 and strftime(as_of_date, '%Y-%m') = '2017-07'",
    )
    tape = write_corrected(home, SECOND, loan_id, OVERDUE)
    before = fingerprint(home)
    result = run("restate", DEAL, SECOND, "--tape", str(tape), "--dry-run")
    assert result.code == 0, result.errors
    assert fingerprint(home) == before
    assert not (home.scratch("huabei_2017") / "rehearsal").exists()
    first, *lines, last = result.output.splitlines()
    assert first.startswith(f"{DEAL} {SECOND}: ")
    assert last == "dry run: nothing was committed"
    figures = [line.split() for line in lines]
    [(published, corrected, difference)] = [
        [Decimal(cell.replace(",", "")) for cell in line[-3:]]
        for line in figures
        if line[:3] == ["TR-4-1", "overdue_1_30", "loan_count"]
    ]
    assert corrected - published == difference == 1


def test_where_a_later_month_does_not_close_nothing_is_committed(home: Home, run: Run) -> None:
    tape = corrected_first(home)
    (home.inbox / f"{DEAL}_{SECOND}.csv").unlink()
    shutil.rmtree(home.landed / "huabei_2017" / SECOND)
    before = fingerprint(home)
    result = run("restate", DEAL, FIRST, "--tape", str(tape))
    assert (result.code, result.errors.count("\n")) == (1, 1)
    assert f"{DEAL} {SECOND}: no tape in " in result.errors
    assert f"with {FIRST} as corrected {DEAL} {SECOND} does not close" in result.errors
    assert "nothing was committed, and all months stand as published" in result.errors
    alone = f"`tapehouse restate {DEAL} {FIRST} --tape {tape} --only`"
    after = f"`tapehouse restate {DEAL} {SECOND} --tape FILE`"
    assert (
        f"restate {FIRST} with --only, which leaves later months stale: {alone}, then {after}"
        in (result.errors)
    )
    assert str(home.inbox) in result.errors
    assert "rehearsal" not in result.errors
    assert fingerprint(home) == before


@pytest.mark.slow
def test_a_month_restated_alone_leaves_the_later_ones_stale_until_they_follow(
    home: Home, run: Run
) -> None:
    tape = str(corrected_first(home))
    result = run("restate", DEAL, FIRST, "--tape", tape, "--only")
    assert result.code == 0, result.errors
    assert read_history(home.lake, DEAL).stale_months == {SECOND}
    assert f"{DEAL} {SECOND}: stands on a month restated" in run("status").output
    followed = run("restate", DEAL, FIRST, "--tape", tape)
    assert followed.code == 0, followed.errors
    assert followed.output.splitlines()[-1].startswith("1 month restated, ")
    assert not read_history(home.lake, DEAL).stale_months
    assert "open problems: none" in run("status").output
    # What a run that was killed after its commit left undone, the same command does.
    shutil.rmtree(home.report_folder(DEAL, SECOND))
    assert "nothing to restate" in run("restate", DEAL, SECOND).output
    assert (home.report_folder(DEAL, SECOND) / "restatement.csv").is_file()


def test_a_month_that_comes_to_what_is_published_is_left_alone(home: Home, run: Run) -> None:
    before = fingerprint(home)
    result = run("restate", DEAL, SECOND)
    assert (result.code, result.output.splitlines()) == (
        0,
        [f"{DEAL} {SECOND}: nothing to restate, the month comes to what is published"],
    )
    assert fingerprint(home) == before


@pytest.mark.slow
def test_a_month_is_restated_from_its_own_tape_after_its_terms_changed(
    home: Home, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deals = write_deal(DEAL, tmp_path / "deals", ("{ value = 0.053,", "{ value = 0.060,")).parent
    monkeypatch.setenv("TAPEHOUSE_DEALS", str(deals))
    result = run("restate", DEAL, SECOND, "--dry-run")
    assert result.code == 0, result.errors
    [(published, corrected)] = [
        [Decimal(cell.replace(",", "")) for cell in line.split()[-3:-1]]
        for line in result.output.splitlines()
        if line.split()[:3] == ["TR-3-2", "senior", "interest_due"]
    ]
    assert abs(corrected - published * 60 / 53) < Decimal("0.01")


def test_a_month_that_is_not_closed_is_refused_in_one_line(run: Run) -> None:
    result = run("restate", DEAL, "2017-09")
    assert (result.code, result.errors.count("\n")) == (1, 1)
    assert "2017-09: not closed, expected a closed month" in result.errors
    # A month after the next one cannot be closed yet.
    assert f"the next to close is 2017-08: `tapehouse close {DEAL} 2017-08`" in result.errors
