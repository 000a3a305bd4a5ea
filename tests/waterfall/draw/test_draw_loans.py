"""The draw as the route makes it, from DuckDB under a deal's limits, against the plain reference."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import md5
from random import Random
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.terms.purchase import Condition, Dimension, Limit, Purchase
from tests.waterfall.draw.draw_reference import PlainLimit, PlainLoan, draw_plainly
from waterfall.draw import frames, reach
from waterfall.draw.frames import order_key, read_offer
from waterfall.draw.purchases import DrawnLoans, draw_loans, draw_purchases
from waterfall.money import WaterfallError

SEED, DAY = 20170701, date(2017, 7, 12)
AT_PAR = Purchase("par", "all_remaining", SEED)
AT_A_DISCOUNT = Purchase("discount", "all_remaining", SEED, price_share=Decimal("0.9"))
TYPES = {
    "loan_id": pl.String,
    "outstanding_balance": pl.Decimal(18, 2),
    "borrower_id": pl.String,
    "region_code": pl.String,
    "borrower_age": pl.Int32,
    "credit_score": pl.Int32,
    "annual_rate": pl.Decimal(9, 6),
    "remaining_months": pl.Int32,
    "origination_date": pl.Date,
    "as_of_date": pl.Date,
}


def limit(code: str, kind: Any, threshold: str, **terms: Any) -> Limit:
    return Limit(code, "", "", kind, Decimal(threshold), **terms)


def by_region(threshold: str) -> Limit:
    return limit("region", "share_by", threshold, dimensions=(Dimension("region_code"),))


AGES = Dimension("borrower_age", (Decimal(25), Decimal(35)))
LISTED = (("CN-ZJ", "<=25"), ("it's", ">35"))
LIMITS = (
    limit("borrower", "largest_borrower", "0.2", borrower_count=1),
    by_region("0.45"),
    limit("low", "share_where", "0.3", conditions=(Condition("credit_score", below=Decimal(600)),)),
    limit("listed", "share_by", "0.1", dimensions=(Dimension("region_code"), AGES), values=LISTED),
    limit("top", "top_borrowers", "0.5", borrower_count=3),
    limit("rate", "average_rate", "0.11", is_floor=True),
    limit("months", "average_remaining_months", "6.5"),
)
WORST = {"rate": 0, "months": 6000}


def frame(*loans: dict[str, Any]) -> pl.DataFrame:
    """Loans with all columns; what a loan does not say is null."""
    return pl.DataFrame([{name: loan.get(name) for name in TYPES} for loan in loans], schema=TYPES)


def draw(
    candidates: pl.DataFrame,
    pool: pl.DataFrame,
    cash: int,
    limits: Sequence[Limit] = (),
    purchase: Purchase = AT_PAR,
) -> DrawnLoans:
    numbered = candidates.with_row_index("candidate_number")
    with duckdb.connect() as connection:
        rows = connection.from_arrow(numbered.to_arrow())
        offer = read_offer(connection, purchase, rows, rows)
        drawn = draw_loans(offer, offer.order(SEED, DAY), limits, pool, cash)
    named = drawn.loans.join(numbered, "candidate_number", maintain_order="left")
    return replace(drawn, loans=named)


def key(loan_id: str) -> int:
    """The draw order, as Python's own md5 has it."""
    return int.from_bytes(md5(f"{SEED}|{DAY}|{loan_id}".encode()).digest(), "little")


def random_loans(random: Random, count: int, prefix: str, unknown: float) -> list[dict[str, Any]]:
    def or_null(value: Any) -> Any:
        return None if random.random() < unknown else value

    return [
        {
            "loan_id": f"{prefix}{number}",
            "outstanding_balance": Decimal(random.randint(1, 10**6)).scaleb(-2),
            "borrower_id": or_null(f"B{random.randrange(12)}"),
            "region_code": or_null(random.choice(["CN-ZJ", "CN-GD", "it's"])),
            "borrower_age": or_null(random.choice([25, 26, 35, 36])),
            "credit_score": or_null(random.choice([599, 600])),
            "annual_rate": or_null(Decimal(random.randint(0, 240_000)).scaleb(-6)),
            "remaining_months": or_null(random.randint(1, 12)),
        }
        for number in range(count)
    ]


