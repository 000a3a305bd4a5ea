"""Each kind of step and each fee basis, on one whole year of the small deal."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.changed_terms import changed
from tests.waterfall.small_deal import (
    MATURITY,
    YEAR,
    account,
    cash,
    fee,
    fen,
    note,
    paid,
    payment_date,
    pool_of,
    settle_year,
    small_terms,
    steps,
)
from waterfall.pay.settle import WaterfallError, opening_state, settle, settle_issue

TERMS = small_terms()
ISSUED = settle_issue(TERMS, opening_state(TERMS), None).state


def test_cash_pays_fees_then_interest_by_seniority_then_principal_by_seniority():
    result = settle_year(TERMS, ISSUED, cash(principal=20000, interest=10000))

    # tax 326; servicer 0.1 % of 1,000.00 = 100; A 5.3 % of 885.00 = 4690.5; M 6.5 % of 30.00 = 195
    assert paid(result) == {
        "fee tax": 326,
        "fee servicer": 100,
        "interest A": 4691,
        "interest M": 195,
        "principal A": 24688,
        "principal M": 0,
        "principal S": 0,
        "residual S": 0,
    }
    assert account(result.state) == [0]


def test_a_payment_says_its_place_clause_and_the_account_after_it():
    result = settle_year(TERMS, ISSUED, cash(interest=10000)).payments[1]

    assert (result.step_number, result.kind, result.target_code) == (2, "fee", "servicer")
    assert (result.clause, result.account_code) == ("clause 2", "collection")
    assert result.account_balance_after.tolist() == [10000 - 326 - 100]


def test_interest_that_the_cash_cannot_pay_is_a_shortfall_and_stays_owed():
    result = settle_year(TERMS, ISSUED, cash(principal=4790))

    assert paid(result, "shortfall")["interest A"] == 1
    assert paid(result, "shortfall")["interest M"] == 195
    assert result.state.interest_unpaid["A"].tolist() == [1]


def test_interest_that_the_cash_just_pays_leaves_no_shortfall():
    result = settle_year(TERMS, ISSUED, cash(principal=4791))

    assert paid(result, "shortfall")["interest A"] == 0
    assert result.state.interest_unpaid["A"].tolist() == [0]


def test_unpaid_fees_and_interest_are_due_again_on_the_next_date():
    dry = settle_year(TERMS, ISSUED, cash())
    result = settle_year(TERMS, dry.state, cash(principal=100000))

    assert paid(result, "due")["fee servicer"] == 200
    assert paid(result, "due")["interest M"] == 2 * 195


def test_unpaid_interest_earns_interest_only_where_the_terms_say_so():
    terms = changed(TERMS, interest_on_unpaid_interest="compounding")
    dry = settle_year(terms, ISSUED, cash())

    plain = settle_year(TERMS, dry.state, cash())
    compounding = settle_year(terms, dry.state, cash())

    assert plain.interest_accrued["A"].tolist() == [4691]
    assert compounding.interest_accrued["A"].tolist() == [4939]  # 5.3 % of 885.00 + 46.91 = 4939.1


def test_a_note_is_due_only_the_cash_before_its_expected_maturity_and_all_of_it_from_then_on():
    before = settle_year(TERMS, ISSUED, cash(principal=20000))
    from_then_on = settle_year(TERMS, ISSUED, cash(principal=20000), period=MATURITY)

    assert paid(before, "shortfall")["principal A"] == 0
    assert paid(from_then_on, "due")["principal A"] == 88500
    assert paid(from_then_on, "shortfall")["principal A"] == 88500 - 20000 + 100 + 4691 + 195
    assert paid(before) == paid(from_then_on)


def test_the_next_note_is_paid_only_from_what_the_senior_note_leaves():
    to_the_fen = settle_year(TERMS, ISSUED, cash(principal=88500 + 100 + 4691 + 195))
    one_fen_more = settle_year(TERMS, ISSUED, cash(principal=88501 + 100 + 4691 + 195))

    assert to_the_fen.state.note_balance["A"].tolist() == [0]
    assert paid(to_the_fen)["principal M"] == 0
    assert paid(one_fen_more)["principal M"] == 1


def test_the_residual_is_what_is_left_when_every_note_is_repaid():
    result = settle_year(TERMS, ISSUED, cash(principal=100000 + 100 + 4691 + 195 + 7))

    assert paid(result)["residual S"] == 7
    assert sum(balance[0] for balance in result.state.note_balance.values()) == 0


def test_a_purchase_without_a_price_spends_all_that_is_left():
    result = settle_year(TERMS, ISSUED, cash(principal=50000), "revolving")

    assert result.purchase_budget.tolist() == [50000 - 100 - 4691 - 195]
    assert paid(result)["purchase"] == 50000 - 100 - 4691 - 195
    assert account(result.state) == [0]


def test_cash_that_a_purchase_leaves_is_there_on_the_next_date():
    result = settle_year(TERMS, ISSUED, cash(principal=50000), "revolving", price=fen(45000))
    following = settle_year(TERMS, result.state, cash(principal=10000), "revolving")

    assert account(result.state) == [14]
    assert paid(result, "shortfall")["purchase"] == 14
    assert following.purchase_budget.tolist() == [14 + 10000 - 100 - 4691 - 195]


def test_a_price_one_fen_above_the_budget_is_refused():
    message = (
        r"^small, payment date 2019-01-01: the price 450\.15 is above the purchase budget, 450\.14"
        r" \(scenario 0\); buy for no more than that$"
    )
    with pytest.raises(WaterfallError, match=message):
        settle_year(TERMS, ISSUED, cash(principal=50000), "revolving", price=fen(45015))


def test_a_price_in_a_phase_that_buys_nothing_is_refused():
    with pytest.raises(WaterfallError, match="phase 'allocation' buys nothing; pass None"):
        settle_year(TERMS, ISSUED, cash(principal=50000), price=fen(1))


@pytest.mark.parametrize(
    ("basis", "expected"),
    [("interest_collections", 30), ("pool_balance", 400), ("note_balance", 1000)],
)
def test_a_fee_is_a_rate_of_its_own_basis(basis, expected):
    terms = replace(
        TERMS,
        fees=(fee("only", basis, "0.01"),),
        priority={"allocation": steps(["fee only"])},
    )
    state = settle_issue(terms, opening_state(terms), None).state
    result = settle_year(terms, state, cash(interest=3000, principal=5000), pool=40000)

    assert paid(result) == {"fee only": expected}


def test_a_yearly_rate_accrues_by_the_days_of_its_day_count():
    notes = (note("A", 36500, "0.1"), note("M", 36000, "0.1", "30/360"), note("S", 1))
    terms = replace(TERMS, notes=notes)
    state = settle_issue(terms, opening_state(terms), None).state
    february = payment_date(date(2018, 2, 1), date(2018, 3, 1))

    result = settle_year(terms, state, cash(), period=february)

    assert result.interest_accrued["A"].tolist() == [280]  # 28 / 365
    assert result.interest_accrued["M"].tolist() == [300]  # 30 / 360


def test_a_fee_that_this_phase_does_not_pay_accrues_until_one_does():
    terms = replace(TERMS, priority={**TERMS.priority, "revolving": steps(["interest A"])})
    waiting = settle_year(terms, ISSUED, cash(principal=5000), "revolving")
    result = settle_year(terms, waiting.state, cash(principal=5000))

    assert waiting.state.fee_unpaid["servicer"].tolist() == [100]
    assert paid(result)["fee servicer"] == 200


def test_a_fee_that_stands_in_the_list_twice_is_paid_once():
    twice = steps(["fee servicer", "fee servicer"])
    terms = replace(TERMS, priority={"allocation": twice})
    result = settle_year(terms, ISSUED, cash(principal=5000))

    assert [payment.paid[0] for payment in result.payments] == [100, 0]


def test_a_net_recovery_below_zero_lowers_the_cash_and_may_take_it_to_zero():
    result = settle_year(TERMS, ISSUED, cash(principal=300, recovery=-300))

    assert result.inflow["collection"].tolist() == [0]
    assert set(paid(result).values()) == {0}


def test_a_net_recovery_that_takes_more_than_the_cash_is_refused():
    message = (
        r"^small, payment date 2019-01-01: net collections of -0\.01 take more than the 0\.00 in"
        r" account collection \(scenario 0\); check the recoveries"
    )
    with pytest.raises(WaterfallError, match=message):
        settle_year(TERMS, ISSUED, cash(principal=300, recovery=-301))


@pytest.mark.parametrize("name", ["principal", "interest", "fee"])
def test_other_collections_below_zero_are_refused(name):
    with pytest.raises(WaterfallError, match=f"collected {name} is -0.01 in scenario 0"):
        settle_year(TERMS, ISSUED, cash(**{name: -1}))


def test_scenarios_do_not_touch_each_other():
    alone = [settle_year(TERMS, ISSUED, cash(principal=amount)) for amount in (0, 5000, 200000)]
    state = settle_issue(TERMS, opening_state(TERMS, 3), None).state
    collections = replace(cash(), principal=fen(0, 5000, 200000))
    together = settle(TERMS, YEAR, "allocation", state, collections, pool_of(0), None)

    for payment, *single in zip(
        together.payments, *(result.payments for result in alone), strict=True
    ):
        assert payment.paid.tolist() == [item.paid[0] for item in single]


def test_a_settlement_does_not_change_the_state_it_starts_from():
    balance = ISSUED.note_balance["A"].copy()
    settle_year(TERMS, ISSUED, cash(principal=5000))

    assert np.array_equal(ISSUED.note_balance["A"], balance)


def test_floats_are_refused():
    collections = replace(cash(), interest=np.array([1.5]))
    with pytest.raises(WaterfallError, match="collected interest has type float64"):
        settle_year(TERMS, ISSUED, collections)


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("interest Z", r"step 1 \(interest Z\): 'Z' is unknown; expected one of A, M, S"),
        ("dividend A", r"step 1 \(dividend A\): kind 'dividend' is unknown; expected fee, "),
    ],
)
def test_a_step_that_names_nothing_known_is_refused_with_its_place(listed, message):
    terms = replace(TERMS, priority={"allocation": steps([listed])})
    with pytest.raises(WaterfallError, match=message):
        settle_year(terms, ISSUED, cash())


def test_a_phase_without_a_priority_list_is_refused():
    terms = replace(TERMS, priority={"allocation": TERMS.priority["allocation"]})
    with pytest.raises(WaterfallError, match="no priority for phase 'revolving'"):
        settle_year(terms, ISSUED, cash(), "revolving")


def test_an_unknown_fee_basis_is_refused():
    terms = replace(TERMS, fees=(fee("tax", "turnover", "0.1"), *TERMS.fees[1:]))
    with pytest.raises(WaterfallError, match="fee tax: quantity 'turnover' is unknown; expected"):
        settle_year(terms, ISSUED, cash())


def test_the_state_of_another_deal_is_refused():
    terms = replace(TERMS, notes=TERMS.notes[:2])
    with pytest.raises(WaterfallError, match="note balances of A, M, S; expected A, M; start"):
        settle_year(terms, ISSUED, cash())
