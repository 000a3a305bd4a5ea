"""`close --keep-build`: the month's database is left to dbt, and what a close ran is told as dbt tells it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from dbt.artifacts.schemas.run import RunResultsArtifact

from flows.home import REPOSITORY, Home
from flows.lake.connection import open_lake
from flows.transform.compiled import compiled_models
from tests.flows.command_running import Outcome
from tests.flows.conftest import DEAL, MONTHS

COMMANDS = re.compile(r"^## A build for dbt$.*?```sh\n(.*?)```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Walk:
    """What the commands of the handbook left: the home, the folder in which they ran, what was printed."""

    home: Home
    folder: Path
    output: str


@pytest.fixture(scope="module")
def walk(closed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The commands of the handbook, run as they stand there by a shell, on a copy of the closed home."""
    folder = tmp_path_factory.mktemp("kept_build")
    home = Home(folder / "home")
    subprocess.run(["cp", "-r", closed_home.root, home.root], check=True)
    handbook = (REPOSITORY / "docs" / "handbook.md").read_text(encoding="utf-8")
    (commands,) = COMMANDS.findall(handbook)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "TAPEHOUSE_HOME": str(home.root)}
    ran = subprocess.run(
        ["bash", "-ec", commands], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Walk(home, folder, ran.stdout)


@pytest.mark.slow
def test_dbt_builds_tests_and_documents_what_was_kept(walk: Walk) -> None:
    assert "build kept in kept: `. kept/dbt.env` tells dbt of it" in walk.output
    assert re.findall(r"PASS=(\d+) WARN=0 ERROR=0", walk.output) == ["1", "3"]
    target = walk.folder / "kept" / "target"
    assert (target / "static_index.html").is_file()
    catalog = json.loads((target / "catalog.json").read_text(encoding="utf-8"))
    columns = catalog["nodes"]["model.tapehouse.tr_3_2"]["columns"]
    assert columns["closing_balance"]["type"] == "DECIMAL(18,2)"


@pytest.mark.slow
def test_what_dbt_does_to_a_kept_build_leaves_the_lake_as_it_is(walk: Walk) -> None:
    kept = walk.folder / "kept"
    assert kept.stat().st_mode & 0o777 == 0o700
    assert [file for file in kept.rglob("*.parquet") if file.stat().st_nlink > 1] == []
    query = "from {}report.tr_3_2 where as_of_date = date '2017-08-31' order by all"
    with open_lake(walk.home.lake) as lake, duckdb.connect(kept / "build.duckdb") as built:
        rows = built.sql(query.format("")).fetchall()
        assert len(rows) == 3
        assert rows == lake.sql(query.format("lake.")).fetchall()
        [(loans,)] = built.sql("select count(*) from landed.tape_row").fetchall()
        assert loans > 0
    assert not any((walk.home.root / "scratch" / DEAL).glob("[0-9]*"))


@pytest.mark.slow
def test_a_close_tells_dbts_tools_what_it_ran_and_for_how_long(walk: Walk) -> None:
    path = walk.home.data_docs / DEAL / MONTHS[2] / "run_results.json"
    results = RunResultsArtifact.read_and_check_versions(str(path))
    names = [f"model.tapehouse.{model.name}" for model in compiled_models()]
    assert [result.unique_id for result in results.results] == names
    assert {str(result.status) for result in results.results} == {"success"}
    assert 0 < sum(result.execution_time for result in results.results) <= results.elapsed_time
    assert f"run {results.metadata.env['TAPEHOUSE_RUN_ID']}," in walk.output


def test_a_folder_that_holds_something_is_left_as_it_is(
    run: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "notes.txt").write_text("mine")
    outcome = run("close", DEAL, MONTHS[2], "--keep-build", str(tmp_path / "kept"))
    assert outcome.code == 2
    assert "kept: is there and is no empty folder, expected a new or an empty one" in outcome.errors
    assert (tmp_path / "kept" / "notes.txt").read_text() == "mine"


def test_a_build_is_not_kept_among_those_that_go(run: Callable[..., Outcome], home: Home) -> None:
    folder = home.scratch(DEAL) / MONTHS[2]
    outcome = run("close", DEAL, MONTHS[2], "--keep-build", str(folder))
    assert outcome.code == 2
    assert f"lies in {home.root / 'scratch'}, expected a folder elsewhere" in outcome.errors


def test_of_a_month_that_is_refused_nothing_is_kept(
    run: Callable[..., Outcome], home: Home, tmp_path: Path
) -> None:
    """The tape is of another month, which is seen when it has been read."""
    tape = home.inbox / f"{DEAL}_{MONTHS[1]}.csv"
    kept = tmp_path / "kept"
    outcome = run("close", DEAL, MONTHS[2], "--tape", str(tape), "--keep-build", str(kept))
    assert outcome.code == 1
    assert "2017-07-31" in outcome.errors
    assert not kept.exists()


def test_a_month_of_which_the_report_alone_is_missing_has_no_build(
    run: Callable[..., Outcome], home: Home, tmp_path: Path
) -> None:
    (home.report_folder(DEAL, MONTHS[1]) / "report_en.pdf").unlink()
    outcome = run("close", DEAL, MONTHS[1], "--keep-build", str(tmp_path / "kept"))
    assert outcome.code == 1
    assert "its report alone is to be written and nothing is built" in outcome.errors
    assert not (tmp_path / "kept").exists()