def plain(loan: dict[str, Any], price_percent: int, is_of_pool: bool) -> PlainLoan:
    """A loan as the reference knows it; a group that is not counted is absent."""
    region, age, score = loan["region_code"], loan["borrower_age"], loan["credit_score"]
    band = None if age is None else "<=25" if age <= 25 else "(25,35]" if age <= 35 else ">35"
    rate, months, borrower = loan["annual_rate"], loan["remaining_months"], loan["borrower_id"]
    of: dict[str, Any] = {
        "borrower": borrower,
        "top": borrower,
        "region": region,
        "rate": None if rate is None else int(rate * 10**6),
        "months": None if months is None else months * 10,
    }
    if score is None or score < 600:
        of["low"] = None if score is None else "low"
    if region is None or band is None or (region, band) in LISTED:
        of["listed"] = None if region is None or band is None else (region, band)
    if is_of_pool:
        of |= {name: WORST[name] for name in WORST if of[name] is None}
        of |= {name: "unknown" for name in ("borrower", "top") if of[name] is None}
    balance = int(loan["outstanding_balance"] * 100)
    return PlainLoan(balance, (balance * price_percent + 50) // 100, of)


def plain_limit(limit: Limit) -> PlainLimit:
    if limit.kind.startswith("average"):
        unit = 10**6 if limit.kind == "average_rate" else 10
        return PlainLimit(
            limit.code, "min" if limit.is_floor else "max", int(limit.threshold * unit)
        )
    kind = "largest" if limit.borrower_count > 1 else "each"
    return PlainLimit(limit.code, kind, Fraction(limit.threshold), True, limit.borrower_count)


def rows(result: DrawnLoans) -> list[dict[str, Any]]:
    columns = ("draw_number", "loan_id", "balance_amount", "price_amount")
    return result.loans.select(columns).to_dicts()


@pytest.mark.parametrize("is_read_whole", [True, False])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_a_draw_takes_the_loans_that_the_plain_reference_takes(is_read_whole, seed):
    random = Random(seed)
    loans = random_loans(random, random.randint(0, 40), "L", 0.05)
    # The reference has no loan that counts in every group.
    pool = random_loans(random, random.choice([0, 30]), "P", 0)
    for loan in pool:
        loan |= {name: None for name in ("borrower_id", "annual_rate") if random.random() < 0.05}
    cash = random.randint(0, 10**7)
    percent, purchase = random.choice([(100, AT_PAR), (90, AT_A_DISCOUNT)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "BATCH", 7)
        if not is_read_whole:
            patch.setattr(reach, "WHOLE", 2)
            patch.setattr(reach, "CHEAPEST", 1)
        result = draw(frame(*loans), frame(*pool), cash, LIMITS, purchase)

    loans.sort(key=lambda loan: key(loan["loan_id"]))
    candidates = [plain(loan, percent, is_of_pool=False) for loan in loans]
    expected = draw_plainly(
        candidates,
        cash,
        [plain_limit(limit) for limit in LIMITS],
        [plain(loan, percent, is_of_pool=True) for loan in pool],
        result.draw.planned_pool,
    )

    assert rows(result) == [
        {
            "draw_number": number,
            "loan_id": loan["loan_id"],
            "balance_amount": loan["outstanding_balance"],
            "price_amount": Decimal(candidates[number - 1].price).scaleb(-2),
        }
        for number, loan in enumerate(loans, 1)
        if expected[number - 1] == "taken"
    ]
    counts = [outcome.passed_over_count for outcome in result.draw.outcomes]
    assert counts == [expected.count(limit.code) for limit in LIMITS]


def test_without_limits_the_cash_buys_at_par():
    loans = [{"loan_id": name, "outstanding_balance": Decimal("1.00")} for name in "abc"]

    result = draw(frame(*loans), frame(), 250)

    assert [row["loan_id"] for row in rows(result)] == sorted("abc", key=key)[:2]
    assert {row["price_amount"] for row in rows(result)} == {Decimal("1.00")}


def loan(loan_id: str, balance: str, region: str | None = None, **of: Any) -> dict[str, Any]:
    return {
        "loan_id": loan_id,
        "outstanding_balance": Decimal(balance),
        "region_code": region,
        **of,
    }


@pytest.mark.parametrize(("balance", "expected"), [("1.40", ["a"]), ("1.41", [])])
def test_a_loan_of_the_pool_whose_region_is_unknown_counts_in_every_region(balance, expected):
    pool = frame(loan("p", "3.00", None), loan("q", "6.60", "CN-GD"))

    result = draw(frame(loan("a", balance, "CN-ZJ")), pool, 10**6, [by_region("0.4")])

    # Of 11.00 that would result 4.40 is the share, of which the unknown loan has 3.00.
    assert [row["loan_id"] for row in rows(result)] == expected


@pytest.mark.parametrize(
    ("opened", "expected"), [(date(2017, 1, 31), ["a"]), (date(2017, 2, 1), [])]
)
def test_seasoning_is_counted_in_calendar_months(opened, expected):
    young = limit(
        "young", "share_where", "0", conditions=(Condition("seasoning_months", below=Decimal(6)),)
    )
    dates = {"origination_date": opened, "as_of_date": date(2017, 7, 31)}

    result = draw(frame(loan("a", "1.00") | dates), frame(), 100, [young])

    assert [row["loan_id"] for row in rows(result)] == expected


@pytest.mark.parametrize(
    ("column", "edge", "beyond", "edges"),
    [
        ("borrower_age", 25, 26, "25"),
        ("annual_rate", Decimal("0.12"), Decimal("0.120001"), "0.12"),
        ("remaining_months", 6, 7, "6.5"),
    ],
)
def test_a_band_is_closed_on_its_right(column, edge, beyond, edges):
    bands = (Dimension(column, (Decimal(edges),)),)
    upper = limit("upper", "share_by", "0", dimensions=bands, values=((f">{edges}",),))
    loans = [loan("a", "1.00") | {column: edge}, loan("b", "1.00") | {column: beyond}]

    result = draw(frame(*loans, loan("c", "1.00")), frame(), 10**6, [upper])

    assert [row["loan_id"] for row in rows(result)] == ["a"]


@pytest.mark.parametrize(
    ("balance", "message"),
    [
        (None, "1 candidates have no outstanding_balance; expected a value"),
        (Decimal(0), r"candidate 0 .* has balance 0\.00"),
    ],
)
def test_a_candidate_without_a_balance_is_refused(balance, message):
    candidates = frame(loan("a", "1.00") | {"outstanding_balance": balance})

    with pytest.raises(WaterfallError, match=message):
        draw(candidates, frame(), 100)


def test_a_loan_of_the_pool_without_a_balance_is_refused():
    pool = frame(loan("a", "1.00") | {"outstanding_balance": None})

    with pytest.raises(WaterfallError, match="1 loans of the pool have no outstanding_balance"):
        draw(frame(), pool, 100)


@pytest.mark.parametrize("kind", [pl.Float64, pl.Decimal(18, 3)])
def test_amounts_that_are_no_exact_fen_are_refused(kind):
    candidates = frame(loan("a", "1.00")).cast({"outstanding_balance": kind})

    with pytest.raises(WaterfallError, match=r"outstanding_balance is .*; expected whole numbers"):
        draw(candidates, frame(), 100)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((0, 0), "2 candidates have 1 different candidate_number; expected one a loan"),
        ((1, 2), "candidate_number goes from 1 to 2; expected 0 to 1"),
    ],
)
def test_candidates_that_are_not_numbered_one_by_one_from_0_are_refused(numbers, message):
    candidates = frame(loan("a", "1.00"), loan("b", "1.00")).with_columns(
        candidate_number=pl.Series(numbers)
    )
    with duckdb.connect() as connection, pytest.raises(WaterfallError, match=message):
        rows = connection.from_arrow(candidates.to_arrow())
        read_offer(connection, AT_PAR, rows, rows)


