"""The two front doors of the draw, from DuckDB and from Polars, against the plain reference."""

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

from tests.waterfall.draw.draw_reference import PlainLimit, PlainLoan, draw_plainly
from waterfall.draw import reach
from waterfall.draw.frames import draw_from_frames
from waterfall.draw.relations import draw_from_relations, order_key
from waterfall.draw.rules import NOT_COUNTED, AverageRule, DrawnLoans, Rule, ShareRule
from waterfall.money import WaterfallError

SEED, DAY = 20170701, date(2017, 7, 12)
TYPES = {
    "loan_id": pl.String,
    "outstanding_balance": pl.Decimal(18, 2),
    "price_amount": pl.Decimal(18, 2),
    "borrower_id": pl.String,
    "region": pl.String,
    "low": pl.String,
    "annual_rate": pl.Decimal(9, 6),
    "remaining_months": pl.Int32,
}
RULES = (
    ShareRule("borrower", "borrower_id", Decimal("0.2")),
    ShareRule("region", "region", Decimal("0.45")),
    ShareRule("low", "low", Decimal("0.3")),
    ShareRule("top", "borrower_id", Decimal("0.5"), largest_count=3),
    AverageRule("rate", "annual_rate", "min", Decimal("0.11"), 6),
    AverageRule("months", "remaining_months", "max", Decimal("6.5"), 1),
)


def frame(*loans: dict[str, Any]) -> pl.DataFrame:
    """Loans with all columns; what a loan does not say is null."""
    rows = [{name: loan.get(name) for name in TYPES} for loan in loans]
    return pl.DataFrame(rows, schema=TYPES)


def draw_from_duckdb(
    candidates: pl.DataFrame, pool: pl.DataFrame, cash: int, rules: tuple[Rule, ...]
) -> DrawnLoans:
    with duckdb.connect() as connection:
        connection.execute("create table candidate as from candidates")
        return draw_from_relations(
            connection,
            connection.table("candidate").project("rowid as candidate_number, *"),
            connection.sql("from pool"),
            cash,
            rules,
            order_key(SEED, DAY),
        )


def draw_from_polars(
    candidates: pl.DataFrame, pool: pl.DataFrame, cash: int, rules: tuple[Rule, ...]
) -> DrawnLoans:
    return draw_from_frames(candidates, pool, cash, rules, order_key(SEED, DAY))


DOORS = pytest.mark.parametrize("draw_from", [draw_from_duckdb, draw_from_polars])


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
            "price_amount": Decimal(random.randint(1, 10**6)).scaleb(-2),
            "borrower_id": or_null(f"B{random.randrange(12)}"),
            "region": or_null(random.choice(["CN-ZJ", "CN-GD", "it's", NOT_COUNTED])),
            "low": or_null(random.choice(["counted", NOT_COUNTED])),
            "annual_rate": or_null(Decimal(random.randint(0, 240_000)).scaleb(-6)),
            "remaining_months": or_null(random.randint(1, 12)),
        }
        for number in range(count)
    ]


def plain(loan: dict[str, Any]) -> PlainLoan:
    """A loan as the reference knows it; a group that is not counted is absent."""
    of: dict[str, Any] = {}
    for rule in RULES:
        value = loan[rule.column]
        if isinstance(rule, AverageRule):
            of[rule.code] = None if value is None else int(Decimal(value).scaleb(rule.places))
        elif value != NOT_COUNTED:
            of[rule.code] = value
    balance, price = loan["outstanding_balance"], loan["price_amount"]
    return PlainLoan(int(balance * 100), int(price * 100), of)


def plain_limit(rule: Rule) -> PlainLimit:
    if isinstance(rule, AverageRule):
        return PlainLimit(rule.code, rule.side, int(rule.bound.scaleb(rule.places)))
    kind = "largest" if rule.largest_count else "each"
    return PlainLimit(rule.code, kind, Fraction(rule.share), True, rule.largest_count or 0)


@DOORS
@pytest.mark.parametrize("is_read_whole", [True, False])
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_both_doors_take_the_loans_that_the_plain_reference_takes(draw_from, is_read_whole, seed):
    random = Random(seed)
    loans = random_loans(random, random.randint(0, 40), "L", 0.05)
    pool = random_loans(random, random.choice([0, 30]), "P", 0)
    cash = random.randint(0, 10**7)
    with pytest.MonkeyPatch.context() as patch:
        if not is_read_whole:
            patch.setattr(reach, "WHOLE", 2)
            patch.setattr(reach, "CHEAPEST", 1)
        result = draw_from(frame(*loans), frame(*pool), cash, RULES)

    loans.sort(key=lambda loan: key(loan["loan_id"]))
    limits = [plain_limit(rule) for rule in RULES]
    expected = draw_plainly(
        [plain(loan) for loan in loans], cash, limits, [plain(loan) for loan in pool],
        result.draw.planned_pool,
    )  # fmt: skip

    taken = [
        (number, loan) for number, loan in enumerate(loans, 1) if expected[number - 1] == "taken"
    ]
    assert rows(result) == [
        {
            "draw_number": number,
            "loan_id": loan["loan_id"],
            "balance_amount": loan["outstanding_balance"],
            "price_amount": loan["price_amount"],
        }
        for number, loan in taken
    ]
    counts = [outcome.passed_over_count for outcome in result.draw.outcomes]
    assert counts == [expected.count(rule.code) for rule in RULES]


