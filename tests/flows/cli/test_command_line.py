"""The command line as a user meets it: help, one line per mistake, a read-only lake, quick answers."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer import Context
from typer.main import get_command
from typer.testing import CliRunner

from deals.terms.events import EVENTS
from flows.cli.commands import app
from flows.close.identity import code_version
from flows.home import Home
from flows.lake.query import run_shell
from tests.flows.command_running import Outcome, command_runner

DEAL = "huabei_2017_1"
COMMANDS = sorted(get_command(app).list_commands(Context(get_command(app))))


@pytest.fixture
def run(
    closed_home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Runs a command that reads on the home with two closed months."""
    monkeypatch.setenv("TAPEHOUSE_HOME", str(closed_home.root))
    return command_runner(monkeypatch, capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    _, _, example = result.output.partition("Example:")
    assert f"tapehouse {command}" in example
    assert len(result.output) > len(example) + 200


def test_the_version_is_the_code_version_of_the_runs(run: Callable[..., Outcome]) -> None:
    result = run("--version")
    assert (result.code, result.output) == (0, f"tapehouse {code_version()}\n")


def test_the_help_of_an_event_lists_the_codes(run: Callable[..., Outcome]) -> None:
    output = " ".join(run("event", "--help").output.replace("│", " ").split())
    assert f"One of {', '.join(EVENTS)}." in output


def test_the_shell_lists_the_tables_of_each_stop(
    closed_home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("exit\n"))
    run_shell(closed_home.lake)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in lines[1:8]] == [
        "intake", "pool", "eligibility", "purchase", "waterfall", "report", "close"
    ]  # fmt: skip
    assert "tr_1, " in lines[6]


def test_the_help_lists_every_command(run: Callable[..., Outcome]) -> None:
    result = run("--help")
    assert result.code == 0
    assert set(COMMANDS) <= set(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "no command"),
        (("close",), "Missing argument 'DEAL'; `tapehouse close --help`"),
        (("close", DEAL, "2017-07", "--tapes", "x"), "No such option: --tapes"),
        (("clse",), "No such command 'clse'. Did you mean 'close'?"),
        (("synth", DEAL, "--format", "xml"), "'xml' is not one of 'csv', 'parquet'"),
        (("synth", DEAL, "--months", "0"), "--months"),
        (("synth", DEAL, "--dirt", "nan"), "--dirt NaN: expected shares from 0 to below 1"),
        (("synth", DEAL, "--dirt", "1"), "--dirt 1: expected shares from 0 to below 1"),
        (("close", DEAL, "2017-7"), "month '2017-7': expected YYYY-MM"),
        (("close", DEAL, "２０１７-07"), "expected YYYY-MM"),
        (("close", DEAL, "9999-12"), "expected YYYY-MM"),
        (("close", "../huabei_2017_1", "2017-07"), "no such file in the deals folder"),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_code_2(
    run: Callable[..., Outcome], arguments: tuple[str, ...], expected: str
) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert result.errors.count("\n") == 1
    assert result.errors.startswith("tapehouse: ")
    assert expected in result.errors


