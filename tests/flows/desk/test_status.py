"""What `tapehouse status` shows: ranges of months, the rules behind warnings, a home that is not there."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.desk.problems import Range, list_ranges
from flows.home import Home
from flows.lake.connection import open_lake
from tests.flows.command_running import Outcome

DEAL, FIRST, CLOSED = "huabei_2017_1", "2017-06", "2017-07"
Run = Callable[..., Outcome]


def test_months_without_a_gap_are_one_range_and_each_deal_has_its_own() -> None:
    months = [
        ("a", "2017-11"),
        ("a", "2017-12"),
        ("a", "2018-01"),
        ("a", "2018-03"),
        ("b", "2018-02"),
    ]
    assert list(list_ranges(months)) == [
        Range("a", "2017-11", "2018-01"),
        Range("a", "2018-03", "2018-03"),
        Range("b", "2018-02", "2018-02"),
    ]
    assert list(list_ranges([])) == []


def test_months_that_want_the_same_are_one_line(home: Home, run: Run) -> None:
    for month in (FIRST, CLOSED):
        (home.report_folder(DEAL, month) / "manifest.json").unlink()
    output = run("status").output
    assert "open problems: 1\n" in output
    assert f"{DEAL} {FIRST} to {CLOSED}: no whole report of each; run `tapehouse report" in output


def test_the_rules_behind_a_count_of_warnings_are_shown(home: Home, run: Run) -> None:
    assert run("status", "--warnings").output.startswith("no closed month has a warning\n")
    with open_lake(home.lake, write=True) as lake:
        [(rule_id, words)] = lake.execute(
            "select rule_id, words_en from lake.close.verdict where level_code = 'warn' "
            f"and strftime(as_of_date, '%Y-%m') = '{CLOSED}' order by rule_id limit 1"
        ).fetchall()
        lake.execute(
            "update lake.close.verdict set outcome_code = 'failed', failing_count = 1234, "
            "failing_share = 0.0123, failing_change = 34, first_failing_keys = 'L1, L2' "
            f"where rule_id = '{rule_id}' and strftime(as_of_date, '%Y-%m') = '{CLOSED}'"
        )
    output = run("status", "--warnings").output
    heading, line = output.splitlines()[:2]
    columns = [
        "deal",
        "month",
        "rule",
        "failing",
        "of",
        "share",
        "change",
        "warning,",
        "first",
        "rows",
    ]
    assert heading.split() == columns
    cells = line.split()
    assert cells[:4] == [DEAL, CLOSED, rule_id, "1,234"]
    assert cells[5:7] == ["1.23%", "+34"]
    assert f"{words}: L1, L2".split()[:5] == cells[7:12]
    assert [line.split()[-1] for line in output.splitlines() if line.endswith("%")]


def test_a_home_that_does_not_exist_is_said(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAPEHOUSE_HOME", str(tmp_path / "nowhere"))
    result = run("status")
    assert result.code == 0
    assert f"data folder {tmp_path / 'nowhere'}: no such folder yet" in result.output
    assert run("status", "--warnings").output == "no closed month has a warning\n"
    assert not (tmp_path / "nowhere").exists()


def test_of_a_lake_with_damaged_files_the_catalog_is_listed_and_each_file_with_what_to_do(
    home: Home, run: Run
) -> None:
    cut = [
        next((home.lake / "data" / "close" / name).rglob("*.parquet"))
        for name in ("run", "lake_version")
    ]
    for file in cut:
        os.truncate(file, file.stat().st_size // 2)
    result = run("status")
    assert result.code == 1
    lines = result.output.splitlines()
    commits = [line.split() for line in lines if line.startswith("close ")]
    assert [(words[1:3], words[-1]) for words in commits] == [
        ([DEAL, FIRST], "1"),
        ([DEAL, CLOSED], "2"),
    ]
    assert "open problems: 2" in lines
    for file in cut:
        size = file.stat().st_size
        [line] = [line for line in lines if str(file) in line]
        assert line.strip().startswith(f"{file}: {size} bytes, expected ")
        assert line.endswith("restore it from a backup")
    assert result.errors.count("\n") == 1
    assert f"{home.lake}: a file of the lake is damaged or gone (" in result.errors
    check = run("check")
    assert (check.code, all(f"{file}: " in check.output for file in cut)) == (1, True)


def test_a_damaged_file_of_the_same_size_is_named_by_the_error(home: Home, run: Run) -> None:
    file = next((home.lake / "data" / "close" / "run").rglob("*.parquet"))
    file.write_bytes(bytes(file.stat().st_size))
    result = run("status")
    assert result.code == 1
    assert f"close {DEAL} {FIRST}" in result.output
    assert "open problems: 1\n" in result.output
    assert str(file) in result.errors
