"""What the lake's tables are: read from the YAML beside the models, whose contracts dbt enforces."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flows.home import DBT_PROJECT

DOC_BLOCK = re.compile(r"{%\s*docs\s+(\w+)\s*%}\s*(.*?)\s*{%\s*enddocs\s*%}", re.DOTALL)
DOC_REFERENCE = re.compile(r"{{\s*doc\(['\"](\w+)['\"]\)\s*}}")
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

    words = _doc_blocks(project)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tables: list[Table] = []
    for path in sorted(project.glob("models/**/*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        schema = FOLDER_ORDER.sub("", path.parent.name)
        tables += [_table(schema, model, words) for model in content.get("models", ())]
        for source in content.get("sources", ()):
            if source["name"] == "close":
                tables += [_table("close", table, words) for table in source["tables"]]
    return tuple(table for table in tables if table.meta.get("published", True))


def find_table(full_name: str) -> Table:
    """The table of that schema and name; KeyError for one that is not published."""
    return {table.full_name: table for table in published_tables()}[full_name]


def _doc_blocks(project: Path) -> dict[str, str]:
    return {
        name: " ".join(text.split())
        for path in sorted(project.glob("models/**/*.md"))
        for name, text in DOC_BLOCK.findall(path.read_text(encoding="utf-8"))
    }


def _table(schema: str, entry: dict, words: dict[str, str]) -> Table:
    def resolved(text: str) -> str:
        return DOC_REFERENCE.sub(lambda match: words[match.group(1)], text)

    return Table(
        schema=schema,
        name=entry["name"],
        description=resolved(entry.get("description", "")),
        columns=tuple(
            Column(column["name"], column["data_type"], resolved(column.get("description", "")))
            for column in entry.get("columns", ())
        ),
        meta=entry.get("config", {}).get("meta", {}),
    )
