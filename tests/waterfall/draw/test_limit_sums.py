"""What each limit counts of the pool after a month's purchases, and what is compared with its threshold."""

from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest

from deals.terms.purchase import Condition, Dimension, Limit
from waterfall.draw.limit_sums import compare_limits, sum_limits
from waterfall.money import WaterfallError

TYPES = {
    "outstanding_balance": pl.Decimal(18, 2),
    "is_purchased": pl.Boolean,
    "borrower_id": pl.String,
    "region_code": pl.String,
    "credit_score": pl.Int32,
    "annual_rate": pl.Decimal(9, 6),
}
REGION = Limit("region", "", "", "share_by", Decimal("0.5"), dimensions=(Dimension("region_code"),))
LOW = (Condition("credit_score", below=Decimal(600)),)


def loan(balance: str | None, is_purchased: bool = False, **of: Any) -> dict[str, Any]:
    return {"outstanding_balance": balance and Decimal(balance), "is_purchased": is_purchased, **of}


def measure(limit: Limit, *loans: dict[str, Any]) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The sums by group, and what is compared."""
    rows = [{name: item.get(name) for name in TYPES} for item in loans]
    with duckdb.connect() as connection:
        pool = connection.from_arrow(pl.DataFrame(rows, schema=TYPES).to_arrow())
        sums = sum_limits([limit], pool)
    (row,) = compare_limits([limit], sums).drop("limit_number").to_dicts()
    return sums, row


def test_of_a_limit_on_groups_the_largest_is_compared():
    sums, row = measure(
        REGION,
        loan("3.00", region_code="CN-ZJ"),
        loan("2.00", region_code="CN-GD"),
        loan("1.01", True, region_code="CN-GD"),
        loan("0.00", True, region_code="CN-SH"),
    )

    assert sums.sort("group_name").rows() == [
        (1, "CN-GD", Decimal("2.00"), Decimal("1.01")),
        (1, "CN-ZJ", Decimal("3.00"), Decimal("0.00")),
    ]
    assert row == {
        "before_amount": Decimal("3.00"),
        "after_amount": Decimal("3.01"),
        "purchased_group_amount": Decimal("3.01"),
        "before_group_name": "CN-ZJ",
        "after_group_name": "CN-GD",
    }


def test_a_loan_whose_group_is_unknown_counts_in_every_group():
    _, row = measure(
        REGION,
        loan("3.00", region_code="CN-ZJ"),
        loan("0.50"),
        loan("1.00", True, region_code="CN-GD"),
    )

    assert (row["before_amount"], row["after_amount"]) == (Decimal("3.50"), Decimal("3.50"))
    assert row["purchased_group_amount"] == Decimal("1.50")


def test_nothing_bought_is_no_group_that_something_was_bought_of():
    _, row = measure(REGION, loan("3.00", region_code="CN-ZJ"), loan("0.50"))

    assert row["purchased_group_amount"] == 0


def test_the_largest_borrowers_are_counted_together_and_unknown_ones_as_one():
    largest = Limit("top", "", "", "top_borrowers", Decimal("0.5"), borrower_count=2)
    sums, row = measure(
        largest,
        loan("1.00"),
        loan("1.00"),
        loan("1.50", borrower_id="B1"),
        loan("1.49", borrower_id="B2"),
        loan("0.02", True, borrower_id="B2"),
        loan("0.10", borrower_id="B3"),
    )

    assert set(sums["group_name"]) == {None, "B1", "B2"}
    assert (row["before_amount"], row["after_amount"]) == (Decimal("3.50"), Decimal("3.51"))
    assert row["after_group_name"] is None


def test_a_loan_that_meets_no_condition_is_not_counted():
    where = Limit("low", "", "", "share_where", Decimal("0.5"), conditions=LOW)
    sums, row = measure(where, loan("1.00", credit_score=599), loan("2.00", credit_score=600))

    assert sums.rows() == [(1, "counted", Decimal("1.00"), Decimal("0.00"))]
    assert row["after_amount"] == Decimal("1.00")


@pytest.mark.parametrize(("is_floor", "worst"), [(True, 0), (False, 1)])
def test_an_average_sums_balance_times_value_and_takes_an_unknown_one_as_the_worst(is_floor, worst):
    average = Limit("rate", "", "", "average_rate", Decimal("0.1"), is_floor=is_floor)
    _, row = measure(
        average, loan("0.03", annual_rate=Decimal("0.123457")), loan("2.00"), loan("5.00", True)
    )

    assert row["before_amount"] == Decimal("0.00370371") + 2 * worst
    assert row["after_amount"] == Decimal("0.00370371") + 7 * worst


def test_a_pool_of_no_loans_compares_nothing():
    _, row = measure(REGION)

    assert (row["before_amount"], row["after_amount"], row["after_group_name"]) == (0, 0, None)


def test_a_loan_of_the_pool_of_unknown_balance_is_refused():
    with pytest.raises(WaterfallError, match="1 loans of the pool have no outstanding_balance"):
        measure(REGION, loan(None, region_code="CN-ZJ"), loan("1.00", region_code="CN-ZJ"))
