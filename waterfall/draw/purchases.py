"""The purchases of one month: priced, drawn within their budgets and the pool's limits, and counted.

All of a month's purchases choose from the same candidates, at their balance at the cut-off. A loan that
one has bought is of the pool for the next, whose budget is what is left.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from deals.terms.deal import Terms
from deals.terms.money import fen
from deals.terms.purchase import BY_CASH, BY_PRICE, Purchase
from waterfall.draw.greedy import Draw
from waterfall.draw.limit_rules import LimitRules, read_rules
from waterfall.draw.relations import draw_from_relations, order_key
from waterfall.loan_prices import UNPRICED, price_loans, read_repayments
from waterfall.tables.arrow import rows_of
from waterfall.tables.read import read_one

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

Day = tuple[int, date]
"""The number of a purchase in its month, from 1, and its date."""


def draw_month(
    connection: "DuckDBPyConnection",
    terms: Terms,
    phase: "DuckDBPyRelation",
    purchase_day: "DuckDBPyRelation",
    candidates: "DuckDBPyRelation",
    loan_month: "DuckDBPyRelation",
    purchase_budget: "DuckDBPyRelation",
) -> "pa.Table":
    """The rows of `draw_purchases` for a month; none where its phase buys nothing.

    The initial pool is one purchase, which no largest amount bounds.
    """
    phase_row, purchase = read_one(phase), terms.purchase
    if purchase is None or not phase_row["has_purchase"]:
        return _schema().empty_table()
    if phase_row["phase_code"] == "closing":
        purchase = replace(purchase, max_amount_fen=None)
    held = loan_month.filter("closing_balance > 0")
    return draw_purchases(
        connection,
        purchase,
        read_rules(terms.limits),
        [
            (row["round_number"], row["purchase_date"])
            for row in rows_of(purchase_day.order("round_number"))
        ],
        candidates,
        held.project("*, closing_balance as outstanding_balance"),
        fen(read_one(purchase_budget)["available_amount"]),
    )


def draw_purchases(
    connection: "DuckDBPyConnection",
    purchase: Purchase,
    rules: LimitRules,
    days: Sequence[Day],
    candidates: "DuckDBPyRelation",
    pool: "DuckDBPyRelation",
    cash: int,
) -> "pa.Table":
    """One row per purchase and loan that it takes, and per purchase and reason for passing loans over.

    `candidates` have the columns of `purchase.candidate`; the loans of the pool, before the purchases,
    those that limits divide by, and `outstanding_balance`. `cash` is in fen.
    """
    import pyarrow as pa

    offered, unpriced_count = _offer(connection, purchase, candidates)
    offered = offered.project(", ".join(["*", *rules.candidate_columns]))
    held = pool.project(", ".join(["outstanding_balance", *rules.pool_columns]))
    tables = [_schema().empty_table()]
    for number, day in days:
        most = cash if purchase.max_amount_fen is None else min(cash, purchase.max_amount_fen)
        order = order_key(purchase.draw_seed, day)
        drawn = draw_from_relations(connection, offered, held, most, rules.rules, order)
        taken = drawn.loans
        tables.append(_taken_rows(number, taken))
        tables.append(_passed_over_rows(number, drawn.draw, unpriced_count))
        cash -= drawn.draw.cash_spent
        columns = ", ".join(held.columns)
        held = held.union(
            connection.sql(f"select {columns} from offered semi join taken using (loan_id)")
        )
        offered = connection.sql("from offered anti join taken using (loan_id)")
    return pa.concat_tables(tables)


def _offer(
    connection: "DuckDBPyConnection", purchase: Purchase, candidates: "DuckDBPyRelation"
) -> tuple["DuckDBPyRelation", int]:
    """The candidates with `price_amount`, and how many are not on offer because they have no price."""
    if purchase.price == "par":
        return candidates.project("*, outstanding_balance as price_amount"), 0
    prices = _price(connection, purchase, candidates)
    offered = connection.sql(f"""
        select candidates.*, (prices.price_fen * 0.01::decimal(3, 2))::decimal(18, 2) as price_amount
        from candidates
        inner join prices on candidates.candidate_number = prices.candidate_number
        where prices.price_fen <> {UNPRICED}""")
    return offered, int((prices["price_fen"].to_numpy() == UNPRICED).sum())


def _price(
    connection: "DuckDBPyConnection", purchase: Purchase, candidates: "DuckDBPyRelation"
) -> "pa.Table":
    """`candidate_number` and `price_fen` of each candidate; loans that repay alike are of one kind."""
    import pyarrow as pa

    kinds = connection.sql("""
        select *, (row_number() over () - 1)::bigint as kind_number
        from (select distinct annual_rate, remaining_months, repayment_method_code from candidates)
        order by kind_number""").to_arrow_table()
    loans = connection.sql("""
        select
            candidates.candidate_number,
            (candidates.outstanding_balance * 100::decimal(3, 0))::bigint as balance_fen,
            kinds.kind_number
        from candidates
        inner join kinds
            on candidates.annual_rate is not distinct from kinds.annual_rate
            and candidates.remaining_months is not distinct from kinds.remaining_months
            and candidates.repayment_method_code is not distinct from kinds.repayment_method_code
        """).fetchnumpy()
    names = ("annual_rate", "remaining_months", "repayment_method_code")
    repayments = read_repayments(*(kinds[name].to_pylist() for name in names))
    balance, kind = (np.asarray(loans[name]) for name in ("balance_fen", "kind_number"))
    price = price_loans(purchase, balance, kind, repayments)
    return pa.table({"candidate_number": loans["candidate_number"], "price_fen": price})


def _taken_rows(number: int, taken: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    schema, size = _schema(), taken.num_rows
    same = {"round_number": number, "is_bought": True, "stopped_by_code": "", "candidate_count": 1}
    columns = [
        pa.array([same[field.name]] * size, field.type)
        if field.name in same
        else taken[field.name].cast(field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _passed_over_rows(number: int, draw: Draw, unpriced_count: int) -> "pa.Table":
    import pyarrow as pa

    counts = {BY_CASH: draw.passed_over_for_cash_count, BY_PRICE: unpriced_count}
    counts |= {outcome.name: outcome.passed_over_count for outcome in draw.outcomes}
    rows = [
        {
            "round_number": number,
            "is_bought": False,
            "stopped_by_code": reason,
            "candidate_count": count,
        }
        for reason, count in counts.items()
        if count
    ]
    return pa.Table.from_pylist(rows, schema=_schema())


def _schema() -> "pa.Schema":
    import pyarrow as pa

    money = pa.decimal128(18, 2)
    return pa.schema(
        {
            "round_number": pa.int32(),
            "is_bought": pa.bool_(),
            "stopped_by_code": pa.string(),
            "draw_number": pa.int64(),
            "loan_id": pa.string(),
            "balance_amount": money,
            "price_amount": money,
            "candidate_count": pa.int64(),
        }
    )