def rows(result: DrawnLoans) -> list[dict[str, Any]]:
    return pl.DataFrame(result.loans).to_dicts()


@DOORS
def test_without_rules_and_prices_the_cash_buys_at_par(draw_from):
    loans = [{"loan_id": name, "outstanding_balance": Decimal("1.00")} for name in "abc"]

    result = draw_from(frame(*loans).drop("price_amount"), frame(), 250, ())

    assert [row["loan_id"] for row in rows(result)] == sorted("abc", key=key)[:2]
    assert {row["price_amount"] for row in rows(result)} == {Decimal("1.00")}


@DOORS
def test_a_loan_of_the_pool_whose_region_is_unknown_counts_in_every_region(draw_from):
    loans = [loan("a", "1.00", "CN-ZJ"), loan("b", "1.01", "CN-GD")]
    pool = frame(loan("p", "3.00", None), loan("q", "6.00", NOT_COUNTED))

    result = draw_from(frame(*loans), pool, 10**6, (ShareRule("region", "region", Decimal("0.4")),))

    # Of 11.01 that would result 4.40 is the share; of 10.00, which results, 4.00.
    (outcome,) = result.draw.outcomes
    after = dict(zip(result.group_names["region"], outcome.after.tolist(), strict=True))
    assert [row["loan_id"] for row in rows(result)] == ["a", "b"]
    assert after == {"CN-ZJ": 400, "CN-GD": 401}


def loan(loan_id: str, balance: str, region: str | None) -> dict[str, Any]:
    amount = Decimal(balance)
    return {
        "loan_id": loan_id,
        "outstanding_balance": amount,
        "price_amount": amount,
        "region": region,
    }


@DOORS
def test_groups_are_named_where_they_are_few(draw_from):
    loans = [loan(f"L{number}", "1.00", f"R{number % 3}") for number in range(2000)]
    many = [item | {"borrower_id": item["loan_id"]} for item in loans]
    rules = (
        ShareRule("region", "region", Decimal(1)),
        ShareRule("borrower", "borrower_id", Decimal(1)),
    )

    result = draw_from(frame(*many), frame(), 10**9, rules)

    assert sorted(result.group_names["region"]) == ["R0", "R1", "R2"]
    assert "borrower_id" not in result.group_names


@DOORS
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"outstanding_balance": None},
            "1 candidates have no outstanding_balance; expected a value",
        ),
        ({"price_amount": None}, "1 candidates have no price_amount"),
        ({"outstanding_balance": Decimal(0)}, r"candidate 0 .* has balance 0\.00"),
    ],
)
def test_a_candidate_without_an_amount_is_refused(draw_from, changed, message):
    candidates = frame(loan("a", "1.00", "CN-ZJ") | changed)

    with pytest.raises(WaterfallError, match=message):
        draw_from(candidates, frame(), 100, ())


@DOORS
def test_a_loan_of_the_pool_without_a_value_to_average_is_refused(draw_from):
    pool = frame(loan("a", "1.00", "CN-ZJ"))

    with pytest.raises(WaterfallError, match="1 loans of the pool have no annual_rate"):
        draw_from(frame(), pool, 100, (AverageRule("rate", "annual_rate", "min", Decimal(0), 6),))


@DOORS
def test_amounts_that_are_no_exact_fen_are_refused(draw_from):
    for kind in (pl.Float64, pl.Decimal(18, 3)):
        candidates = frame(loan("a", "1.00", "CN-ZJ")).cast({"outstanding_balance": kind})
        with pytest.raises(
            WaterfallError, match=r"outstanding_balance is .*; expected whole numbers"
        ):
            draw_from(candidates, frame(), 100, ())


@DOORS
def test_a_bound_with_more_decimals_than_its_values_is_refused(draw_from):
    rule = AverageRule("months", "remaining_months", "max", Decimal("6.25"), 1)

    with pytest.raises(WaterfallError, match=r"bound of months is 6\.25, more than 1 decimals"):
        draw_from(frame(), frame(), 100, (rule,))


def test_a_candidate_number_that_two_loans_have_is_refused():
    with duckdb.connect() as connection:
        candidates = connection.sql("""
            select 1 as candidate_number, loan_id, 1.00::decimal(18, 2) as outstanding_balance
            from (values ('a'), ('b')) as loan (loan_id)
        """)
        pool = candidates.limit(0)

        with pytest.raises(WaterfallError, match="2 loans are 4 rows of the candidates"):
            draw_from_relations(connection, candidates, pool, 10**6, (), order_key(SEED, DAY))


def test_the_order_is_that_of_a_hash_that_any_machine_can_make():
    loans = [f"L{number}" for number in range(100)]
    with duckdb.connect() as connection:
        ordered = connection.execute(
            f"select loan_id from (select unnest(?) as loan_id) order by {order_key(SEED, DAY)}",
            [loans],
        ).fetchall()

    assert [loan_id for (loan_id,) in ordered] == sorted(loans, key=key)
