"""What the lake's tables are: read from the data dictionary, whose names and types dbt enforces."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flows.home import DBT_PROJECT

DICTIONARY = Path("models/dictionary.yml")
FOLDER_ORDER = re.compile(r"^\d+_")


@dataclass(frozen=True)
class Column:
    """One column: its name, its DuckDB type and what it means."""

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class Table:
    """One table of the lake: `schema` is the stop of the route; `meta` the report table's titles.

    A view (`is_view`) has no rows of its own: the lake keeps its question.
    """

    schema: str
    name: str
    description: str
    columns: tuple[Column, ...]
    meta: dict[str, Any]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def is_view(self) -> bool:
        return bool(self.meta.get("is_view"))

    def definition(self) -> str:
        """The column list of a `create table`."""
        return ", ".join(f"{column.name} {column.data_type}" for column in self.columns)


@cache
def published_tables(project: Path = DBT_PROJECT) -> tuple[Table, ...]:
    """Every table that a close publishes, in the order of the route."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (project / DICTIONARY).read_text(encoding="utf-8")
    content = yaml.load(text, Loader=loader)
    schemas = {path.stem: FOLDER_ORDER.sub("", path.parent.name) for path in _models(project)}
    tables = [_table(schemas[model["name"]], model) for model in content["models"]]
    for source in content["sources"]:
        if source["name"] == "close":
            tables += [_table("close", table) for table in source["tables"]]
    return tuple(table for table in tables if table.meta.get("published", True))


def find_table(full_name: str) -> Table:
    """The table of that schema and name; KeyError for one that is not published."""
    return {table.full_name: table for table in published_tables()}[full_name]


def _models(project: Path) -> list[Path]:
    """The files of the models: a folder is a stop of the route."""
    return [path for path in project.glob("models/*/*") if path.suffix in (".sql", ".py")]


def _table(schema: str, entry: dict) -> Table:
    return Table(
        schema=schema,
        name=entry["name"],
        description=entry["description"],
        columns=tuple(
            Column(column["name"], column["data_type"], column["description"])
            for column in entry.get("columns", ())
        ),
        meta=entry.get("config", {}).get("meta", {}),
    )
