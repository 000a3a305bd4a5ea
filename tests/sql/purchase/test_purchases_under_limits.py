"""Purchases under the limits of the pool: which loans, at which price, in how many purchases."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.sql.purchase.test_purchase_models import draw_key
from tests.sql.small_month import Month, Row
from tests.waterfall.draw.draw_reference import PlainLimit, PlainLoan, draw_plainly

LIMITS = [
    PlainLimit("largest", "each", Fraction("0.25"), is_share=True),
    PlainLimit("top_three", "largest", Fraction("0.6"), is_share=True, count=3),
    PlainLimit("region", "each", Fraction("0.4"), is_share=True),
    PlainLimit("age_band", "each", Fraction("0.75"), is_share=True),
    PlainLimit("old_in_zj", "each", Fraction("0.2"), is_share=True),
    PlainLimit("low_score", "each", Fraction("0.1"), is_share=True),
    PlainLimit("average_rate", "min", 100_000),
    PlainLimit("average_months", "max", 6),
    PlainLimit("average_score", "min", 650),
]


def plain(row: Row, price: Decimal | None = None) -> PlainLoan:
    """What the limits see of a loan, read from its row without the warehouse's SQL."""
    age, region, score = row["borrower_age"], row["region_code"], row["credit_score"]
    groups: dict[str, Any] = {
        "largest": row["borrower_id"],
        "top_three": row["borrower_id"],
        "region": region,
        "age_band": "young" if age <= 30 else "old" if age > 45 else "middle",
        "average_rate": int(row["annual_rate"] * 10**6),
        "average_months": row["remaining_months"],
        "average_score": score,
    }
    if score < 600:
        groups["low_score"] = "low"
    if age > 45 and region in ("ZJ", None):
        groups["old_in_zj"] = region and "old in ZJ"
    balance = row["outstanding_balance"]
    return PlainLoan(int(balance * 100), int((price or balance) * 100), groups)


def pool_of(month: Month) -> list[PlainLoan]:
    rows = month.rows("pool.loan_month", "closing_balance > 0")
    return [plain(row | {"outstanding_balance": row["closing_balance"]}) for row in rows]


ON_OFFER = "purchase.candidate join intake.loan_tape using (deal_id, as_of_date, loan_id)"
"""The candidates as the tape has them."""


def in_draw_order(month: Month, purchase_date: date, but: set[str]) -> list[Row]:
    rows = [row for row in month.rows(ON_OFFER) if row["loan_id"] not in but]
    return sorted(rows, key=lambda row: draw_key(row["loan_id"], purchase_date))


def bought(month: Month, round_number: int = 1) -> list[str]:
    rows = month.rows("purchase.purchased_loan", f"round_number = {round_number}")
    return [row["loan_id"] for row in sorted(rows, key=lambda row: row["draw_number"])]


def passed_over(month: Month, round_number: int = 1) -> dict[str, int]:
    rows = month.rows("purchase.passed_over", f"round_number = {round_number}")
    return {row["stopped_by_code"]: row["candidate_count"] for row in rows}


def tally(fates: list[str]) -> dict[str, int]:
    return {fate: fates.count(fate) for fate in set(fates) - {"taken"}}


def test_the_draw_takes_in_order_what_the_cash_and_every_limit_allow(limited: Month) -> None:
    offered = in_draw_order(limited, date(2017, 8, 10), set())
    purchase = limited.row("purchase.purchase")
    cash = int(purchase["available_amount"] * 100)
    loans = [plain(row) for row in offered]
    fates = draw_plainly(loans, cash, LIMITS, pool_of(limited), 100_000 + cash)
    expected = [row["loan_id"] for row, fate in zip(offered, fates, strict=True) if fate == "taken"]
    assert bought(limited) == expected
    assert passed_over(limited) == tally(fates)
    assert len(set(fates)) > 6  # Several limits bind.


def test_a_purchase_breaks_no_limit(limited: Month, three_purchases: Month) -> None:
    for month in (limited, three_purchases):
        assert {row["is_met_after"] for row in month.rows("purchase.pool_limit")} == {True}


def test_a_loan_that_a_limit_cannot_judge_is_not_bought(limited: Month) -> None:
    unknown = limited.rows(ON_OFFER, "borrower_id is null or region_code is null")
    assert len(unknown) > 5
    assert not {row["loan_id"] for row in unknown} & set(bought(limited))


