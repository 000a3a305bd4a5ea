"""Candidates and pool as Polars frames: batches of Arrow out of DuckDB, which orders and finds rows.

Only DuckDB has a hash that is the same on every machine, so the draw order is its own; and of a large
book only the rows that are asked for leave the database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from deals.terms.purchase import Purchase
from waterfall.loan_prices import price_loans, read_repayments
from waterfall.money import Fen, WaterfallError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

BATCH = 1 << 20
"""Rows in memory at once, beside what is kept of them."""

NUMBER, BALANCE = "candidate_number", "outstanding_balance"
REPAYMENT = ("annual_rate", "remaining_months", "repayment_method_code")

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Offer:
    """The candidates of a month; `balance` and `price` are int64 fen by `candidate_number`.

    `loans` are the candidates with what limits and prices look at. The price is UNPRICED where none can
    be told.
    """

    connection: "DuckDBPyConnection"
    candidates: "DuckDBPyRelation"
    loans: "DuckDBPyRelation"
    balance: Fen
    price: Fen

    def order(self, seed: int, purchase_date: date) -> Numbers:
        """The numbers of all candidates in draw order."""
        ordered = self.candidates.order(order_key(seed, purchase_date)).project(NUMBER)
        numbers = np.empty(self.balance.size, dtype=np.int64)
        start = 0
        for batch in read_batches(ordered):
            numbers[start : start + batch.height] = read_numbers(batch)
            start += batch.height
        return numbers

    def select(self, numbers: Numbers, columns: Iterable[str]) -> "DuckDBPyRelation":
        """Number and columns, each once, of the candidates with these numbers, in any order."""
        found = self.loans
        if numbers.size < self.balance.size:
            chosen = self.connection.from_arrow(pl.DataFrame({NUMBER: numbers}).to_arrow())
            found = found.join(chosen, NUMBER, how="semi")
        return found.project(", ".join(dict.fromkeys((NUMBER, *columns))))


def order_key(seed: int, purchase_date: date) -> str:
    """The SQL of what candidates are sorted by: a keyed hash of the loan, the same on any machine."""
    return f"md5_number('{seed}|{purchase_date}|' || loan_id)"


def read_offer(
    connection: "DuckDBPyConnection",
    purchase: Purchase,
    candidates: "DuckDBPyRelation",
    loans: "DuckDBPyRelation",
) -> Offer:
    """Balance and price of each candidate, a relation of the connection.

    `candidates` have `candidate_number`, from 0 and each once, `loan_id` and `outstanding_balance`; `loans`
    have number and balance too, and what limits and a present value look at. Raises WaterfallError where
    a balance is null or no exact fen.
    """
    count = len(candidates)
    balance = np.zeros(count, dtype=np.int64)
    price = balance if purchase.price == "par" else np.zeros(count, dtype=np.int64)
    is_read = np.zeros(count, dtype=np.bool_)
    told = candidates.project(f"{NUMBER}, {BALANCE}")
    if purchase.price == "present_value":
        told = loans.project(", ".join((NUMBER, BALANCE, *REPAYMENT)))
    for batch in read_batches(told):
        numbers = read_numbers(batch)
        _refuse_numbers(numbers, count)
        balance[numbers] = read_fen(batch, "candidates")
        is_read[numbers] = True
        if purchase.price != "par":
            price[numbers] = _price(purchase, batch, balance[numbers])
    if not is_read.all():
        raise WaterfallError(
            f"draw: {count:,} candidates have {is_read.sum():,} different candidate_number; expected one"
            " a loan, the same each time the candidates are read"
        )
    return Offer(connection, candidates, loans, balance, price)


def read_batches(relation: "DuckDBPyRelation") -> Iterator[pl.DataFrame]:
    """The rows of a relation, so many at a time."""
    for batch in relation.to_arrow_reader(BATCH):
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        yield frame


def read_frame(relation: "DuckDBPyRelation") -> pl.DataFrame:
    """All rows of a relation."""
    none = pl.from_arrow(relation.limit(0).to_arrow_table())
    assert isinstance(none, pl.DataFrame)
    return pl.concat([none, *read_batches(relation)], rechunk=False)


def read_numbers(frame: pl.DataFrame) -> Numbers:
    """The `candidate_number` of the rows."""
    return frame[NUMBER].cast(pl.Int64).to_numpy()


def read_fen(frame: pl.DataFrame, rows: str) -> Fen:
    """The `outstanding_balance` of the rows (what they are), int64 fen."""
    if unknown := frame[BALANCE].null_count():
        raise WaterfallError(
            f"draw: {unknown:,} {rows} have no {BALANCE}; expected a value in every row, for nothing can"
            " be told of the pool without; correct those rows or leave them out"
        )
    return whole(frame[BALANCE], 2).to_numpy()


def whole(numbers: pl.Series, places: int) -> pl.Series:
    """Numbers in units of their last place, Int64; null stays null.

    Raises WaterfallError where they are no whole numbers or decimals of so many places at most.
    """
    dtype = numbers.dtype
    scale = dtype.scale if isinstance(dtype, pl.Decimal) else 0
    if not (dtype.is_integer() or dtype.is_decimal()) or scale > places:
        raise WaterfallError(
            f"draw: {numbers.name} is {dtype}; expected whole numbers or decimals of at most {places}"
            " places"
        )
    units = pl.col(numbers.name).to_physical().cast(pl.Int128)
    factor = pl.lit(10 ** (places - scale), dtype=pl.Int128)
    return numbers.to_frame().select((units * factor).cast(pl.Int64)).to_series()


def decimals(numbers: pl.Series, places: int) -> pl.Series:
    """Whole numbers in units of their last place as decimals of that many places."""
    unit = pl.lit(Decimal(1).scaleb(-places))
    return pl.select(pl.lit(numbers).cast(pl.Decimal(38, 0)) * unit).to_series().alias(numbers.name)


def _refuse_numbers(numbers: Numbers, count: int) -> None:
    if numbers.min(initial=0) < 0 or numbers.max(initial=-1) >= count:
        raise WaterfallError(
            f"draw: candidate_number goes from {numbers.min()} to {numbers.max()};"
            f" expected 0 to {count - 1}, one a loan"
        )


def _price(purchase: Purchase, batch: pl.DataFrame, balance: Fen) -> Fen:
    """The price of each row; loans that repay alike are of one kind."""
    if purchase.price != "present_value":
        return price_loans(purchase, balance, np.zeros(balance.size, dtype=np.int64), [None])
    kinds = batch.select(REPAYMENT).unique().with_row_index("kind")
    repayments = read_repayments(*(kinds[name].to_list() for name in REPAYMENT))
    numbered = batch.join(kinds, on=REPAYMENT, how="left", nulls_equal=True, maintain_order="left")
    kind = numbered["kind"].cast(pl.Int64).to_numpy()
    return price_loans(purchase, balance, kind, repayments)
