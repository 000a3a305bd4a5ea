"""Follow a figure back through the lake, from stop to stop, to the loans that it is made of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flows.lake.connection import lake_columns
from flows.transform.behind import Behind, load_behind
from tapes.sql_text import literal, quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Mapping[str, Any]
MOST_ROWS = 12
"""Of a table one stop back, more rows are counted and not followed further."""
MOST_COPIED = 50_000
"""Rows of a month's table that are copied out of the lake."""


@dataclass(frozen=True)
class Loans:
    """The loans that add to a figure: SQL for loan_id and what each adds, and how many they are."""

    query: str
    count: int


@dataclass(frozen=True)
class Step:
    """One figure on the way: what the lake says, and what it comes to from the rows behind it."""

    table: str
    column: str
    row: Row
    figure: Any
    behind: Behind | None
    text: str = ""
    found: Any = None
    row_count: int = 0
    loans: Loans | None = None
    inputs: tuple["Step", ...] = ()

    @property
    def is_counted(self) -> bool:
        """Whether its rows were added up again; a figure of the terms or of its own row is not."""
        return self.text != ""

    @property
    def is_tied(self) -> bool:
        """Whether the rows behind it come to the figure, to the last digit."""
        return self.figure == self.found

    def walk(self) -> Iterator["Step"]:
        """The step and all behind it, each once."""
        waiting: list[Step] = [self]
        met = set[int]()
        while waiting:
            step = waiting.pop(0)
            if id(step) not in met:
                met.add(id(step))
                yield step
                waiting += step.inputs


