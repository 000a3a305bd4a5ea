"""The shortfall provider: interest on every date, principal from the expected maturity on."""

from dataclasses import replace

import pytest

from tests.waterfall.small_deal import MATURITY, cash, fen, paid, settle_year, small_terms, support
from waterfall.engine import WaterfallError, opening_state, settle_issue

TERMS = small_terms(support=support("A", "M"))
ISSUED = settle_issue(TERMS, opening_state(TERMS), None).state


def test_the_provider_pays_the_interest_that_the_cash_does_not():
    result = settle_year(TERMS, ISSUED, cash(principal=1100))

    assert paid(result)["interest A"] == 4691
    assert paid(result, "supported")["interest A"] == 4691 - 1000
    assert paid(result, "shortfall")["interest A"] == 0
    assert result.support_paid.tolist() == [4691 - 1000 + 195]
    assert result.state.support_drawn.tolist() == [4691 - 1000 + 195]


def test_the_provider_does_not_pay_fees():
    result = settle_year(TERMS, ISSUED, cash())

    assert paid(result, "shortfall")["fee servicer"] == 100


def test_the_provider_does_not_pay_a_note_that_it_does_not_cover():
    terms = replace(TERMS, support=support("A"))
    result = settle_year(terms, ISSUED, cash())

    assert paid(result)["interest A"] == 4691
    assert paid(result)["interest M"] == 0


def test_the_provider_pays_principal_from_the_expected_maturity_on_and_not_before():
    before = settle_year(TERMS, ISSUED, cash(principal=10000))
    from_then_on = settle_year(TERMS, ISSUED, cash(principal=10000), period=MATURITY)

    assert paid(before, "supported")["principal A"] == 0
    assert paid(from_then_on)["principal A"] == 88500
    assert from_then_on.state.note_balance["M"].tolist() == [0]
    assert from_then_on.state.note_balance["S"].tolist() == [8500]
    assert paid(from_then_on, "shortfall")["principal S"] == 8500


def test_the_provider_pays_up_to_the_limit_over_the_life_and_not_a_fen_more():
    terms = replace(TERMS, support=support("A", "M", limit_fen=5000))
    first = settle_year(terms, ISSUED, cash())
    second = settle_year(terms, first.state, cash())

    assert first.support_paid.tolist() == [4691 + 195]
    assert second.support_paid.tolist() == [5000 - 4691 - 195]
    assert paid(second, "shortfall")["interest M"] == 195
    assert second.state.support_drawn.tolist() == [5000]


def test_the_senior_note_draws_on_the_limit_first():
    terms = replace(TERMS, support=support("A", "M", limit_fen=4691))
    result = settle_year(terms, ISSUED, cash())

    assert paid(result, "supported")["interest A"] == 4691
    assert paid(result, "supported")["interest M"] == 0


def test_a_state_that_drew_more_than_the_limit_is_refused():
    terms = replace(TERMS, support=support("A", limit_fen=5000))
    overdrawn = replace(ISSUED, support_drawn=fen(5001))
    with pytest.raises(WaterfallError, match=r"the support left is -0\.01 in scenario 0"):
        settle_year(terms, overdrawn, cash())
