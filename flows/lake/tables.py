"""What the lake's tables are: read from the data dictionary, whose names and types dbt enforces."""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flows.home import DBT_PROJECT

DICTIONARY = Path("models/dictionary.yml")
CRITERIA = Path("macros/criteria.sql")
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

    @property
    def files_in(self) -> str:
        """The scratch table that lists the Parquet files of its rows; empty when it is built as rows."""
        return str(self.meta.get("files_in", ""))

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
    schemas = {path.stem: _schema(path, project) for path in _models(project)}
    tables = [_table(schemas[model["name"]], model) for model in content["models"]]
    tables = [
        _with_criteria(table, project) if "criteria_after" in table.meta else table
        for table in tables
    ]
    for source in content["sources"]:
        if source["name"] == "close":
            tables += [_table("close", table) for table in source["tables"]]
    return tuple(table for table in tables if table.meta.get("published", True))


def _models(project: Path) -> list[Path]:
    """The files of the models: a folder is a stop of the route, in which they may stand by family."""
    return [path for path in project.glob("models/*/**/*") if path.suffix in (".sql", ".py")]


def _schema(model: Path, project: Path) -> str:
    stop = model.relative_to(project / "models").parts[0]
    return FOLDER_ORDER.sub("", stop)


def _with_criteria(table: Table, project: Path) -> Table:
    """The table with the booleans of the eligibility criteria, after the column that its entry names."""
    names = [column.name for column in table.columns]
    place = names.index(table.meta["criteria_after"]) + 1
    columns = (*table.columns[:place], *_criterion_columns(project), *table.columns[place:])
    return replace(table, columns=columns)


def _criterion_columns(project: Path) -> tuple[Column, ...]:
    """One boolean for each eligibility criterion, as the entries of its macro declare it."""
    from jinja2 import Environment

    declared: list[Any] = []
    text = (project / CRITERIA).read_text(encoding="utf-8")
    # dbt's `return` hands on a value; here it is kept.
    template = Environment(extensions=["jinja2.ext.do"]).from_string(
        text, globals={"return": declared.append}
    )
    template.module.criteria()  # type: ignore[attr-defined]
    template.module.borrower_criterion()  # type: ignore[attr-defined]
    criteria, borrower = declared
    return tuple(
        Column(
            criterion["code"],
            "boolean",
            f"Whether it holds: {criterion['words_en']}; false where that cannot be decided.",
        )
        for criterion in [*criteria, borrower]
    )


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
