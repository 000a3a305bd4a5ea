"""The models on one connection make what `dbt run` makes, and are compiled again when `sql/` changes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.home import DBT_PROJECT
from flows.transform.compiled import TransformError, compiled_models, in_order
from flows.transform.run import run_models
from tests.sql.small_month import Month

TABLES = """
    select schema_name || '.' || table_name, list(column_name || ' ' || data_type order by column_index)
    from duckdb_columns() where database_name = current_database() and not internal group by all
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the dbt project, to be changed, with what is kept of it compiled."""
    compiled_models()
    passed_over = shutil.ignore_patterns("compiled", "logs", "*.lock", "*.msgpack")
    return shutil.copytree(DBT_PROJECT, tmp_path / "sql", ignore=passed_over)


@pytest.fixture
def staged(limited: Month, tmp_path: Path) -> Path:
    """A build of which only what was staged is left."""
    [(kept,)] = limited.connection.execute(
        "select path from duckdb_databases() where database_name = 'build'"
    ).fetchall()
    database = Path(shutil.copy(kept, tmp_path / "build.duckdb"))
    with duckdb.connect(str(database)) as connection:
        for schema in {model.schema for model in compiled_models()}:
            connection.execute(f"drop schema {schema} cascade")
    return database


@pytest.mark.slow
def test_dbt_run_makes_the_same_tables(limited: Month, staged: Path) -> None:
    places = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT]
    own = ["--target-path", staged.parent / "target", "--log-path", staged.parent]
    ran = subprocess.run(
        [Path(sys.executable).parent / "dbt", "run", *places, *own],
        env=os.environ | {"TAPEHOUSE_SCRATCH": str(staged)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
    with duckdb.connect(str(staged)) as by_dbt:
        theirs = dict(by_dbt.execute(TABLES).fetchall())
        ours = dict(limited.connection.execute(TABLES).fetchall())
        assert theirs == ours
        for table in ours:
            # Candidates are numbered as they are read, in any order; the draw comes out the same.
            columns = "columns(c -> c != 'candidate_number')"
            query = f"select {columns} from {table} order by all"
            assert by_dbt.execute(query).fetchall() == limited.connection.execute(query).fetchall()


def test_the_models_stand_in_one_order_however_dbt_came_by_them() -> None:
    found = [("c", []), ("b", ["d"]), ("d", ["source"]), ("a", ["d", "c"]), ("source", [])]
    assert in_order(dict(found)) == in_order(dict(found[::-1])) == ["c", "source", "d", "a", "b"]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_model_that_fails_is_named_with_the_message_of_the_database(
    project: Path, staged: Path
) -> None:
    compiled_models(project)
    edit(project / "models/2_pool/cut_off.py", "models.decide(", "models.decided(")
    with (
        duckdb.connect(str(staged)) as connection,
        pytest.raises(TransformError, match=r"^model cut_off: .*has no attribute 'decided'$"),
    ):
        run_models(connection, project)


@pytest.mark.slow
def test_a_changed_project_is_compiled_again_and_its_contract_is_held_to(
    project: Path, staged: Path
) -> None:
    before = compiled_models()
    names = [path.name for path in (project / "target").glob("models-*.json")]
    assert compiled_models(project) == before
    edit(
        project / "models/1_intake/tape.sql",
        "tape_file.byte_count",
        "tape_file.byte_count::double as byte_count",
    )
    compiled_models.cache_clear()
    with (
        duckdb.connect(str(staged)) as connection,
        pytest.raises(
            TransformError, match=r"^model tape: column byte_count is DOUBLE, expected bigint"
        ),
    ):
        run_models(connection, project)
    assert len(list((project / "target").glob("models-*.json"))) == len(names) + 1


@pytest.mark.slow
def test_a_project_in_which_nothing_can_be_kept_is_compiled_all_the_same(project: Path) -> None:
    shutil.rmtree(project / "target")
    (project / "target").write_text("no folder can be made here")
    assert compiled_models(project) == compiled_models()


def test_a_project_that_dbt_refuses_is_one_line(project: Path) -> None:
    (project / "models/1_intake/tape.sql").write_text("select {{ ref('nothing') }}")
    with pytest.raises(TransformError, match=r"^dbt: .*'nothing' which was not found$"):
        compiled_models(project)
