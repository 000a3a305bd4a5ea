"""What is behind a figure: one declaration per column of figures, in `sql/behind.toml`."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from flows.home import DBT_PROJECT
from reports.pack import Origin

FILE = DBT_PROJECT / "behind.toml"
BEFORE = "at the cut-off before, of the same row:"
"""What a report says of a figure that was carried over."""
WAYS = ("sum", "count", "cell", "value", "parts", "before", "columns", "rests_on", "terms", "rows")
_NAME = re.compile(r"\b[a-z_][a-z0-9_]*\b")


class Behind(BaseModel):
    """Where a figure comes from. One of its ways is given; `of` and `where` go with the first four.

    sum, count, cell, value: SQL over those rows of the table `of` at the cut-off that `where` chooses: what
        is summed, what is counted (`*` or `distinct x`), what the one row says, or any other aggregate.
        `$name` in it is a cell of the figure's own row; `at` is its column that names another cut-off.
    parts: what the figure is the sum of, each declared alike; `is_taken_off` takes one off.
    before: the same row's figure of that column at the cut-off before; zero where there was none. A row is
        the same by its codes.
    columns, rests_on: figures of the same row, or of other tables at the cut-off ("schema.table.column"),
        that it is worked out from; `how` says in which way.
    terms: where the deal's terms state it.
    by, rows: of a table whose lines are figures of different kinds, the code column that tells them apart,
        and what is behind each; `*` is every other code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: str = ""
    where: str = ""
    at: str = ""
    sum: str = ""
    count: str = ""
    cell: str = ""
    value: str = ""
    parts: tuple["Behind", ...] = ()
    before: str = ""
    columns: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    how: str = ""
    terms: str = ""
    by: str = ""
    rows: Mapping[str, "Behind"] = Field(default_factory=dict)
    is_taken_off: bool = False

    @model_validator(mode="after")
    def _goes_one_way(self) -> "Behind":
        ways = [name for name in WAYS if getattr(self, name)]
        if len(ways) != 1:
            raise ValueError(
                f"expected one of {', '.join(WAYS)}, found {', '.join(ways) or 'none'}"
            )
        if bool(self.of) != (ways[0] in WAYS[:4]):
            raise ValueError(
                f"expected `of`, a table, beside {', '.join(WAYS[:4])}, and only there"
            )
        if bool(self.by) != bool(self.rows):
            raise ValueError("expected `by`, a column of codes, beside rows, and only there")
        return self

    @property
    def expression(self) -> str:
        """SQL for the figure over the rows of `of`."""
        ways = {"sum": self.sum, "count": self.count, "any_value": self.cell}
        return next((f"{name}({sql})" for name, sql in ways.items() if sql), self.value)

    @property
    def amount(self) -> str:
        """SQL for what each row adds to the figure; empty where a row adds nothing of its own."""
        return self.sum or ("1" if self.count == "*" else "")

    @property
    def names(self) -> tuple[str, ...]:
        """The names in its SQL over `of`, columns among them."""
        return tuple(dict.fromkeys(_NAME.findall(self.sum or self.cell or self.value)))

    @property
    def source(self) -> str:
        """The rows that it is over, as SQL names them; empty where it is over none."""
        at = f" at {self.at}" if self.at else ""
        return f"{self.of}{at} where {self.where}" if self.where else f"{self.of}{at}"

    def of_row(self, row: Mapping[str, Any]) -> "Behind | None":
        """What is behind the figure in that row: of a table of many kinds, by the row's code."""
        if not self.by:
            return self
        found = self.rows.get(str(row[self.by]), self.rows.get("*"))
        return found.of_row(row) if found else None


class Family(BaseModel):
    """Columns that several tables have alike; `@` in their SQL is what `tables` says of each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: Mapping[str, str]
    columns: Mapping[str, Any]

    def declared(self) -> dict[str, dict[str, Behind]]:
        """The declarations of each table."""
        text = json.dumps(dict(self.columns))
        return {
            table: TypeAdapter(dict[str, Behind]).validate_json(text.replace("@", said))
            for table, said in self.tables.items()
        }


@cache
def load_behind() -> Mapping[str, Mapping[str, Behind]]:
    """The declarations by `schema.table` and column; pydantic's ValidationError names what is wrong."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    families = TypeAdapter(list[Family]).validate_python(content.pop("family", []))
    declared = TypeAdapter(dict[str, dict[str, Behind]]).validate_python(content)
    for family in families:
        declared |= family.declared()
    return declared


def origins_of(table: str) -> dict[str, tuple[Origin, ...]]:
    """What is behind each column of figures of `schema.table`, as the report tells it."""
    return {
        column: tuple(_origins(behind)) for column, behind in load_behind().get(table, {}).items()
    }


def _origins(behind: Behind, line: str = "", sign: Literal["", "+", "-"] = "") -> Iterator[Origin]:
    for code, inner in behind.rows.items():
        yield from _origins(inner, code)
    for part in behind.parts:
        yield from _origins(part, line, "-" if part.is_taken_off else "+")
    if behind.of:
        yield Origin(behind.source, behind.cell or behind.expression, line=line, sign=sign)
    elif behind.before:
        yield Origin("", "", BEFORE, (behind.before,), line, sign)
    elif behind.terms or behind.how:
        names = ", ".join(behind.rests_on)
        phrase = behind.terms or behind.how
        yield Origin(names, "", phrase, behind.columns, line, sign)


@cache
def model_files() -> Mapping[str, str]:
    """The file of each model by its name, as the project names it."""
    return {
        path.stem: str(path.relative_to(DBT_PROJECT.parent))
        for path in sorted(DBT_PROJECT.glob("models/**/*"))
        if path.suffix in (".sql", ".py")
    }