@dataclass(frozen=True)
class Place:
    """A deal's month in the lake at a snapshot, and the cut-off before it."""

    lake: "DuckDBPyConnection"
    deal_id: str
    as_of_date: date
    before: date | None
    snapshot: int
    known: dict[tuple, "Step"] = field(default_factory=dict, compare=False)
    """What was followed already: many payments rest on the same collections."""
    copied: dict[str, str] = field(default_factory=dict, compare=False)

    def rows(self, table: str, at: date | None = None) -> str:
        """SQL for the month's rows of a table. What is small is copied out of the lake once: many figures
        ask for it."""
        name = f"{table.replace('.', '_')}_{at or self.as_of_date:%Y%m%d}"
        if name not in self.copied:
            rows = (
                f"lake.{table} at (version => {self.snapshot}) where deal_id = {quote_text(self.deal_id)} "
                f"and as_of_date = date '{at or self.as_of_date}'"
            )
            is_small = (
                self.ask(f"select count(*) as row_count from {rows}")[0]["row_count"] <= MOST_COPIED
            )
            if is_small:
                self.lake.execute(f"create or replace temp table {name} as select * from {rows}")
            self.copied[name] = f"temp.{name} where true" if is_small else rows
        return self.copied[name]

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The answer's rows by column."""
        answer = self.lake.execute(query)
        names = [name for name, *_ in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def at(self, as_of_date: date | None) -> "Place":
        """The place at another cut-off of the deal."""
        if as_of_date in (None, self.as_of_date):
            return self
        return replace(self, as_of_date=as_of_date).after_last()

    def after_last(self) -> "Place":
        """The place with the cut-off before it, if the deal has one."""
        rows = f"lake.close.run at (version => {self.snapshot}) where deal_id = {quote_text(self.deal_id)}"
        [found] = self.ask(
            f"select max(as_of_date) as before from {rows} and as_of_date < date '{self.as_of_date}'"
        )
        return replace(self, before=found["before"])

    @cached_property
    def loan_tables(self) -> frozenset[str]:
        """The tables of a row per loan."""
        known = lake_columns(self.lake)
        return frozenset(table for table, columns in known.items() if "loan_id" in columns)


def trace(place: Place, table: str, row: Row, column: str) -> Step:
    """The figure in that row of `schema.table`, and all that is behind it, as far as is declared."""
    key = (place.as_of_date, table, column, tuple(row.values()))
    if key not in place.known:
        declared = load_behind().get(table, {}).get(column)
        behind = declared.of_row(row) if declared else None
        place.known[key] = _follow(place, table, row, column, behind)
    return place.known[key]


def _follow(place: Place, table: str, row: Row, column: str, behind: Behind | None) -> Step:
    step = Step(table, column, row, row[column], behind)
    if behind is None or behind.terms:
        return step
    if behind.columns:
        inputs = (trace(place, table, row, name) for name in behind.columns)
        return replace(step, inputs=tuple(inputs))
    if behind.rests_on:
        return replace(step, inputs=tuple(_rest_on(place, behind.rests_on)))
    if behind.before:
        return _ask_before(place, step, behind.before)
    return _add_up(place, step, behind) if behind.parts else _ask_rows(place, step, behind)


def _rest_on(place: Place, names: Sequence[str]) -> Iterator[Step]:
    """The figures of other tables that one rests on, of few rows."""
    for name in names:
        table, _, column = name.rpartition(".")
        for row in place.ask(f"select * from {place.rows(table)} limit {MOST_ROWS}"):
            yield trace(place, table, row, column)


def _add_up(place: Place, step: Step, behind: Behind) -> Step:
    """A figure of several parts, each a step without a figure of its own beside what its rows come to."""
    followed = (_follow(place, step.table, step.row, step.column, part) for part in behind.parts)
    parts = tuple(replace(part, figure=part.found) for part in followed)
    signs = (-1 if part.is_taken_off else 1 for part in behind.parts)
    found = sum(
        (sign * (part.found or 0) for sign, part in zip(signs, parts, strict=True)), Decimal(0)
    )
    return replace(step, text="the parts below", found=found, inputs=parts)


def _ask_before(place: Place, step: Step, column: str) -> Step:
    """The same row's figure at the cut-off before; a row is the same by its codes and its cohort."""
    nothing = None if step.figure is None else Decimal(0)
    step = replace(step, text=f"{column} of {step.table} at the cut-off before", found=nothing)
    if place.before is None:
        return step
    same = [
        f"{name} is not distinct from {literal(value)}"
        for name, value in step.row.items()
        if name.endswith(("_code", "cohort_month"))
    ]
    rows = " and ".join((place.rows(step.table, place.before), *same))
    found = place.ask(f"select {column} as found from {rows}")
    return replace(step, found=found[0]["found"]) if found else step


def _ask_rows(place: Place, step: Step, behind: Behind) -> Step:
    where, expression = (_filled(sql, step.row) for sql in (behind.where, behind.expression))
    at = step.row[behind.at] if behind.at else None
    rows = f"{place.rows(behind.of, at)} and ({where or 'true'})"
    amount = _filled(behind.amount, step.row)
    adding = f"{amount} <> 0" if behind.sum else "true"
    [answer] = place.ask(
        f"select count(*) as row_count, count(*) filter (where {adding}) as adding_count, "
        f"{expression} as found from {rows}"
    )
    count, found = answer["row_count"], answer["found"]
    step = replace(
        step,
        text=_words(behind, expression, at, where),
        # Nothing was added up: that is nothing, and not unknown.
        found=Decimal(0) if found is None and not count else found,
        row_count=count,
    )
    if behind.of in place.loan_tables:
        query = f"select loan_id, {amount or 'null'} as amount from {rows} and {adding}"
        return replace(step, loans=Loans(query, answer["adding_count"]))
    return replace(step, inputs=_inputs(place.at(at), behind, rows, count))


def _words(behind: Behind, expression: str, at: date | None, where: str) -> str:
    what = behind.cell or expression
    return (
        f"{what} of {behind.of}"
        + (f" at {at}" if at else "")
        + (f" where {where}" if where else "")
    )


def _inputs(place: Place, behind: Behind, rows: str, row_count: int) -> tuple[Step, ...]:
    """The figures one stop back that are declared themselves, of few rows."""
    declared = load_behind().get(behind.of, {})
    names = [name for name in behind.names if name in declared]
    if not names or row_count > MOST_ROWS:
        return ()
    found = place.ask(f"select * from {rows}")
    return tuple(trace(place, behind.of, row, name) for row in found for name in names)


def _filled(sql: str, row: Row) -> str:
    """The SQL with the row's own cells in place of `$name`."""
    return re.sub(r"\$(\w+)", lambda found: literal(row[found[1]]), sql)
