"""Groups as small integers and values as whole numbers, read from DuckDB for the loop of the draw."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from waterfall.draw.limits import NO_GROUP, UNDECIDABLE, UNKNOWN_VALUE, Grouping
from waterfall.draw.rules import (
    BALANCE,
    NAMED_GROUPS,
    NOT_COUNTED,
    AverageRule,
    LimitArrays,
    Rule,
    average_rules,
    group_columns,
)
from waterfall.money import Fen

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation


def read_arrays(
    connection: "DuckDBPyConnection",
    candidates: "DuckDBPyRelation",
    pool: "DuckDBPyRelation",
    rules: Sequence[Rule],
    order_by: str,
) -> LimitArrays:
    """What the rules need of these candidates, in the order that is given, and of the pool."""
    tables = {column: f"draw_group_{place}" for place, column in enumerate(group_columns(rules))}
    averages = average_rules(rules)
    try:
        for column, table in tables.items():
            _number_groups(connection, candidates, pool, column, table)
        codes = _read_codes(connection, candidates, averages, tables, order_by)
        groupings = {
            column: Grouping(codes[table], _read_opening(connection, pool, column, table))
            for column, table in tables.items()
        }
        names = {column: _read_names(connection, table) for column, table in tables.items()}
    finally:
        for table in tables.values():
            connection.execute(f"drop table if exists {table}")
    return LimitArrays(
        groupings,
        {column: few for column, few in names.items() if few},
        {rule.code: codes[f"value_{place}"] for place, rule in enumerate(averages)},
        {rule.code: _sum_products(connection, pool, rule) for rule in averages},
    )


def _number_groups(
    connection: "DuckDBPyConnection",
    candidates: "DuckDBPyRelation",
    pool: "DuckDBPyRelation",
    column: str,
    table: str,
) -> None:
    """A temporary table of the groups of candidates and pool, numbered from 0 in any order."""
    name = f"{quote(column)}::varchar as group_name"
    connection.execute(f"""
        create or replace temp table {table} as
        select group_name, (row_number() over () - 1)::integer as code
        from (
            select distinct group_name
            from (select {name} from candidates union all select {name} from pool)
            where group_name <> '{NOT_COUNTED}'
        )
    """)


def _read_codes(
    connection: "DuckDBPyConnection",
    candidates: "DuckDBPyRelation",
    averages: Sequence[AverageRule],
    tables: Mapping[str, str],
    order_by: str,
) -> dict[str, Any]:
    """Each candidate's code by table of groups, and its value by number of average."""
    selected = []
    for column, table in tables.items():
        code = f"coalesce({table}.code, {UNDECIDABLE})"
        is_outside = f"candidates.{quote(column)}::varchar = '{NOT_COUNTED}'"
        selected.append(f"case when {is_outside} then {NO_GROUP} else {code} end as {table}")
    for place, rule in enumerate(averages):
        value = f"{whole(rule.column, rule.places)}::integer"
        selected.append(f"coalesce({value}, {UNKNOWN_VALUE}) as value_{place}")
    joins = [
        f"left join {table} on {table}.group_name = candidates.{quote(column)}::varchar"
        for column, table in tables.items()
    ]
    return connection.execute(
        f"select {', '.join(selected)} from candidates {' '.join(joins)} order by {order_by}"
    ).fetchnumpy()


def _read_opening(
    connection: "DuckDBPyConnection", pool: "DuckDBPyRelation", column: str, table: str
) -> Fen:
    """What the pool has in each group, in fen by code.

    A loan whose group cannot be told may be in any of them, and counts in all.
    """
    held = connection.execute(f"""
        select {table}.code, {total(whole(BALANCE, 2))} as balance
        from pool inner join {table} on {table}.group_name = pool.{quote(column)}::varchar
        group by all
    """).fetchnumpy()
    unknown, count = fetch_one(
        connection.sql(f"""
            select
                (select {total(whole(BALANCE, 2))} from pool where {quote(column)} is null),
                (select count(*) from {table})
        """)
    )
    opening = np.full(count, unknown, dtype=np.int64)
    opening[held["code"]] += held["balance"]
    return opening


def _read_names(connection: "DuckDBPyConnection", table: str) -> tuple[str, ...]:
    """The groups' names by code, where they are few."""
    (count,) = fetch_one(connection.sql(f"select count(*) from {table}"))
    if count > NAMED_GROUPS:
        return ()
    names = connection.execute(f"select group_name from {table} order by code").fetchall()
    return tuple(name for (name,) in names)


def _sum_products(
    connection: "DuckDBPyConnection", pool: "DuckDBPyRelation", rule: AverageRule
) -> int:
    """The pool's sum of fen x value, in 128 bits."""
    product = f"{whole(BALANCE, 2)}::hugeint * {whole(rule.column, rule.places)}"
    (products,) = fetch_one(connection.sql(f"select coalesce(sum({product}), 0) from pool"))
    return products


def fetch_one(relation: "DuckDBPyRelation") -> tuple[Any, ...]:
    """The row of an aggregate."""
    row = relation.fetchone()
    assert row is not None, "an aggregate has one row"
    return row


def total(expression: str) -> str:
    """The SQL of a sum of bigints that is 0 over no rows."""
    return f"coalesce(sum({expression}), 0)::bigint"


def whole(column: str, places: int) -> str:
    """The SQL of a column's number in units of its last place."""
    factor = f"{10**places}::decimal({places + 1}, 0)"
    return f"({quote(column)} * {factor})::bigint"


def quote(column: str) -> str:
    """A column's name as SQL."""
    return '"' + column.replace('"', '""') + '"'
