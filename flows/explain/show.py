"""Print a figure with what is behind it, and write its loans."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.rule import CheckError
from flows.desk.printing import new_table
from flows.explain.figure import Figure, explain
from flows.explain.trace import Loans, Step
from flows.home import Home
from flows.lake.connection import on_threads, open_lake
from flows.transform.behind import model_files
from tapes.sql_text import quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from rich.table import Table
    from rich.tree import Tree


def show_figure(
    home: Home, figure: Figure, shown_loans: int, out: Path | None
) -> "Iterator[str | Tree | Table]":
    """The figure, the way back to its loans, and the first of them; all of them are written to `out`."""
    with on_threads(None), open_lake(home.lake) as lake:
        table, step, below = explain(lake, figure)
        titles = f"{table.meta['title_en']} / {table.meta['title_zh']}"
        yield f"{table.meta['table_id']} {titles}: {table.description}"
        yield f"made by {model_files()[table.name]}"
        if below is not None:
            yield (
                f"not stated in the published report, which leaves out figures of fewer than {below} "
                "borrowers and what would tell them: not for publication"
            )
        yield _tree(step, set())
        loans = [(one, one.loans) for one in step.walk() if one.loans]
        if loans:
            yield from _first_loans(lake, loans, figure, shown_loans)
        if loans and out is not None:
            all_loans = _on_their_tape(" union all ".join(map(_part, loans)), figure)
            lake.execute(f"copy ({all_loans}) to {quote_text(out)} (format parquet)")
            yield f"all loans: {out}"
        untied = [one for one in step.walk() if one.is_counted and not one.is_tied]
        if untied:
            names = ", ".join(f"{one.table}.{one.column}" for one in untied)
            raise CheckError(
                f"{figure.place} {figure.table} {figure.row} {figure.column}: {names} is not what the rows "
                "behind come to, expected the same to the last digit; tell who maintains the model"
            )


def _tree(step: Step, told: set[int]) -> "Tree":
    """The steps, each told once with what is behind it."""
    from rich.text import Text
    from rich.tree import Tree

    if step.inputs and id(step) in told:
        return Tree(Text(f"{step.table}.{step.column} = {_shown(step.figure)}, as above"))
    told.add(id(step))
    tree = Tree(Text(_told(step)))
    tree.children += [_tree(one, told) for one in step.inputs]
    return tree


def _told(step: Step) -> str:
    behind = step.behind
    told = f"{step.table}.{step.column} = {_shown(step.figure)}"
    if behind is None:
        return told
    if behind.is_taken_off:
        told = f"less {told}"
    if behind.terms:
        return f"{told}, from the terms: {behind.terms}"
    if behind.columns:
        return f"{told}, {behind.how} {', '.join(behind.columns)} of the same row"
    if behind.rests_on:
        return f"{told}, {behind.how} {', '.join(behind.rests_on)}"
    told += f"\n= {step.text}"
    if step.loans:
        told += f"; {step.loans.count:,} loans"
    elif step.row_count > 1:
        told += f"; {step.row_count:,} rows"
    return told if step.is_tied else f"{told}\nDOES NOT TIE: that comes to {_shown(step.found)}"


def _part(part: tuple[Step, Loans]) -> str:
    """SQL for each loan of a step, with the figure that it is part of."""
    step, loans = part
    return (
        f"select {quote_text(f'{step.table}.{step.column}')} as figure, loan_id, "
        f"amount::decimal(38, 6) as amount from ({loans.query})"
    )


def _on_their_tape(loans: str, figure: Figure) -> str:
    """SQL for the loans with their rows of the month's tape, the largest of each figure first.

    The month is a range of dates, by which the lake passes over the files of others.
    """
    first_day = f"date '{figure.month}-01'"
    month = (
        f"deal_id = {quote_text(figure.deal_id)} "
        f"and as_of_date between {first_day} and last_day({first_day})"
    )
    return f"""
        select part.figure, part.loan_id, part.amount, tape.file_name, row.row_number, row.tape_sha256
        from ({loans}) as part
        left join (select * from lake.intake.loan_tape where {month}) as row on part.loan_id = row.loan_id
        left join (select * from lake.intake.tape where {month}) as tape on row.tape_sha256 = tape.tape_sha256
        order by part.figure, abs(part.amount) desc, part.loan_id"""


def _first_loans(
    lake: "DuckDBPyConnection", loans: list[tuple[Step, Loans]], figure: Figure, shown: int
) -> "Iterator[str | Table]":
    """How many loans each figure has, and the first of them: those alone are looked for on the tape."""
    parts = list(map(_part, loans))
    counts = lake.execute(
        f"select figure, count(*), sum(amount) from ({' union all '.join(parts)}) "
        "group by figure order by figure"
    ).fetchall()
    largest = " union all ".join(
        f"(from ({part}) order by abs(amount) desc, loan_id limit {shown})" for part in parts
    )
    # Read by itself, before the tape: that it is a few loans is known by then.
    lake.execute(f"create or replace temp table largest_loan as {largest}")
    found = lake.execute(_on_their_tape("from largest_loan", figure)).fetchall()
    for name, count, amount in counts:
        yield f"{name}: {count:,} loans" + ("" if amount is None else f", in all {_shown(amount)}")
        table = new_table("loan", counts=("amount",), last=("tape", "row"))
        rows = [row[1:5] for row in found if row[0] == name]
        for loan_id, each, file_name, row_number in rows[:shown]:
            table.add_row(
                loan_id, _shown(each), file_name or "not on the tape", str(row_number or "")
            )
        if shown:
            yield table


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return str(value)
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    whole, _, places = text.partition(".")
    places = places.rstrip("0")
    return f"{whole}.{places.ljust(2, '0')}" if places or "." in text else whole
