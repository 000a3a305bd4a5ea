"""Make the models' tables, one after the other, on one connection to the month's scratch database."""

import importlib.util
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.home import DBT_PROJECT
from flows.transform.compiled import Model, TransformError, compiled_models
from flows.transform.results import Made
from waterfall.money import WaterfallError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation


def run_models(connection: "DuckDBPyConnection", project: Path = DBT_PROJECT) -> list[Made]:
    """Make every model's table or view, and say when; `connection` is to the database `build` with what is
    staged.

    TransformError names the model that failed, or whose columns are not those of its contract.
    """
    import duckdb

    models = compiled_models(project)
    places = {model.name: model.full_name for model in models}
    for schema in dict.fromkeys(model.schema for model in models):
        connection.execute(f"create schema if not exists {schema}")
    made: list[Made] = []
    for model in models:
        started_at = datetime.now(UTC)
        try:
            _make(connection, model, project, places)
        except duckdb.Error as error:
            raise TransformError(f"model {model.name}: {' '.join(str(error).split())}") from error
        except WaterfallError:
            raise  # It names deal and month, and what is wrong with them.
        except Exception as error:
            if not model.python_file:
                raise
            raise TransformError(
                f"model {model.name}: {type(error).__module__}.{type(error).__name__}: {error}"
            ) from error
        _check_columns(connection, model)
        made.append(Made(model, started_at, datetime.now(UTC)))
    return made


def _make(
    connection: "DuckDBPyConnection", model: Model, project: Path, places: dict[str, str]
) -> None:
    if model.python_file:
        rows = _function_of(project / model.python_file)(Read(connection, places), connection)
        rows.create(model.full_name)
        return
    kind = "view" if model.is_view else "table"
    # In the order of the contract, which may not be that of the select.
    names = ", ".join(name for name, _ in model.columns) or "*"
    connection.execute(f"create {kind} {model.full_name} as select {names} from ({model.select})")


class Read:
    """What a Python model is handed as `dbt`: the tables before it."""

    def __init__(self, connection: "DuckDBPyConnection", places: dict[str, str]) -> None:
        self._connection = connection
        self._places = places

    def ref(self, name: str) -> "DuckDBPyRelation":
        """The table of another model."""
        return self._connection.sql(f"from {self._places[name]}")

    def source(self, schema: str, name: str) -> "DuckDBPyRelation":
        """A table that is laid beside the tape."""
        return self._connection.sql(f"from {schema}.{name}")


@cache
def _function_of(path: Path) -> Callable[[Read, "DuckDBPyConnection"], "DuckDBPyRelation"]:
    """The function `model` of a Python model's file."""
    spec = importlib.util.spec_from_file_location(f"model_{path.stem}", path)
    assert spec and spec.loader, f"{path}: a Python file has a loader"
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.model


def _check_columns(connection: "DuckDBPyConnection", model: Model) -> None:
    """TransformError where the made table's types are not those that the dictionary demands."""
    if not model.columns:
        return
    import duckdb

    made = connection.sql(f"from {model.full_name}")
    found = dict(zip(made.columns, map(str, made.types), strict=True))
    for name, data_type in model.columns:
        if found[name] != str(duckdb.sqltype(data_type)):
            raise TransformError(
                f"model {model.name}: column {name} is {found[name]}, expected {data_type} as the "
                "dictionary declares it"
            )
