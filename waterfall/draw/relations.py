"""The draw from DuckDB: it orders the candidates and numbers their groups, the loop gets integers.

Texts stay in the database: a group becomes a small integer there, and a loan its `candidate_number`, by
which the loans that were taken are found again at the end.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from waterfall.draw.codes import fetch_one, quote, read_arrays, total, whole
from waterfall.draw.greedy import Candidates
from waterfall.draw.reach import draw_in_reach
from waterfall.draw.rules import (
    BALANCE,
    PRICE,
    DrawnLoans,
    LimitArrays,
    Rule,
    average_rules,
    refuse_inexact,
    refuse_unknown,
)
from waterfall.money import WaterfallError

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
    _check(candidates, pool, rules)
    ordered = _read_order(connection, candidates, order_by)
    numbers, balance = ordered["candidate_number"], ordered["balance"]
    (opening_pool,) = fetch_one(connection.sql(f"select {total(whole(BALANCE, 2))} from pool"))

    def read(positions: NDArray[np.int64]) -> LimitArrays:
        if positions.size == numbers.size:
            return read_arrays(connection, candidates, pool, rules, order_by)
        chosen = _choose(connection, candidates, rules, numbers[positions])
        return read_arrays(connection, chosen, pool, rules, "position")

    try:
        drawn, arrays = draw_in_reach(
            Candidates(balance, ordered.get("price", balance)), cash, rules, opening_pool, read
        )
    finally:
        connection.execute("drop table if exists draw_choice")
    positions = np.flatnonzero(drawn.taken)
    loans = _find_loans(connection, candidates, numbers[positions], positions + 1)
    return DrawnLoans(loans, drawn, arrays.group_names)


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
    counts = [f"count(*) filter ({quote(column)} is null)" for column in columns]
    nulls = fetch_one(relation.aggregate(", ".join(counts)))
    for column, count in zip(columns, nulls, strict=True):
        refuse_unknown(column, rows, count)


def _read_order(
    connection: "DuckDBPyConnection", candidates: "DuckDBPyRelation", order_by: str
) -> dict[str, Any]:
    """Number, balance and, where they have one, price of the candidates, in draw order."""
    columns = {"candidate_number": "candidate_number", "balance": whole(BALANCE, 2)}
    if PRICE in candidates.columns:
        columns["price"] = whole(PRICE, 2)
    selected = ", ".join(f"{expression} as {name}" for name, expression in columns.items())
    return connection.execute(f"select {selected} from candidates order by {order_by}").fetchnumpy()


def _choose(
    connection: "DuckDBPyConnection",
    candidates: "DuckDBPyRelation",
    rules: Sequence[Rule],
    numbers: NDArray[np.int64],
) -> "DuckDBPyRelation":
    """The columns of the rules, of the candidates with these numbers, and their `position` there."""
    import pyarrow as pa

    chosen = pa.table({"candidate_number": numbers, "position": np.arange(numbers.size)})
    columns = dict.fromkeys(f"candidates.{quote(rule.column)}" for rule in rules)
    connection.execute(f"""
        create or replace temp table draw_choice as
        select chosen.position, {", ".join(columns)}
        from candidates inner join chosen on candidates.candidate_number = chosen.candidate_number
    """)
    choice = connection.table("draw_choice")
    _refuse_doubles(chosen.num_rows, len(choice))
    return choice


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
    _refuse_doubles(taken.num_rows, loans.num_rows)
    return loans


def _refuse_doubles(loans: int, rows: int) -> None:
    if loans != rows:
        raise WaterfallError(
            f"draw: {loans:,} loans are {rows:,} rows of the candidates; expected one candidate_number"
            " a loan, the same each time the candidates are read"
        )
