"""A month: the phase of each scenario, the clean-up call, and what the payment date then pays."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from deals.terms.payments import CleanUpCall
from deals.terms.triggers import Trigger
from tests.waterfall.small_deal import (
    ALLOCATION,
    REVOLVING,
    YEAR,
    account,
    fen,
    small_terms,
    steps,
)
from waterfall.books import Collections, PoolFacts
from waterfall.pay.metrics import CutOff
from waterfall.pay.month import PHASES, MonthResult, run_month
from waterfall.pay.settle import WaterfallError, opening_state, settle_issue
from waterfall.pay.triggers import open_watch

DEFAULTS = Trigger("defaults", "cumulative_default_rate", ((0, Decimal("0.05")),), "end_revolving")
CALL = CleanUpCall(Decimal("0.1"), Decimal("0.98"), replaces_priority=False)
PRIORITY = {
    "revolving": steps(REVOLVING),
    "allocation": steps(ALLOCATION),
    "clean_up": steps(["principal M", "residual S"]),
}
MONTH = replace(YEAR, scheduled_phase="revolving")


def cut_off(closing: tuple[int, ...], defaulted: tuple[int, ...] = (), **changes: Any) -> CutOff:
    """A month of one scenario for each closing pool; 500.00 of principal came in, in each."""
    count = len(closing)
    terms = small_terms(**{"priority": PRIORITY, **changes})
    nothing, thousand = fen(*[0] * count), fen(*[1000] * count)
    amounts = dict.fromkeys(
        ("interest", "fee", "recovery", "prepayment", "repurchase", "clean_up", "defaulted"),
        nothing,
    )
    return CutOff(
        terms=terms,
        period=MONTH,
        opening=settle_issue(terms, opening_state(terms, count), None).state,
        collections=Collections(principal=50 * thousand, **amounts),
        pool=PoolFacts(
            opening_balance=thousand,
            closing_balance=fen(*closing),
            initial_balance=thousand,
            cumulative_purchased=nothing,
            cumulative_defaulted=fen(*(defaulted or [0] * count)),
        ),
        watch=open_watch(terms, count),
    )


def phases(result: MonthResult) -> list[str]:
    return [PHASES[place] for place in result.phases]


def test_scenarios_in_different_phases_are_paid_by_their_own_lists_and_stand_side_by_side_again():
    result = run_month(cut_off((900, 900, 900), (50, 51, 0), triggers=(DEFAULTS,)))
    left = 50_000 - 100 - 4691 - 195

    assert phases(result) == ["revolving", "allocation", "revolving"]
    assert result.paid("purchase").tolist() == [left, 0, left]
    assert result.paid("principal", "A").tolist() == [0, left, 0]
    assert result.state.note_balance["A"].tolist() == [88_500, 88_500 - left, 88_500]
    assert result.purchase_budget().tolist() == [left, 0, left]
    assert result.accrued("A").tolist() == [4691] * 3
    assert result.supported().tolist() == [0] * 3


def test_the_interest_of_a_month_counts_that_on_unpaid_interest():
    month = cut_off((900,), interest_on_unpaid_interest="simple")
    unpaid = {**month.opening.interest_unpaid, "A": fen(1000)}
    result = run_month(replace(month, opening=replace(month.opening, interest_unpaid=unpaid)))

    assert result.accrued("A").tolist() == [4691 + 53]


def test_a_price_is_paid_in_the_scenarios_that_buy_and_is_none_in_the_others():
    month = cut_off((900, 900), (50, 51), triggers=(DEFAULTS,))
    result = run_month(month, fen(40_000, 0))

    assert result.paid("purchase").tolist() == [40_000, 0]
    assert account(result.state) == [5014, 0]
    message = "2019-01-01: a price is given but phase 'allocation' buys nothing"
    with pytest.raises(WaterfallError, match=message):
        run_month(month, fen(40_000, 1))


@pytest.mark.parametrize(
    ("closing", "expected"), [(101, False), (100, True), (1, True), (0, False)]
)
def test_the_pool_may_be_called_once_it_is_at_most_the_threshold_of_the_first_one(
    closing, expected
):
    result = run_month(cut_off((closing,), clean_up_call=CALL), exercises_call=True)

    assert result.is_called.tolist() == [expected]


@pytest.mark.parametrize(("closing", "expected"), [(100, True), (101, False)])
def test_a_threshold_between_two_fen_is_met_by_the_lower_one(closing, expected):
    month = cut_off((closing,), clean_up_call=CALL)
    month = replace(month, pool=replace(month.pool, initial_balance=fen(1005)))  # a tenth is 100.5

    assert run_month(month, exercises_call=True).is_called.tolist() == [expected]


def test_a_call_that_nobody_exercises_changes_nothing():
    result = run_month(cut_off((100,), clean_up_call=CALL))

    assert result.is_called.tolist() == [False]
    assert result.settlements[0].settlement.inflow["collection"].tolist() == [50_000]


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", 74), ("down", 73)])
def test_the_price_of_the_pool_is_a_share_of_it_that_comes_in_with_the_collections(
    rounding, expected
):
    month = cut_off((75, 200), clean_up_call=CALL, rounding=rounding)  # 98 % of 0.75 is 0.735
    result = run_month(month, exercises_call=True)

    assert result.is_called.tolist() == [True, False]
    inflow = result.settlements[0].settlement.inflow["collection"]
    assert inflow.tolist() == [50_000 + expected, 50_000]
    assert phases(result) == ["revolving", "revolving"]


def test_a_call_leaves_the_collections_of_the_scenarios_that_are_not_called():
    month = cut_off((100, 200), clean_up_call=CALL)
    given = replace(month.collections, clean_up=fen(0, 33))
    result = run_month(replace(month, collections=given), exercises_call=True)

    assert result.settlements[0].settlement.inflow["collection"].tolist() == [50_098, 50_033]


def test_a_call_that_replaces_the_priority_pays_by_the_list_of_the_clean_up():
    call = replace(CALL, replaces_priority=True)
    result = run_month(cut_off((100, 101), clean_up_call=call), exercises_call=True)

    assert phases(result) == ["clean_up", "revolving"]
    assert result.paid("principal", "M").tolist() == [3000, 0]
    assert result.paid("residual", "S").tolist() == [50_098 - 3000, 0]


@pytest.mark.parametrize(("opening", "expected"), [(101, False), (100, True)])
def test_a_call_that_acts_on_the_next_date_looks_at_the_pool_of_the_cut_off_before(
    opening, expected
):
    month = cut_off((50,), clean_up_call=replace(CALL, acts="next"))
    month = replace(month, pool=replace(month.pool, opening_balance=fen(opening)))

    assert run_month(month, exercises_call=True).is_called.tolist() == [expected]


def test_a_phase_that_a_trigger_leads_to_without_a_priority_is_refused():
    accelerate = replace(DEFAULTS, effect="accelerate")
    message = "small, payment date 2019-01-01: the terms have no priority for phase 'accelerated'"
    with pytest.raises(WaterfallError, match=message):
        run_month(cut_off((900,), (51,), triggers=(accelerate,)))


def test_the_allocation_is_scheduled_after_the_revolving_months():
    month = replace(cut_off((900,)), period=replace(MONTH, scheduled_phase="allocation"))

    assert phases(run_month(month)) == ["allocation"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pool": {"closing_balance": fen(-1)}}, r"the pool's closing balance is -0\.01"),
        ({"pool": {"closing_balance": fen(1, 2)}}, r"the pool's closing balance has shape \(2,\)"),
        ({"collections": {"interest": fen(-1)}}, r"collected interest is -0\.01"),
        (
            {"opening": {"fee_unpaid": {}}},
            "the state has unpaid fees of none; expected tax, servicer",
        ),
    ],
)
def test_figures_that_no_month_has_are_refused_before_any_trigger_looks_at_them(change, message):
    month = cut_off((900,), triggers=(DEFAULTS,))
    changed = {name: replace(getattr(month, name), **parts) for name, parts in change.items()}
    with pytest.raises(WaterfallError, match=rf"^small, 2019-01-01: {message}"):
        run_month(replace(month, **changed))
