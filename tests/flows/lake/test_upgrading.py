"""A lake of an earlier release becomes one of this release: what is said, what is done, who is refused."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.home import Home
from flows.lake.connection import LakeError, open_lake
from flows.lake.tables import published_tables
from flows.lake.transaction import UNFINISHED
from flows.lake.upgrade import plan
from flows.lake.upgrade.change import Change
from flows.lake.upgrade.plan import PlannedChange, PlannedStep, plan_upgrade, take_step
from flows.lake.upgrade.steps import all_steps
from flows.lake.upgrade.version import release, version_written
from tests.flows.command_running import Outcome
from tests.flows.lake.earlier_lake import columns, repurchase_two, set_back, table_rows

DEAL, CLOSED, NEXT = "huabei_2017_1", "2017-07", "2017-08"
PROCESSES = multiprocessing.get_context("forkserver")
Run = Callable[..., Outcome]


def snapshots(home: Home) -> int:
    with open_lake(home.lake) as lake:
        [(count,)] = lake.execute("select count(*) from lake.snapshots()").fetchall()
    return count


@pytest.fixture
def earlier(home: Home) -> Home:
    """The home of two closed months, as a release of version 1 left its lake."""
    repurchase_two(home.lake)
    set_back(home.lake)
    return home


def test_the_steps_lead_from_one_version_to_the_next() -> None:
    assert [step.version for step in all_steps()] == list(range(2, version_written() + 1))


def test_a_lake_that_this_release_made_needs_nothing(home: Home, run: Run) -> None:
    result = run("upgrade", "--apply")
    assert (result.code, result.errors) == (0, "")
    assert f"a lake of version {version_written()}" in result.output
    assert "nothing to do" in result.output


def test_what_would_be_done_is_said_and_nothing_is_done(earlier: Home, run: Run) -> None:
    before = snapshots(earlier)
    result = run("upgrade")
    assert (result.code, result.errors) == (0, "")
    assert (
        "  pool.repurchase: column notice_reason is added (1 of 2 rows get a value)"
        in result.output
    )
    assert "  pool.repurchase: column reason_en is dropped (2 rows)" in result.output
    assert "  report.tr_15_2: column average_months is added (6 rows)" in result.output
    assert "nothing is changed yet; run `tapehouse upgrade --apply`" in result.output
    assert snapshots(earlier) == before


@pytest.mark.slow
def test_an_upgraded_lake_has_the_tables_and_rows_of_one_that_this_release_made(
    home: Home, run: Run
) -> None:
    repurchase_two(home.lake)
    expected = columns(home.lake)
    tables = [table.full_name for table in published_tables() if not table.is_view]
    unknown = {"report.tr_15_2": ("average_months",)}
    rows = {name: table_rows(home.lake, name, unknown.get(name, ())) for name in tables}
    set_back(home.lake)
    assert columns(home.lake) != expected
    result = run("upgrade", "--apply")
    assert (result.code, result.errors) == (0, "")
    assert columns(home.lake) == expected
    for name in tables:
        assert table_rows(home.lake, name, unknown.get(name, ())) == rows[name], name


def test_an_upgraded_lake_has_what_the_dictionary_says(earlier: Home, run: Run) -> None:
    assert run("upgrade", "--apply").code == 0
    found: dict[str, set[str]] = {}
    for table, name, _ in columns(earlier.lake):
        found.setdefault(table, set()).add(name)
    for table in published_tables():
        assert found[table.full_name] == {column.name for column in table.columns}, (
            f"{table.full_name}: a column that is renamed or dropped needs a step in flows/lake/upgrade/steps"
        )


def test_each_step_is_one_snapshot_that_says_so_and_a_second_upgrade_has_none(
    earlier: Home, run: Run
) -> None:
    before = snapshots(earlier)
    assert run("upgrade", "--apply").code == 0
    assert snapshots(earlier) == before + len(all_steps())
    with open_lake(earlier.lake) as lake:
        versions = lake.execute("from lake.close.lake_version order by version").fetchall()
        [(message,)] = lake.execute(
            "select commit_message from lake.snapshots() order by snapshot_id desc limit 1"
        ).fetchall()
    assert versions == [(step.version, release()) for step in all_steps()]
    assert message.startswith("upgrade to version 6: ")
    assert "nothing to do" in run("upgrade", "--apply").output
    assert snapshots(earlier) == before + len(all_steps())


@pytest.mark.slow
def test_the_next_month_of_an_upgraded_lake_closes_as_it_does_without_an_upgrade(
    home: Home, copy_home: Callable[[Home], Home], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copy_home(home)
    set_back(home.lake)
    assert run("upgrade", "--apply").code == 0
    assert run("close", DEAL, NEXT).code == 0
    monkeypatch.setenv("TAPEHOUSE_HOME", str(other.root))
    assert run("close", DEAL, NEXT).code == 0
    for name in ("close.run", "waterfall.payment", "purchase.pool_loan", "report.tr_15_1"):
        assert table_rows(home.lake, name) == table_rows(other.lake, name)


@pytest.mark.parametrize("arguments", [("close", DEAL, NEXT), ("project", DEAL, CLOSED)])
def test_what_writes_or_pays_from_a_lake_of_an_earlier_release_is_refused_in_one_line(
    earlier: Home, run: Run, arguments: tuple[str, ...]
) -> None:
    before = snapshots(earlier)
    result = run(*arguments)
    assert result.code == 1
    assert result.errors.count("\n") == 1
    assert f"a lake of version 1, expected version 6 (release {release()})" in result.errors
    assert "run `tapehouse upgrade --apply`" in result.errors
    assert snapshots(earlier) == before


def test_a_lake_of_a_later_release_is_refused_and_still_read(home: Home, run: Run) -> None:
    with open_lake(home.lake, write=True) as lake:
        lake.execute("insert into lake.close.lake_version values (99, '9.1.0')")
    for arguments in (("close", DEAL, NEXT), ("upgrade", "--apply")):
        result = run(*arguments)
        assert result.code == 1
        assert result.errors.count("\n") == 1
        assert "a lake of version 99 (release 9.1.0), expected version 6" in result.errors
        assert "`tapehouse --version`" in result.errors
    read(run)


def test_a_column_that_this_release_does_not_know_is_of_a_later_one(home: Home, run: Run) -> None:
    with open_lake(home.lake, write=True) as lake:
        lake.execute("alter table lake.report.tr_1 add column mood_code varchar")
    assert "a later release wrote it" in run("close", DEAL, NEXT).errors


@pytest.mark.slow
def test_readers_read_a_lake_of_an_earlier_release(earlier: Home, run: Run) -> None:
    read(run)
    assert "version 1, expected version 6" in run("status").output
    assert "version 1, expected version 6" in run("check").output


def read(run: Run) -> None:
    for arguments in (("sql", "from pool.phase"), ("report", DEAL, CLOSED), ("status",)):
        result = run(*arguments)
        assert (result.code, result.errors) == (0, ""), arguments


def test_what_the_dictionary_has_and_no_step_brings_is_made_empty(home: Home, run: Run) -> None:
    with open_lake(home.lake, write=True) as lake:
        lake.execute("drop table lake.report.hl_1")
        lake.execute("alter table lake.report.tr_3_2 drop column closing_balance")
    errors = run("close", DEAL, NEXT).errors
    assert "with more tables or columns (report.hl_1, report.tr_3_2): an earlier release" in errors
    result = run("upgrade", "--apply")
    assert "  report.hl_1: the table is made (0 rows)" in result.output
    assert "  report.tr_3_2: column closing_balance is added (6 rows)" in result.output
    assert "nothing to do" in run("upgrade").output


def test_a_lake_older_than_the_steps_reach_is_refused(home: Home, run: Run) -> None:
    with open_lake(home.lake, write=True) as lake:
        lake.execute("alter table lake.waterfall.note_balance drop column write_off_amount")
    result = run("upgrade", "--apply")
    assert result.code == 1
    assert result.errors.count("\n") == 1
    assert "the lake has no waterfall.note_balance.write_off_amount" in result.errors


def cut_off(lake: Path) -> None:
    """Take the first step and be killed before its transaction is committed."""

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    plan.keep_version = die
    [first, *_] = plan_upgrade(lake).steps
    take_step(lake, first)


def test_an_upgrade_that_is_killed_changes_nothing_and_goes_on_with_the_same_command(
    earlier: Home, run: Run
) -> None:
    before = columns(earlier.lake)
    child = PROCESSES.Process(target=cut_off, args=(earlier.lake,))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert (earlier.lake / UNFINISHED).exists()
    assert columns(earlier.lake) == before
    assert run("upgrade", "--apply").code == 0
    assert not (earlier.lake / UNFINISHED).exists()


def test_a_step_that_fails_half_way_changes_nothing(earlier: Home) -> None:
    before, count = columns(earlier.lake), snapshots(earlier)
    [first, *_] = plan_upgrade(earlier.lake).steps
    broken = Change("pool.repurchase", "", ("alter table lake.pool.nowhere drop column x",))
    step = PlannedStep(first.version, first.words, (*first.changes, PlannedChange(broken, 0, 0)))
    with pytest.raises(Exception, match="nowhere"):
        take_step(earlier.lake, step)
    assert (columns(earlier.lake), snapshots(earlier)) == (before, count)


def test_there_is_nothing_to_upgrade_without_a_lake(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAPEHOUSE_HOME", str(tmp_path))
    result = run("upgrade")
    assert result.code == 1
    assert "there is no lake yet" in result.errors


def test_a_plan_names_the_lake_that_it_refuses(home: Home) -> None:
    with open_lake(home.lake, write=True) as lake:
        lake.execute("drop table lake.waterfall.note_balance")
    with pytest.raises(LakeError, match=str(home.lake)):
        plan_upgrade(home.lake)
