"""What a purchase step may spend, and who may buy with what is left of a price."""

from dataclasses import replace
from typing import Any

import pytest

from deals.terms.payments import FixedAmount, ShareOf, Step
from deals.terms.purchase import Purchase
from tests.waterfall.small_deal import (
    YEAR,
    account,
    cash,
    fen,
    paid,
    settle_year,
    small_terms,
    split_accounts,
    step,
)
from waterfall.books import Collections, PoolFacts
from waterfall.pay.settle import (
    Settlement,
    State,
    WaterfallError,
    opening_state,
    settle,
    settle_issue,
)

SPLIT = split_accounts()


def buy(
    *listed: Step,
    funding: str = "all_remaining",
    held: int = 0,
    price: int | None = None,
    most: int | None = None,
    accounts: Any = SPLIT[:0],
    **flows: int,
) -> Settlement:
    """A year of the revolving phase by these steps; `held` was carried over in the account."""
    terms = small_terms(
        fees=(),
        purchase=Purchase("par", funding, 1, max_amount_fen=most),  # type: ignore[arg-type]
        priority={"revolving": listed},
        **({"accounts": accounts} if accounts else {}),
    )
    state: State = settle_issue(terms, opening_state(terms), None).state
    state = replace(state, account_balance={**state.account_balance, "collection": fen(held)})
    chosen = None if price is None else fen(price)
    return settle_year(terms, state, cash(**flows), "revolving", price=chosen)


@pytest.mark.parametrize(
    ("funding", "expected"),
    [
        ("principal", 50 + 1000 + 20 + 7),
        ("principal_and_interest", 50 + 1000 + 20 + 7 + 300),
        ("all_remaining", 50 + 1000 + 20 + 7 + 300 + 4),
    ],
)
def test_a_purchase_spends_what_was_carried_over_and_the_collections_that_fund_it(
    funding, expected
):
    flows = {"principal": 1000, "prepayment": 20, "repurchase": 7, "interest": 300, "recovery": 4}
    result = buy(step("purchase"), funding=funding, held=50, **flows)

    assert result.purchase_budget.tolist() == [expected]
    assert paid(result) == {"purchase": expected}


@pytest.mark.parametrize(("interest", "expected"), [(4691, 1000), (4690, 999)])
def test_principal_that_had_to_pay_a_coupon_buys_nothing(interest, expected):
    result = buy(
        step("interest A"), step("purchase"), funding="principal", principal=1000, interest=interest
    )

    assert paid(result)["purchase"] == expected


def test_a_purchase_keeps_the_coupons_that_are_still_to_be_paid():
    keep = ShareOf("interest_unpaid", codes=("A",))
    result = buy(step("purchase", keep=keep), step("interest A"), principal=5000)

    assert paid(result) == {"purchase": 5000 - 4691, "interest A": 4691}


@pytest.mark.parametrize(("price", "expected"), [(99, 99), (100, 100)])
def test_a_price_up_to_the_cap_of_a_purchase_is_paid_in_full(price, expected):
    result = buy(step("purchase", cap=FixedAmount(100)), principal=5000, price=price)

    assert result.purchase_budget.tolist() == [100]
    assert paid(result) == {"purchase": expected}
    assert account(result.state) == [5000 - expected]


def test_without_a_price_no_more_is_spent_than_the_largest_amount_of_the_terms():
    result = buy(step("purchase"), principal=5000, most=100)

    assert result.purchase_budget.tolist() == [5000]
    assert paid(result) == {"purchase": 100}
    assert account(result.state) == [4900]


def test_a_price_above_the_cap_of_a_purchase_is_refused_and_not_cut():
    message = r"the price 1\.01 is above the purchase budget, 1\.00 \(scenario 0\)"
    with pytest.raises(WaterfallError, match=message):
        buy(step("purchase", cap=FixedAmount(100)), principal=5000, price=101)


def test_a_price_that_is_too_high_is_refused_with_the_scenario_that_it_is_too_high_in():
    terms = small_terms(fees=(), priority={"revolving": (step("purchase"),)})
    state = settle_issue(terms, opening_state(terms, 2), fen(99_990)).state
    collections = Collections(*[fen(0, 0)] * 8)
    pool = PoolFacts(*[fen(0, 0)] * 5)
    with pytest.raises(WaterfallError, match=r"price 0\.11 .* budget, 0\.10 \(scenario 1\)"):
        settle(terms, YEAR, "revolving", state, collections, pool, fen(10, 11))


BOTH = (step("purchase"), step("purchase", account="income"))


@pytest.mark.parametrize(("price", "expected"), [(70, [70, 0]), (100, [100, 0]), (140, [100, 40])])
def test_two_purchase_steps_pay_one_price_together(price, expected):
    result = buy(*BOTH, accounts=SPLIT, principal=100, interest=40, price=price)

    assert [item.paid[0] for item in result.payments] == expected


def test_the_budget_of_two_purchase_steps_is_what_both_may_spend():
    assert buy(*BOTH, accounts=SPLIT, principal=100, interest=40).purchase_budget.tolist() == [140]
    with pytest.raises(WaterfallError, match=r"price 1\.41 is above the purchase budget, 1\.40"):
        buy(*BOTH, accounts=SPLIT, principal=100, interest=40, price=141)


def test_two_purchase_steps_spend_the_same_funds_once():
    result = buy(
        step("purchase", cap=FixedAmount(60)), step("purchase"),
        funding="principal", principal=100, interest=500,
    )  # fmt: skip

    assert [item.paid[0] for item in result.payments] == [60, 40]
    assert result.purchase_budget.tolist() == [100]
