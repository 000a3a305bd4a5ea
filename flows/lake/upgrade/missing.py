"""What the data dictionary has and the lake lacks, whatever the lake's version."""

from flows.lake.tables import Column, Table, published_tables
from flows.lake.upgrade.change import Change, Known, add_column
from tapes.sql_text import quote_text


def missing_parts(known: Known) -> list[Change]:
    """The tables and columns to be made: empty, and null in the months before.

    A view is left to the close, which has its question.
    """
    return [
        change
        for table in published_tables()
        if not table.is_view
        for change in _missing_of(table, known.get(table.full_name))
    ]


def unanswered(known: Known) -> list[str]:
    """`schema.table.column` that the next month reads of the month before, and that the lake lacks.

    Of a table that `may_be_empty` it reads nothing as unknown.
    """
    return [
        f"{table.full_name}.{column.name}"
        for table in published_tables()
        if table.meta.get("carried") and not table.meta.get("may_be_empty")
        for column in table.columns
        if column.name not in known.get(table.full_name, set())
    ]


def make_table(table: Table) -> Change:
    """The table, partitioned by deal and month, with its meaning as comments."""
    name = f"lake.{table.full_name}"
    statements = [
        f"create schema if not exists lake.{table.schema}",
        f"create table {name} ({table.definition()})",
        f"alter table {name} set partitioned by (deal_id, as_of_date)",
        f"comment on table {name} is {quote_text(table.description)}",
        *(_comment(table, column) for column in table.columns),
    ]
    adds = frozenset(column.name for column in table.columns)
    return Change(table.full_name, "the table is made", tuple(statements), adds=adds)


def _missing_of(table: Table, known: set[str] | None) -> list[Change]:
    if known is None:
        return [make_table(table)]
    return [
        add_column(table.full_name, column.name, column.data_type)
        for column in table.columns
        if column.name not in known
    ]


def _comment(table: Table, column: Column) -> str:
    return f"comment on column lake.{table.full_name}.{column.name} is {quote_text(column.description)}"
