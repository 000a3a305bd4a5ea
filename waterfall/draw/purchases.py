"""The purchases of one month: priced, drawn within their budgets and the pool's limits, and counted.

All of a month's purchases choose from the same candidates, at their balance at the cut-off. A loan that
one has bought is of the pool for the next, whose budget is what is left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from deals.terms.deal import Terms
from deals.terms.money import fen
from deals.terms.purchase import BY_CASH, BY_PRICE, Limit, Purchase
from waterfall.draw.codes import Part, read_limits
from waterfall.draw.frames import (
    BALANCE,
    NUMBER,
    Numbers,
    Offer,
    decimals,
    read_batches,
    read_fen,
    read_frame,
    read_numbers,
    read_offer,
)
from waterfall.draw.greedy import Candidates, Draw, draw
from waterfall.draw.limit_columns import source_columns
from waterfall.draw.reach import draw_in_reach
from waterfall.loan_prices import UNPRICED
from waterfall.tables.arrow import rows_of
from waterfall.tables.read import read_one

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

Day = tuple[int, date]
"""The number of a purchase in its month, from 1, and its date."""

MONEY = pl.Decimal(18, 2)
SCHEMA = pl.Schema(
    {
        "round_number": pl.Int32(),
        "is_bought": pl.Boolean(),
        "stopped_by_code": pl.String(),
        "draw_number": pl.Int64(),
        "candidate_number": pl.Int64(),
        "balance_amount": MONEY,
        "price_amount": MONEY,
        "candidate_count": pl.Int64(),
    }
)


def draw_month(
    connection: "DuckDBPyConnection",
    terms: Terms,
    phase: "DuckDBPyRelation",
    purchase_day: "DuckDBPyRelation",
    candidates: "DuckDBPyRelation",
    loan_tape: "DuckDBPyRelation",
    loan_month: "DuckDBPyRelation",
    purchase_budget: "DuckDBPyRelation",
) -> pl.DataFrame:
    """The rows of `draw_purchases` for a month; none where its phase buys nothing.

    The initial pool is one purchase, which no largest amount bounds. Where the terms state its balance it is
    drawn up to that; `purchased_loan.sql` says what is paid for it.
    """
    phase_row, purchase = read_one(phase), terms.purchase
    if purchase is None or not phase_row["has_purchase"]:
        return pl.DataFrame(schema=SCHEMA)
    most = fen(read_one(purchase_budget)["available_amount"])
    if phase_row["phase_code"] == "closing":
        purchase = replace(purchase, max_amount_fen=None)
        if terms.structure.initial_pool_fen is not None:
            purchase, most = replace(purchase, price="par"), terms.structure.initial_pool_fen
    held = loan_month.filter("closing_balance > 0 or closing_balance is null")
    numbered = candidates.project(f"{NUMBER}, loan_id, {BALANCE}")
    return draw_purchases(
        connection,
        purchase,
        terms.limits,
        [
            (row["round_number"], row["purchase_date"])
            for row in rows_of(purchase_day.order("round_number"))
        ],
        candidates,
        numbered.join(loan_tape, "loan_id"),
        held.project(f"*, closing_balance as {BALANCE}"),
        most,
    )


def draw_purchases(
    connection: "DuckDBPyConnection",
    purchase: Purchase,
    limits: Sequence[Limit],
    days: Sequence[Day],
    candidates: "DuckDBPyRelation",
    loans: "DuckDBPyRelation",
    pool: "DuckDBPyRelation",
    cash: int,
) -> pl.DataFrame:
    """One row per purchase and loan that it takes, and per purchase and reason for passing loans over.

    `candidates` have the columns of `purchase.candidate`, `loans` those that limits and prices look at
    too; the loans of the pool, before the purchases, those that limits look at, and
    `outstanding_balance`. `cash` is in fen. Raises WaterfallError as `greedy.draw` does, and where a
    balance is null or no exact fen.
    """
    offer = read_offer(connection, purchase, candidates, loans)
    held = read_frame(pool.project(", ".join(dict.fromkeys((BALANCE, *source_columns(limits))))))
    is_open = offer.price != UNPRICED
    unpriced_count = int(np.count_nonzero(~is_open))
    rows = [pl.DataFrame(schema=SCHEMA)]
    taken = np.empty(0, dtype=np.int64)
    for number, day in days:
        if taken.size:
            is_open[taken] = False
            bought = read_frame(offer.select(taken, held.columns))
            held = pl.concat([held, bought.select(held.columns)])
        order = offer.order(purchase.draw_seed, day)
        most = cash if purchase.max_amount_fen is None else min(cash, purchase.max_amount_fen)
        drawn = draw_loans(offer, order[is_open[order]], limits, held, most)
        rows += [
            _taken_rows(number, drawn.loans),
            _passed_over_rows(number, drawn.draw, unpriced_count),
        ]
        cash -= drawn.draw.cash_spent
        taken = read_numbers(drawn.loans)
    return pl.concat(rows)


@dataclass(frozen=True, eq=False)
class DrawnLoans:
    """One draw and the loans that it takes, in draw order.

    `loans` have `draw_number` (from 1, among all candidates), `candidate_number`, `balance_amount` and
    `price_amount`.
    """

    draw: Draw
    loans: pl.DataFrame


def draw_loans(
    offer: Offer, order: Numbers, limits: Sequence[Limit], pool: pl.DataFrame, cash: int
) -> DrawnLoans:
    """Draw from the candidates with these numbers, in this order; `cash` in fen.

    `pool` has `outstanding_balance` and the columns that the limits look at.
    """
    balance = offer.balance[order]
    price = balance if offer.price is offer.balance else offer.price[order]
    candidates = Candidates(balance, price)
    opening_pool = int(read_fen(pool, "loans of the pool").sum())
    if limits:
        drawn = draw_in_reach(
            candidates,
            cash,
            opening_pool,
            lambda places: read_limits(
                limits, pool, _find(offer, order[places], limits), places.size
            ),
        )
    else:
        drawn = draw(candidates, cash, (), opening_pool)
    places = np.flatnonzero(drawn.taken)
    return DrawnLoans(drawn, _taken_loans(offer, order[places], places))


def _find(offer: Offer, numbers: Numbers, limits: Sequence[Limit]) -> Iterator[Part]:
    """The candidates with these numbers as the limits see them, and where they are among the numbers."""
    place = np.empty(offer.balance.size, dtype=np.int64)
    place[numbers] = np.arange(numbers.size)
    for batch in read_batches(offer.select(numbers, source_columns(limits))):
        yield place[read_numbers(batch)], batch


def _taken_loans(offer: Offer, numbers: Numbers, places: Numbers) -> pl.DataFrame:
    """The loans with these numbers, in their order, which is that of the places."""
    return pl.DataFrame(
        [
            pl.Series("draw_number", places + 1),
            pl.Series(NUMBER, numbers),
            decimals(pl.Series("balance_amount", offer.balance[numbers]), 2),
            decimals(pl.Series("price_amount", offer.price[numbers]), 2),
        ]
    )


def _taken_rows(number: int, taken: pl.DataFrame) -> pl.DataFrame:
    return taken.select(
        pl.lit(number).alias("round_number"),
        pl.lit(True).alias("is_bought"),
        pl.lit("").alias("stopped_by_code"),
        "draw_number",
        NUMBER,
        "balance_amount",
        "price_amount",
        pl.lit(1).alias("candidate_count"),
    ).cast(SCHEMA)


def _passed_over_rows(number: int, draw: Draw, unpriced_count: int) -> pl.DataFrame:
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
    return pl.DataFrame(rows, schema=SCHEMA)
