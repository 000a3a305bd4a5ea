"""Reserve accounts: filled at closing, topped up to a target that follows a formula, released, drawn."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from deals.terms.payments import COLLECTION_KINDS, Account, Combined, FixedAmount, ShareOf
from tests.waterfall.small_deal import (
    account,
    cash,
    fen,
    paid,
    settle_year,
    small_terms,
    step,
    steps,
)
from waterfall.pay.settle import WaterfallError, opening_state, settle_issue

ONE_PERCENT_OF_A = ShareOf("note_balance", Decimal("0.01"), ("A",))  # 8.85 of 885.00


def with_reserve(*words: str, target: Any = ONE_PERCENT_OF_A, initial: Any = None) -> Any:
    """A small deal with a reserve of that target, and these steps."""
    accounts = (
        Account("collection", "", "", COLLECTION_KINDS),
        Account("reserve", "", "", target=target, initial=initial),
    )
    return small_terms(fees=(), accounts=accounts, priority={"allocation": steps(words)})


def settle_with(terms: Any, held: int, **amounts: int) -> Any:
    """The year's payments when the reserve holds so much at its start."""
    state = settle_issue(terms, opening_state(terms), None).state
    state = replace(state, account_balance={"collection": fen(0), "reserve": fen(held)})
    return settle_year(terms, state, cash(**amounts))


def test_a_reserve_is_filled_from_the_proceeds_before_the_first_pool_is_bought():
    terms = with_reserve(initial=ShareOf("issued_note_balance", Decimal("0.02")))
    result = settle_issue(terms, opening_state(terms), None)

    assert paid(result) == {"transfer reserve": 2000, "purchase": 98_000}
    assert account(result.state, "reserve") == [2000]


def test_a_reserve_that_follows_the_interest_collected_may_be_issued_before_any_is():
    terms = with_reserve(target=ShareOf("cumulative_interest_collections"))
    result = settle_issue(terms, opening_state(terms), None)

    assert result.reserve_target["reserve"].tolist() == [0]


@pytest.mark.parametrize(
    ("held", "principal", "expected", "short"),
    [(884, 500, 1, 0), (885, 500, 0, 0), (886, 500, 0, 0), (0, 884, 884, 1), (0, 885, 885, 0)],
)
def test_a_reserve_is_topped_up_to_its_target_and_no_further(held, principal, expected, short):
    result = settle_with(with_reserve("reserve reserve"), held, principal=principal)

    assert paid(result) == {"reserve reserve": expected}
    assert paid(result, "shortfall") == {"reserve reserve": short}
    assert account(result.state, "reserve") == [held + expected]


def test_what_a_reserve_holds_above_its_target_is_released_when_the_notes_are_paid_down():
    terms = small_terms(
        fees=(),
        accounts=with_reserve().accounts,
        priority={
            "allocation": (step("principal A"), step("release collection", account="reserve"))
        },
    )
    result = settle_with(terms, 885, principal=44_250)

    assert paid(result) == {"principal A": 44_250, "release collection": 885 - 443}  # 1 % of 442.50
    assert account(result.state, "reserve") == [443]
    assert account(result.state) == [442]


@pytest.mark.parametrize(("held", "expected"), [(884, 0), (885, 0), (886, 1)])
def test_nothing_at_or_below_the_target_is_released(held, expected):
    terms = with_reserve()
    release = step("release collection", account="reserve")
    result = settle_with(replace(terms, priority={"allocation": (release,)}), held)

    assert paid(result) == {"release collection": expected}


@pytest.mark.parametrize(("principal", "expected"), [(10_000, 785), (88_500, 100), (0, 885)])
def test_a_target_has_a_floor_where_its_formula_says_so(principal, expected):
    floored = Combined("greatest", (ONE_PERCENT_OF_A, FixedAmount(100)))
    terms = with_reserve("principal A", "reserve reserve", target=floored)
    state = settle_issue(terms, opening_state(terms), None).state
    state = replace(state, note_balance={**state.note_balance, "A": fen(88_500 - principal)})
    result = settle_year(terms, state, cash())

    assert paid(result, "due")["reserve reserve"] == expected


def test_a_reserve_covers_interest_that_the_account_cannot_pay_and_is_filled_again_later():
    interest = step("interest A", cover=("reserve",))
    terms = with_reserve(initial=FixedAmount(885))
    terms = replace(terms, priority={"allocation": (interest, step("reserve reserve"))})
    state = settle_issue(terms, opening_state(terms), None).state
    dry = settle_year(terms, state, cash(interest=4000))
    full = settle_year(terms, dry.state, cash(interest=4691 + 691))

    assert paid(dry) == {"cover collection": 691, "interest A": 4691, "reserve reserve": 0}
    assert account(dry.state, "reserve") == [885 - 691]
    assert paid(full) == {"cover collection": 0, "interest A": 4691, "reserve reserve": 691}


@pytest.mark.parametrize(("held", "short"), [(691, 0), (690, 1)])
def test_a_reserve_covers_to_its_last_fen_and_what_is_beyond_is_a_shortfall(held, short):
    interest = step("interest A", cover=("reserve",))
    terms = replace(with_reserve(), priority={"allocation": (interest,)})
    result = settle_with(terms, held, interest=4000)

    assert paid(result, "shortfall")["interest A"] == short
    assert account(result.state, "reserve") == [0]


def test_a_reserve_step_to_an_account_without_a_target_is_refused():
    terms = with_reserve("reserve reserve", target=None)
    with pytest.raises(WaterfallError, match="account 'reserve' has no target; give it one"):
        settle_with(terms, 0)