def test_a_limit_that_is_broken_before_stops_only_what_makes_it_worse(short_supply: Month) -> None:
    limits = {row["limit_code"]: row for row in short_supply.rows("purchase.pool_limit")}
    assert not any(row["is_met_before"] for row in limits.values())
    assert all(row["is_kept"] for row in limits.values())
    assert len(bought(short_supply)) > 0
    taken = short_supply.rows("purchase.pool_loan", "entry_batch = 1")
    over = {code for code, row in limits.items() if not row["is_met_after"]}
    assert "region" not in over or "ZJ" not in {row["region_code"] for row in taken}


def test_a_months_purchases_share_tape_and_cash_each_with_a_draw_of_its_own(
    three_purchases: Month,
) -> None:
    left = int(three_purchases.row("purchase.purchase")["available_amount"] * 100)
    pool, gone = pool_of(three_purchases), set()
    prices = three_purchases.column("purchase.purchased_loan", "loan_id", "price_amount")
    for row in three_purchases.rows("purchase.purchase_round"):
        number, budget = row["round_number"], min(left, 15_000)
        assert (row["available_amount"] * 100, row["budget_amount"] * 100) == (left, budget)
        offered = in_draw_order(three_purchases, row["purchase_date"], gone)
        loans = [plain(offer, value_of(offer)) for offer in offered]
        size = sum(loan.balance for loan in pool) + largest_purchase(loans, budget)
        fates = draw_plainly(loans, budget, LIMITS, pool, size)
        taken = [i for i, fate in enumerate(fates) if fate == "taken"]
        assert bought(three_purchases, number) == [offered[i]["loan_id"] for i in taken]
        assert passed_over(three_purchases, number) == tally(fates)
        gone |= {offered[i]["loan_id"] for i in taken}
        pool += [loans[i] for i in taken]
        spent = sum(int(prices[offered[i]["loan_id"]] * 100) for i in taken)
        assert row["price_amount"] * 100 == spent > 0
        left -= spent
    assert three_purchases.row("purchase.purchase")["remaining_amount"] * 100 == left