def test_what_one_purchase_takes_is_of_the_pool_for_the_next_and_no_longer_on_offer():
    loans = frame(*(loan(f"L{number}", "1.00", f"R{number % 2}") for number in range(10)))
    pool = frame(loan("P", "4.00", "elsewhere"))
    days = [(1, date(2017, 7, 12)), (2, date(2017, 7, 19))]
    purchase = Purchase("par", "all_remaining", SEED, max_amount_fen=300)

    with duckdb.connect() as connection:
        rows = connection.from_arrow(loans.with_row_index("candidate_number").to_arrow())
        result = draw_purchases(
            connection,
            purchase,
            [by_region("0.2")],
            days,
            rows.project("candidate_number, loan_id, outstanding_balance"),
            rows,
            connection.from_arrow(pool.to_arrow()),
            500,
        )

    bought = result.filter("is_bought")
    assert bought["candidate_number"].n_unique() == bought.height
    # Of the pool of 6.00 that the first leaves a region has 1.00; of 2.00 it would be over a fifth of any
    assert bought.group_by("round_number").len().sort("round_number").rows() == [(1, 2)]
    assert result.filter(~pl.col("is_bought")).select(
        "round_number", "stopped_by_code", "candidate_count"
    ).rows() == [(1, "region", 8), (2, "region", 8)]


def test_the_order_is_that_of_a_hash_that_any_machine_can_make():
    loans = [f"L{number}" for number in range(100)]
    with duckdb.connect() as connection:
        ordered = connection.execute(
            f"select loan_id from (select unnest(?) as loan_id) order by {order_key(SEED, DAY)}",
            [loans],
        ).fetchall()

    assert [loan_id for (loan_id,) in ordered] == sorted(loans, key=key)
