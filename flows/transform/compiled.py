"""What dbt makes of the project in `sql/`: the models in their order, compiled and kept.

dbt renders the templates, resolves `ref` and `source`, and orders the models; that takes it longer than a
small month takes to build, and gives the same for every month. So it is asked once for each state of `sql/`.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from flows.home import DBT_PROJECT
from tapes.land.disk import naming

if TYPE_CHECKING:
    from jinja2 import Template

PARTS = ("dbt_project.yml", "profiles.yml", "models/**/*", "macros/**/*")
MATERIALIZED = ("table", "view")
"""Models that a month has; those that stand in the text of others are none, nor are dbt's own tests."""
QUIET = ("--quiet", "--log-level=none", "--no-print", "--no-use-colors", "--no-populate-cache")


class TransformError(Exception):
    """A model failed: a fault of the project, not of the data; names the model and the database's message."""


@dataclass(frozen=True)
class Model:
    """One table or view to make: a select for DuckDB, or a Python file of the project.

    `columns` are the names and types that the dictionary demands; none of a model without a contract.
    """

    schema: str
    name: str
    is_view: bool
    select: str
    python_file: str
    columns: tuple[tuple[str, str], ...]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


@cache
def compiled_models(project: Path = DBT_PROJECT) -> tuple[Model, ...]:
    """The project's models in the order in which they are made; TransformError where dbt refuses it.

    They are kept in `target/` of the project, which may be cleared at any time. Where that folder cannot be
    written they are compiled anew for each process.
    """
    with _work_folder(project) as folder:
        kept = folder / f"models-{_project_hash(project)}.json"
        if not kept.exists():
            text = json.dumps([asdict(model) for model in _compile(project, folder)], indent=1)
            _write_whole(kept, text)
        return tuple(map(_model, json.loads(kept.read_text(encoding="utf-8"))))


def _model(entry: dict[str, Any]) -> Model:
    entry["columns"] = tuple((name, data_type) for name, data_type in entry["columns"])
    return Model(**entry)


@contextmanager
def _work_folder(project: Path) -> Iterator[Path]:
    """The project's `target/`, for us alone; else a folder that goes with us."""
    from filelock import FileLock

    folder = project / "target"
    try:
        folder.mkdir(exist_ok=True)
        held = FileLock(folder / "compile.lock").acquire()
    except OSError:  # A read-only installation.
        with TemporaryDirectory(prefix="tapehouse-") as own:
            yield Path(own)
        return
    with held:
        yield folder


def _write_whole(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    with naming(unfinished):
        unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _project_hash(project: Path) -> str:
    """The first 16 digits of the SHA-256 over the project's files and what compiles them."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for package in ("dbt-core", "dbt-duckdb"):
        digest.update(f"{package} {version(package)}\n".encode())
    for path in sorted(path for part in PARTS for path in project.glob(part) if path.is_file()):
        digest.update(f"{path.relative_to(project)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _compile(project: Path, folder: Path) -> list[Model]:
    from dbt.cli.main import dbtRunner

    # Its name stands in the compiled text; dbt makes the file, and no model is run in it.
    database = folder / "build.duckdb"
    os.environ["TAPEHOUSE_SCRATCH"] = str(database)
    places = {
        "--project-dir": project,
        "--profiles-dir": project,
        "--target-path": folder,
        "--log-path": folder,
    }
    arguments = [text for option in places.items() for text in map(str, option)]
    outcome = dbtRunner().invoke(["compile", *arguments, *QUIET])
    database.unlink(missing_ok=True)
    if outcome.exception:
        raise TransformError(f"dbt: {' '.join(str(outcome.exception).split())}")
    template = _month_template(project)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    results: list[Any] = outcome.result.results  # type: ignore[union-attr]
    nodes = {result.node.unique_id: result.node for result in results}
    return [
        _compiled(nodes[name], template, project)
        for name in in_order(manifest["parent_map"])
        if name in nodes and nodes[name].config.materialized in MATERIALIZED
    ]


def in_order(parents: dict[str, list[str]]) -> list[str]:
    """Each node after its parents; dbt's own order of results depends on how its threads fare."""
    return list(
        TopologicalSorter({name: sorted(parents[name]) for name in sorted(parents)}).static_order()
    )


def _compiled(node: Any, month: "Template", project: Path) -> Model:
    is_python = node.language == "python"
    columns = node.columns.values() if node.contract.enforced else ()
    return Model(
        schema=node.schema,
        name=node.name,
        is_view=node.config.materialized == "view",
        select="" if is_python else _of_the_month(node, month),
        python_file=node.original_file_path if is_python else "",
        columns=tuple((column.name, column.data_type) for column in columns),
    )


def _month_template(project: Path) -> "Template":
    from jinja2 import Environment

    text = (project / "macros" / "month.sql").read_text(encoding="utf-8")
    return Environment(extensions=["jinja2.ext.do"]).from_string(text)


def _of_the_month(node: Any, month: "Template") -> str:
    """The model's select as `dbt run` would make its table: with deal and month, by the project's macro."""
    scope = {"model": node, "config": node.config, "source": '"build"."{}"."{}"'.format}
    return month.make_module(scope).of_the_month(node.compiled_code)  # type: ignore[attr-defined]