def largest_purchase(loans: list[PlainLoan], budget: int) -> int:
    """The most balance that the budget could buy, at the best price for a unit of it."""
    best = max(-(-loan.balance * 10**6 // loan.price) for loan in loans)
    return min(sum(loan.balance for loan in loans), budget * best // 10**6)


def value_of(row: Row, discount: str = "0.08") -> Decimal:
    """What is still scheduled, discounted by the month, in exact fractions; half up to the fen."""
    months, rate = row["remaining_months"], Fraction(str(row["annual_rate"])) / 12
    level = rate / (1 - (1 + rate) ** -months)
    paid = [level] * months
    if row["repayment_method_code"] == "bullet":
        paid = [rate] * (months - 1) + [1 + rate]
    growth = 1 + Fraction(discount) / 12
    value = sum(part / growth**month for month, part in enumerate(paid, start=1))
    fen = Fraction(str(row["outstanding_balance"])) * 100 * value
    return Decimal(int((2 * fen + 1) // 2)).scaleb(-2)


def test_a_present_value_is_that_of_the_loans_own_schedule(three_purchases: Month) -> None:
    candidates = {row["loan_id"]: row for row in three_purchases.rows(ON_OFFER)}
    rows = three_purchases.rows("purchase.purchased_loan")
    assert len({candidates[row["loan_id"]]["repayment_method_code"] for row in rows}) == 2
    for row in rows:
        assert row["price_amount"] == value_of(candidates[row["loan_id"]])
        assert row["balance_amount"] == candidates[row["loan_id"]]["outstanding_balance"]


def test_a_discounted_loan_costs_a_share_of_its_balance(short_supply: Month) -> None:
    rows = short_supply.rows("purchase.purchased_loan")
    for row in rows:
        fen = Fraction(str(row["balance_amount"])) * 100 * Fraction("0.955")
        assert row["price_amount"] * 100 == int((2 * fen + 1) // 2)
    line = short_supply.row("report.pp_1")
    price, balance = (
        sum(row[column] for row in rows) for column in ("price_amount", "balance_amount")
    )
    assert line["discount_rate"] == (1 - price / balance).quantize(Decimal("0.000001"))


@pytest.mark.parametrize("name", ["limited", "three_purchases", "short_supply"])
def test_what_was_paid_is_the_price_of_the_loans(request: pytest.FixtureRequest, name: str) -> None:
    month = request.getfixturevalue(name)
    prices = [row["price_amount"] for row in month.rows("purchase.purchased_loan")]
    payment = month.row("waterfall.payment", "kind_code = 'purchase'")
    assert payment["paid_amount"] == sum(prices)
    assert len({row["loan_id"] for row in month.rows("purchase.purchased_loan")}) == len(prices)


def test_a_supply_that_runs_out_is_a_stated_shortfall(short_supply: Month, limited: Month) -> None:
    line = short_supply.row("purchase.purchase_round")
    assert "cash" not in passed_over(short_supply)
    assert line["supply_shortfall_amount"] == line["budget_amount"] - line["price_amount"] > 4000
    # With more on offer than cash, the rest is only what the next loan did not fit into.
    assert passed_over(limited)["cash"] > 0
    assert limited.row("purchase.purchase_round")["supply_shortfall_amount"] == 0


def test_idle_cash_is_counted_by_its_days_until_it_can_be_spent(three_purchases: Month) -> None:
    rounds = three_purchases.rows("purchase.purchase_round")
    # Paid on 10 August; bought on the 11th, 17th and (the 26th is a Saturday) 28th; paid 12 September.
    assert [(row["purchase_date"].day, row["idle_days"]) for row in rounds] == [
        (11, 6), (17, 11), (28, 15),
    ]  # fmt: skip
    purchase = three_purchases.row("purchase.purchase")
    idle = [row["remaining_amount"] * row["idle_days"] for row in rounds]
    assert purchase["idle_day_amount"] == purchase["available_amount"] * 1 + sum(idle)
    assert (purchase["purchase_count"], purchase["idle_days"]) == (3, 15)


def test_the_same_tape_gives_the_same_purchases_whatever_the_order_of_its_rows(
    builder: Any, limited: Month
) -> None:
    from tests.sql.conftest import LIMITED
    from tests.sql.scenarios import AT_LIMITS, last_month, limited_pool, offered_loans

    told, kept = limited_pool(AT_LIMITS)
    again = builder.build(
        LIMITED, "2017-07", [*reversed(offered_loans(60)), *told], last_month(kept, account=500)
    )
    assert again.rows("purchase.purchased_loan") == limited.rows("purchase.purchased_loan")


def test_pp_2_states_purchases_turnover_and_idle_cash(three_purchases: Month) -> None:
    line, purchase = three_purchases.row("report.pp_2"), three_purchases.row("purchase.purchase")
    assert line["cumulative_purchased_balance"] == 1000 + purchase["purchased_balance"]
    assert line["turnover_ratio"] == (line["cumulative_purchased_balance"] / 3000).quantize(
        Decimal("0.000001")
    )
    assert line["idle_amount"] == purchase["remaining_amount"]
    assert line["cumulative_purchase_count"] == 3


def test_pp_4_states_each_limit_before_and_after_and_no_borrower(limited: Month) -> None:
    rows = limited.rows("report.pp_4")
    assert [row["line_number"] for row in rows] == list(range(1, 10))
    largest, region = rows[0], rows[2]
    assert (largest["before_group_name"], region["before_group_name"]) == (None, "ZJ")
    assert (largest["comparison_code"], rows[6]["comparison_code"]) == ("at_most", "at_least")
    assert region["passed_over_loan_count"] == passed_over(limited)["region"]


def test_pp_0_states_the_arrangement_in_words(three_purchases: Month, static_first: Month) -> None:
    rows = three_purchases.rows("report.pp_0")
    topics = [row["topic_code"] for row in rows]
    assert list(dict.fromkeys(topics)) == [
        "period",
        "purchase",
        "eligibility",
        "limit",
        "early_end",
    ]
    assert (topics.count("limit"), topics.count("period")) == (9, 1)
    words = " | ".join(row["arrangement_en"] for row in rows)
    assert "from the payment date 10 August 2017 to that of 18 October 2017, 3 periods" in words
    assert "the price is the present value of what is still to be paid, at 8% a year" in words
    assert "at most CNY 150.00 a purchase" in words
    assert all(row["arrangement_zh"] for row in rows)
    assert static_first.rows("report.pp_0") == []