def test_a_home_that_is_a_file_is_refused_by_name(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "data"
    file.touch()
    monkeypatch.setenv("TAPEHOUSE_HOME", str(file))
    for arguments in (["status"], ["sql", "select 1"], ["backfill", DEAL, "2017-06", "2017-06"]):
        result = run(*arguments)
        assert result.code == 2
        assert result.errors == (
            f"tapehouse: TAPEHOUSE_HOME: {file} is a file, expected a folder for the data; "
            "name another place\n"
        )


def test_an_output_folder_that_is_a_file_is_refused_by_name(
    run: Callable[..., Outcome], tmp_path: Path
) -> None:
    file = tmp_path / "out"
    file.touch()
    result = run("synth", DEAL, "--months", "1", "--loans", "10", "--out", str(file))
    assert result.code == 1
    assert result.errors.startswith(f"tapehouse: {file}: ")


def test_sql_prints_rows_as_csv_and_as_a_table(run: Callable[..., Outcome]) -> None:
    query = "select strftime(as_of_date, '%Y-%m') as month, scale from close.run order by 1"
    assert run("sql", "--csv", query).output == "month,scale\n2017-06,3000\n2017-07,3000\n"
    assert "2017-07" in run("sql", query).output


@pytest.mark.parametrize(
    "query",
    [
        "show all tables",
        "describe close.run",
        "summarize close.run",
        "explain select * from close.run",
        "from close.run at (version => 1)",
        "pivot close.run on as_of_date using count(*)",
        "with run as (from close.run) select count(*) from run;",
    ],
)
def test_sql_answers_every_kind_of_question(run: Callable[..., Outcome], query: str) -> None:
    result = run("sql", query)
    assert (result.code, result.errors) == (0, "")
    assert result.output


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("create table lake.close.t (i int)", "CREATE"),
        ("create table memory.t (i int)", "CREATE"),
        ("create temp table t as select 1", "CREATE"),
        ("insert into close.run from close.run", "INSERT"),
        ("update close.run set scale = 1", "UPDATE"),
        ("delete from close.run", "DELETE"),
        ("drop table close.run", "DROP"),
        ("alter table close.run add column i int", "ALTER"),
        ("attach 'stolen.db'", "ATTACH"),
        ("copy close.run to 'stolen.csv'", "COPY"),
        ("explain analyze copy close.run to 'stolen.csv'", "COPY"),
        ("export database 'stolen'", "EXPORT"),
        ("begin", "TRANSACTION"),
        ("set threads = 1", "SET"),
        ("install httpfs", "LOAD"),
        ("call ducklake_expire_snapshots('lake', older_than => now())", "CALL"),
    ],
)
def test_sql_writes_nothing_anywhere(
    run: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    query: str,
    kind: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("sql", query)
    assert result.code == 2
    assert result.errors.startswith(f"tapehouse: query: {kind} is refused, expected SELECT")
    assert "the lake is read-only" in result.errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "0 statements, expected one SELECT"),
        ("select 1; select 2", "2 statements, expected one SELECT"),
        ("select 1; drop table close.run", "2 statements, expected one SELECT"),
        ("pivot close.run on scale; drop table close.run", "2 statements, expected one SELECT"),
        ("selct 1", "Parser Error"),
        ("select nothing from close.run", '"nothing" not found'),
        ("from close.runs", 'Table with name runs does not exist! Did you mean "run"?'),
        ("select cast(deal_id as int) from close.run", f"Could not convert string '{DEAL}'"),
        ("from close.run at (version => 99)", "No snapshot found at version 99"),
    ],
)
def test_a_question_with_a_mistake_is_answered_in_one_line(
    run: Callable[..., Outcome], query: str, expected: str
) -> None:
    result = run("sql", "--csv", query)
    assert result.code == 2
    assert result.errors.startswith("tapehouse: query: ")
    assert result.errors.count("\n") == 1
    assert expected in result.errors


def test_status_tells_deals_months_rows_snapshots_and_problems(
    run: Callable[..., Outcome],
) -> None:
    result = run("status")
    assert result.code == 0
    assert "ally_2017_3" in result.output
    months = [line.split() for line in result.output.splitlines() if line.startswith(DEAL)]
    assert [line[:4] for line in months] == [
        [DEAL, "2017-06", "closing", "1"],
        [DEAL, "2017-07", "revolving", "2"],
    ]
    assert [line[4] for line in months] == ["2,971", "3,012"]
    assert result.output.endswith("open problems: none\n")


QUICK = {
    "--help": ["--help"],
    "status": ["status"],
    "sql": ["sql", "select count(*) from close.run"],
}
HEAVY = ("great_expectations", "dbt", "prefect", "pandas", "polars", "pyarrow", "lxml", "typst")
IMPORTED = """
import sys
from flows.cli import app
try:
    app.main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def test_the_lake_and_arrow_do_without_pandas_and_leave_it_to_who_imports_it() -> None:
    code = """
import sys
from flows.imports import without_pandas
with without_pandas():
    import duckdb
    lake = duckdb.connect()
    rows = lake.execute("select ? as loan_id", ["L1"]).to_arrow_table()
    lake.register("rows", rows)
    print(lake.execute("from rows").fetchall(), "pandas" in sys.modules)
import pandas
print(lake.execute("from rows").df().shape)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines() == ["[('L1',)] False", "(1, 1)"]


@pytest.mark.slow
def test_a_close_does_without_pandas(home: Home) -> None:
    environment = {**os.environ, "TAPEHOUSE_HOME": str(home.root)}
    command = [sys.executable, "-c", IMPORTED, "close", DEAL, "2017-08"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == 0, result.stderr
    imported = result.stderr.split()
    assert "duckdb" in imported
    assert "pandas" not in imported


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_command_imports_no_slow_library(
    closed_home: Home, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TAPEHOUSE_HOME", str(closed_home.root))
    command = [sys.executable, "-c", IMPORTED, *QUICK[name]]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(HEAVY).isdisjoint(result.stderr.split())
