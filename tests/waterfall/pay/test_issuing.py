from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deals.terms.money import yuan
from deals.terms.payments import COLLECTION_KINDS, Account, Combined, FixedAmount, ShareOf
from tests.waterfall.small_deal import account, cash, fen, paid, settle_year, small_terms
from waterfall.pay.settle import WaterfallError, opening_state, settle_issue
from waterfall.tables.ledgers import state_month

TERMS = small_terms()
DAY = date(2017, 7, 12)


def test_the_issue_turns_the_notes_into_cash_and_the_cash_into_the_pool():
    result = settle_issue(TERMS, opening_state(TERMS), None)

    assert result.inflow["collection"].tolist() == [100000]
    assert paid(result) == {"purchase": 100000}
    assert {code: issued.tolist() for code, issued in result.note_issued.items()} == {
        "A": [88500],
        "M": [3000],
        "S": [8500],
    }
    assert result.state.note_balance["A"].tolist() == [88500]
    assert account(result.state) == [0]


def test_proceeds_that_the_first_pool_leaves_are_paid_out_on_the_first_date():
    issue = settle_issue(TERMS, opening_state(TERMS), fen(99990))
    result = settle_year(TERMS, issue.state, cash())

    assert issue.purchase_budget.tolist() == [100000]
    assert account(issue.state) == [10]
    assert paid(result)["fee servicer"] == 10


def test_a_first_pool_that_costs_the_proceeds_is_bought_and_one_fen_more_is_refused():
    assert settle_issue(TERMS, opening_state(TERMS), fen(100000)).payments[0].paid == 100000
    message = r"^small, issue on 2017-07-12: the price 1,000\.01 is above the purchase budget"
    with pytest.raises(WaterfallError, match=message):
        settle_issue(TERMS, opening_state(TERMS), fen(100001))


def reserve(funded_by: Any) -> tuple[Account, ...]:
    """An account for everything, and a reserve of 1 % of A and 0.01."""
    share = ShareOf("issued_note_balance", Decimal("0.01"), ("A",))
    return (
        Account("collection", "", "", COLLECTION_KINDS),
        Account(
            "reserve",
            "",
            "",
            target=FixedAmount(0),
            initial=Combined("sum", (share, FixedAmount(1))),
            funded_by=funded_by,
        ),
    )


@pytest.mark.parametrize(
    ("funded_by", "pool", "funded"), [("proceeds", 99114, 0), ("originator", 100000, 886)]
)
def test_a_reserve_is_paid_in_from_the_proceeds_or_by_the_originator_beside_them(
    funded_by, pool, funded
):
    terms = small_terms(accounts=reserve(funded_by))
    result = settle_issue(terms, opening_state(terms), None)

    assert account(result.state, "reserve") == [886]
    assert paid(result)["purchase"] == pool
    inflow = {code: amount.tolist() for code, amount in result.inflow.items()}
    assert inflow == {"collection": [100000], "reserve": [funded]}
    lines = {line.account_code: line for line in state_month(terms, [(DAY, result)]).account}
    stated = lines["reserve"]
    assert (stated.originator_amount, stated.closing_balance) == (yuan(funded), yuan(886))


def test_notes_are_issued_only_once():
    issue = settle_issue(TERMS, opening_state(TERMS), None)
    with pytest.raises(WaterfallError, match="the notes are issued already"):
        settle_issue(TERMS, issue.state, None)


def test_every_scenario_issues_the_same_notes_and_may_buy_another_pool():
    result = settle_issue(TERMS, opening_state(TERMS, 2), fen(100000, 99999))

    assert result.state.note_balance["S"].tolist() == [8500, 8500]
    assert account(result.state) == [0, 1]


def test_a_price_below_zero_is_refused():
    with pytest.raises(WaterfallError, match=r"the purchase price is -0\.01 in scenario 0"):
        settle_issue(TERMS, opening_state(TERMS), fen(-1))


def test_a_deal_without_a_scenario_is_refused():
    with pytest.raises(WaterfallError, match="small: 0 scenarios; expected 1 or more"):
        opening_state(replace(TERMS), 0)
