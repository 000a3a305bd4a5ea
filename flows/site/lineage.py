"""dbt's documentation of the models: their lineage, and their columns with the types of a database."""

import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.home import DBT_PROJECT
from flows.transform.compiled import QUIET, TransformError, compiled_models


def write_lineage(page: Path) -> dict[str, Any]:
    """Write dbt's page, whole in one file, and return what it knows of the models (dbt's manifest).

    Its catalog is asked of a database with every model's table, empty: names and types are those that a
    close is held to, and no month has to be closed.
    """
    with TemporaryDirectory(prefix="tapehouse-") as name:
        folder = Path(name)
        _make_tables(folder / "build.duckdb")
        _document(folder)
        page.parent.mkdir(parents=True)
        shutil.copyfile(folder / "static_index.html", page)
        return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def _make_tables(database: Path) -> None:
    import duckdb

    models = compiled_models()
    with duckdb.connect(str(database)) as connection:
        for schema in dict.fromkeys(model.schema for model in models):
            connection.execute(f"create schema {schema}")
        for model in (model for model in models if model.columns):
            columns = ", ".join(f"{name} {data_type}" for name, data_type in model.columns)
            connection.execute(f"create table {model.full_name} ({columns})")


def _document(folder: Path) -> None:
    from dbt.cli.main import dbtRunner

    os.environ["TAPEHOUSE_SCRATCH"] = str(folder / "build.duckdb")
    places = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": folder,
        "--log-path": folder,
    }
    arguments = [text for option in places.items() for text in map(str, option)]
    outcome = dbtRunner().invoke(["docs", "generate", "--static", *arguments, *QUIET])
    if outcome.exception or not outcome.success:
        raise TransformError(f"dbt docs: {' '.join(str(outcome.exception or 'failed').split())}")
