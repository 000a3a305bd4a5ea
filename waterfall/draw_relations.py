"""The draw from DuckDB: it orders the candidates and numbers their groups, the loop gets integers.

Texts stay in the database: a group becomes a small integer there, and a loan its `candidate_number`, by
which the loans that were taken are found again at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from waterfall.draw_rules import (
    BALANCE,
    NAMED_GROUPS,
    NOT_COUNTED,
    PRICE,
    DrawInputs,
    DrawnLoans,
    Rule,
    average_rules,
    draw_by_rules,
    group_columns,
    refuse_inexact,
    refuse_unknown,
)
from waterfall.drawing import Candidates
from waterfall.limits import NO_GROUP, UNDECIDABLE, UNKNOWN_VALUE, Grouping
from waterfall.money import Fen, WaterfallError

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation


def draw_from_relations(
    connection: "DuckDBPyConnection",
    candidates: "DuckDBPyRelation",
    pool: "DuckDBPyRelation",
    cash: int,
    rules: Sequence[Rule],
    order_by: str,
) -> DrawnLoans:
    """Draw from relations of `connection` with the columns that `draw_rules` tells; `cash` in fen.

    `candidates` has `candidate_number` too: any integers, one a loan, that are the same each time the
    relation is read (of a table its `rowid`). `order_by` is as `order_key` gives it. Raises
    WaterfallError as `drawing.draw` does, and where a balance, a price or the pool's averaged value is null
    or has more decimals than it may.
    """
    columns = group_columns(rules)
    tables = {column: f"draw_group_{place}" for place, column in enumerate(columns)}
    _check(candidates, pool, rules)
    try:
        for column, table in tables.items():
            _number_groups(connection, candidates, pool, column, table)
        ordered = _read_candidates(connection, candidates, rules, tables, order_by)
        numbers = ordered.pop("candidate_number")
        inputs = _gather_inputs(connection, pool, rules, tables, ordered)
    finally:
        for table in tables.values():
            connection.execute(f"drop table if exists {table}")
    drawn = draw_by_rules(inputs, cash, rules)
    positions = np.flatnonzero(drawn.taken)
    loans = _find_loans(connection, candidates, numbers[positions], positions + 1)
    return DrawnLoans(loans, drawn, inputs.group_names)


def order_key(seed: int, purchase_date: date) -> str:
    """The SQL of what candidates are sorted by: a keyed hash of the loan, the same on any machine."""
    return f"md5_number('{seed}|{purchase_date}|' || loan_id)"


def _check(candidates: "DuckDBPyRelation", pool: "DuckDBPyRelation", rules: Sequence[Rule]) -> None:
    """Numbers are exact; every candidate has its amounts, and the pool all that is summed."""
    averaged = {rule.column: rule.places for rule in average_rules(rules)}
    amounts = {column: 2 for column in (BALANCE, PRICE) if column in candidates.columns}
    for relation, places in ((candidates, amounts | averaged), (pool, {BALANCE: 2} | averaged)):
        for column, most in places.items():
            _check_places(relation, column, most)
    _check_known(candidates, "candidates", amounts)
    _check_known(pool, "loans of the pool", {BALANCE: 2} | averaged)


def _check_places(relation: "DuckDBPyRelation", column: str, places: int) -> None:
    column_type = relation.types[relation.columns.index(column)]
    if column_type.id == "decimal":
        is_exact = int(str(dict(column_type.children)["scale"])) <= places
    else:
        is_exact = column_type.id in ("tinyint", "smallint", "integer", "bigint")
    if not is_exact:
        refuse_inexact(column, str(column_type), places)


def _check_known(relation: "DuckDBPyRelation", rows: str, columns: Iterable[str]) -> None:
    counts = [f"count(*) filter ({_quoted(column)} is null)" for column in columns]
    for column, count in zip(columns, _one(relation.aggregate(", ".join(counts))), strict=True):
        refuse_unknown(column, rows, count)


def _number_groups(
    connection: "DuckDBPyConnection",
    candidates: "DuckDBPyRelation",
    pool: "DuckDBPyRelation",
    column: str,
    table: str,
) -> None:
    """A temporary table of the groups of candidates and pool, numbered from 0 in any order."""
    name = f"{_quoted(column)}::varchar as group_name"
    connection.execute(f"""
        create or replace temp table {table} as
        select group_name, (row_number() over () - 1)::integer as code
        from (
            select distinct group_name
            from (select {name} from candidates union all select {name} from pool)
            where group_name <> '{NOT_COUNTED}'
        )
    """)


def _read_candidates(
    connection: "DuckDBPyConnection",
    candidates: "DuckDBPyRelation",
    rules: Sequence[Rule],
    tables: Mapping[str, str],
    order_by: str,
) -> dict[str, Any]:
    """Number, balance, price, codes by column and values by rule, in draw order."""
    selected = ["candidate_number", f"{_whole(BALANCE, 2)} as balance"]
    if PRICE in candidates.columns:
        selected.append(f"{_whole(PRICE, 2)} as price")
    for column, table in tables.items():
        code = f"coalesce({table}.code, {UNDECIDABLE})"
        is_outside = f"candidates.{_quoted(column)}::varchar = '{NOT_COUNTED}'"
        selected.append(f"case when {is_outside} then {NO_GROUP} else {code} end as {table}")
    for place, rule in enumerate(average_rules(rules)):
        value = f"{_whole(rule.column, rule.places)}::integer"
        selected.append(f"coalesce({value}, {UNKNOWN_VALUE}) as value_{place}")
    joins = [
        f"left join {table} on {table}.group_name = candidates.{_quoted(column)}::varchar"
        for column, table in tables.items()
    ]
    return connection.execute(
        f"select {', '.join(selected)} from candidates {' '.join(joins)} order by {order_by}"
    ).fetchnumpy()


def _gather_inputs(
    connection: "DuckDBPyConnection",
    pool: "DuckDBPyRelation",
    rules: Sequence[Rule],
    tables: Mapping[str, str],
    ordered: Mapping[str, NDArray[Any]],
) -> DrawInputs:
    groupings, names = {}, {}
    for column, table in tables.items():
        opening, group_names = _read_groups(connection, pool, column, table)
        groupings[column] = Grouping(ordered[table], opening)
        names |= {column: group_names} if group_names else {}
    averages = average_rules(rules)
    products = [f"{_whole(BALANCE, 2)}::hugeint * {_whole(r.column, r.places)}" for r in averages]
    sums = [f"coalesce(sum({term}), 0)" for term in (_whole(BALANCE, 2), *products)]
    opening_pool, *opening_sums = _one(connection.sql(f"select {', '.join(sums)} from pool"))
    return DrawInputs(
        Candidates(ordered["balance"], ordered.get("price", ordered["balance"])),
        opening_pool,
        groupings,
        names,
        {rule.code: ordered[f"value_{place}"] for place, rule in enumerate(averages)},
        {rule.code: total for rule, total in zip(averages, opening_sums, strict=True)},
    )


def _read_groups(
    connection: "DuckDBPyConnection", pool: "DuckDBPyRelation", column: str, table: str
) -> tuple[Fen, tuple[str, ...]]:
    """What the pool has in each group, in fen by code, and the groups' names where they are few.

    A loan whose group cannot be told may be in any of them, and counts in all.
    """
    (count,) = _one(connection.sql(f"select count(*) from {table}"))
    (unknown,) = _one(
        connection.sql(f"""
            select coalesce(sum({_whole(BALANCE, 2)}), 0)::bigint from pool
            where {_quoted(column)} is null
        """)
    )
    opening = np.full(count, unknown, dtype=np.int64)
    held = connection.execute(f"""
        select {table}.code, sum({_whole(BALANCE, 2)})::bigint as balance
        from pool inner join {table} on {table}.group_name = pool.{_quoted(column)}::varchar
        group by all
    """).fetchnumpy()
    opening[held["code"]] += held["balance"]
    if opening.size > NAMED_GROUPS:
        return opening, ()
    names = connection.execute(f"select group_name from {table} order by code").fetchall()
    return opening, tuple(name for (name,) in names)


def _find_loans(
    connection: "DuckDBPyConnection",
    candidates: "DuckDBPyRelation",
    numbers: NDArray[np.int64],
    draw_numbers: NDArray[np.int64],
) -> "pa.Table":
    import pyarrow as pa

    taken = pa.table({"candidate_number": numbers, "draw_number": draw_numbers})
    price = PRICE if PRICE in candidates.columns else BALANCE
    loans = connection.execute(f"""
        select
            taken.draw_number,
            candidates.loan_id,
            candidates.{BALANCE} as balance_amount,
            candidates.{price} as price_amount
        from taken inner join candidates on taken.candidate_number = candidates.candidate_number
        order by taken.draw_number
    """).to_arrow_table()
    if loans.num_rows != taken.num_rows:
        raise WaterfallError(
            f"draw: the {taken.num_rows:,} loans taken are {loans.num_rows:,} rows of the candidates;"
            " expected one candidate_number a loan, the same each time the candidates are read"
        )
    return loans


def _one(relation: "DuckDBPyRelation") -> tuple[Any, ...]:
    row = relation.fetchone()
    assert row is not None, "an aggregate has one row"
    return row


def _whole(column: str, places: int) -> str:
    """A column's value in units of its last place, as a whole number."""
    factor = f"{10**places}::decimal({places + 1}, 0)"
    return f"({_quoted(column)} * {factor})::bigint"


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
