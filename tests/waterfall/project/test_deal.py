"""Whole deals under assumptions; the small deal has 1,000.00 of notes, 9 months revolving of 12."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.load import load_terms
from deals.terms.deal import Terms
from deals.terms.payments import CleanUpCall
from deals.terms.purchase import PAYMENT_DATE, Purchase, PurchaseDate
from deals.terms.triggers import Trigger
from tests.changed_terms import changed
from tests.waterfall.project.small_pool import (
    SCENARIO,
    assume,
    performing,
    repayment,
)
from tests.waterfall.small_deal import small_terms
from waterfall.pay.month import PHASES
from waterfall.pay.settle import opening_state, settle_issue
from waterfall.pay.triggers import open_watch
from waterfall.project.assumptions import Assumptions
from waterfall.project.deal import ClosedMonth, Conduct, ProjectedMonth, project_deal
from waterfall.project.groups import PoolGroup
from waterfall.project.notes import collect_note_flows

FREE_MONTH = repayment("0", 1)
"""Pays all of its principal a month later, and no interest."""
POOL = 1000_00


def begin(terms: Terms, *groups: PoolGroup, **known: Any) -> ClosedMonth:
    """The deal on its closing date, its pool bought for all of the proceeds."""
    state = settle_issue(terms, opening_state(terms), None).state
    groups = groups or (performing(POOL, FREE_MONTH),)
    return ClosedMonth(terms, "2017-06", state, open_watch(terms, 1), groups, POOL, **known)


def project(start: ClosedMonth, *scenarios: Assumptions, **conduct: Any) -> list[ProjectedMonth]:
    return list(project_deal(start, scenarios, Conduct(**conduct)))


def principal_bought(months: list[ProjectedMonth], scenario: int = 0) -> list[int]:
    return [int(month.bought.principal[scenario]) for month in months]


def phases(months: list[ProjectedMonth], scenario: int = 0) -> list[str]:
    return [PHASES[month.result.phases[scenario]] for month in months]


def free_terms(**changes: Any) -> Terms:
    """The small deal without fees and coupons, so that principal is all the cash there is."""
    terms = small_terms()
    notes = tuple(replace(note, annual_rate=Decimal(0)) for note in terms.notes)
    fees = tuple(replace(fee, rate=Decimal(0)) for fee in terms.fees)
    return changed(terms, notes=notes, fees=fees, **changes)


def over(threshold: str, metric: Any = "cumulative_default_rate", **others: Any) -> Trigger:
    return Trigger("test", metric, ((0, Decimal(threshold)),), "end_revolving", **others)


def test_the_pool_revolves_as_long_as_the_terms_say_and_then_repays_the_notes_in_order():
    months = project(begin(free_terms()), Assumptions())

    assert phases(months) == 9 * ["revolving"] + ["allocation"]
    assert principal_bought(months) == 9 * [POOL] + [0]
    last = months[-1].result
    assert [int(last.paid("principal", code)[0]) for code in "AMS"] == [88500, 3000, 8500]
    assert months[-1].period.month == "2018-04"


@settings(deadline=None, max_examples=12)
@given(st.lists(SCENARIO, min_size=1, max_size=3))
def test_the_pool_of_each_month_is_that_of_the_month_before_and_what_was_bought(scenarios):
    months = project(begin(small_terms()), *scenarios)

    for before, month in pairwise(months):
        owned = before.flows.closing - before.sold + before.bought.principal
        np.testing.assert_array_equal(month.flows.opening + month.flows.bought, owned)
        assert (month.unspent >= 0).all()


@settings(deadline=None, max_examples=12)
@given(st.lists(SCENARIO, min_size=2, max_size=3))
def test_a_scenario_of_a_deal_is_the_same_among_others_as_alone(scenarios):
    """Also where a trigger ends the revolving period in some of them only."""
    start = begin(small_terms(triggers=(over("0.2"),)))
    together = project(start, *scenarios)

    for number, scenario in enumerate(scenarios):
        alone = project(start, scenario)
        assert phases(alone) == phases(together, number)[: len(alone)]
        for mine, ours in zip(alone, together, strict=False):
            assert mine.bought.principal[0] == ours.bought.principal[number]
            for code, balance in mine.result.state.note_balance.items():
                assert balance[0] == ours.result.state.note_balance[code][number]


def test_a_trigger_ends_the_revolving_period_only_in_the_scenario_that_breaches_it():
    start = begin(free_terms(triggers=(over("0.3"),)))
    months = project(start, Assumptions(), assume(cdr="0,0,1,0"))

    assert phases(months)[:10] == 9 * ["revolving"] + ["allocation"]
    assert phases(months, 1)[:4] == ["revolving", "revolving", "allocation", "allocation"]
    # All of it defaulted, a third of what went through the pool.
    assert int(months[-1].result.state.note_balance["A"][1]) == 88500


def test_defaults_before_the_closed_month_count_in_the_default_rate():
    terms = free_terms(triggers=(over("0.049999"),))

    before = project(begin(terms, cumulative_defaulted=50_00), Assumptions())
    without = project(begin(terms, cumulative_defaulted=49_99), Assumptions())

    assert phases(before)[0] == "allocation"
    assert phases(without)[0] == "revolving"


def test_defaulted_loans_are_seriously_overdue_until_their_recovery():
    trigger = over("0.05", "serious_overdue_rate", is_curable=True)
    start = begin(free_terms(triggers=(trigger,)), performing(POOL, repayment("0", 4, "bullet")))

    months = project(start, assume(cdr="0.5,0", recovery_lag=2))

    assert phases(months)[:3] == ["allocation", "allocation", "revolving"]


def test_an_event_in_force_at_the_start_stays_in_force():
    trigger = replace(over("0", "event"), event_code="servicer_change")
    terms = free_terms(triggers=(trigger,))

    months = project(begin(terms, events=frozenset(["servicer_change"])), Assumptions())

    assert phases(months) == ["allocation"]


def test_loans_that_would_outlive_the_deal_are_not_bought_and_the_cash_waits():
    eligibility = load_terms("huabei_2017_1", Path("deals")).eligibility
    assert eligibility is not None
    assert eligibility.must_mature_within_deal
    start = begin(free_terms(eligibility=eligibility))

    # At the cut-off of period 9 three collection periods are left.
    fitting = project(start, Assumptions(), mix=((repayment("0", 3, "bullet"), 1),))
    too_long = project(start, Assumptions(), mix=((repayment("0", 12, "bullet"), 1),))

    assert principal_bought(fitting)[0] == POOL
    assert principal_bought(too_long) == 10 * [0]
    assert [int(month.unspent[0]) for month in too_long[:9]] == 9 * [POOL]
    assert int(too_long[9].result.paid("principal", "A")[0]) == 88500


def test_a_mix_is_cut_to_the_loans_that_end_in_time():
    eligibility = load_terms("huabei_2017_1", Path("deals")).eligibility
    start = begin(free_terms(eligibility=eligibility))
    mix = ((FREE_MONTH, 1), (repayment("0", 12), 1))

    months = project(start, Assumptions(), mix=mix)

    # From period 1 on no loan of 12 months ends in time, so that the pool turns over each month.
    assert principal_bought(months)[:9] == 9 * [POOL]


def test_a_purchase_spends_no_more_than_the_terms_allow_on_each_of_its_dates():
    dates = (PAYMENT_DATE, PurchaseDate("working_days_after_payment", n=3))
    capped = Purchase("par", "all_remaining", 1, max_amount_fen=400_00, dates=dates)

    months = project(begin(free_terms(purchase=capped)), Assumptions())

    assert principal_bought(months)[:3] == [800_00, 800_00, 800_00]
    assert [int(month.unspent[0]) for month in months[:3]] == [200_00, 200_00, 200_00]


DISCOUNTED = Purchase("discount", "all_remaining", 1, price_share=Decimal("0.8"))
IN_A_MONTH = Purchase("present_value", "all_remaining", 1, discount_rate=Decimal("0.12"))


@pytest.mark.parametrize(
    ("purchase", "price", "bought", "cost"),
    [
        (Purchase("par", "all_remaining", 1), None, 1000_00, 1000_00),
        (DISCOUNTED, None, 1250_00, 1000_00),
        (DISCOUNTED, Decimal(1), 1000_00, 1000_00),
        # A yuan due in a month is worth 1 / 1.01.
        (IN_A_MONTH, None, 1010_00, 1000_00),
        # 1,428.57 x 0.7 = 999.999, rounded; a fen more would be 1,000.006.
        (DISCOUNTED, Decimal("0.7"), 1428_57, 1000_00),
        (DISCOUNTED, Decimal(2), 500_00, 1000_00),
    ],
)
def test_the_price_is_the_terms_unless_the_scenario_assumes_another(purchase, price, bought, cost):
    (month, *_) = project(begin(free_terms(purchase=purchase)), Assumptions(price=price))

    assert principal_bought([month]) == [bought]
    assert month.bought.cost.tolist() == [cost]
    assert month.unspent.tolist() == [1000_00 - cost]


def test_a_loan_may_pay_its_buyer_from_the_month_after_the_payment_date():
    months = project(begin(free_terms()), Assumptions(), pays_from="payment_date")

    # What is bought in August from July's cash pays in September: every second month has no cash.
    assert principal_bought(months)[:4] == [POOL, 0, POOL, 0]
    assert [int(month.flows.principal[0]) for month in months[:4]] == [POOL, 0, POOL, 0]


def test_a_called_pool_is_sold_and_the_deal_ends():
    call = CleanUpCall(Decimal("0.5"), Decimal(1), replaces_priority=False)
    terms = free_terms(revolving_months=0, clean_up_call=call)
    start = begin(terms, performing(POOL, repayment("0", 4)))

    called = project(start, Assumptions(), exercises_call=True)
    kept = project(start, Assumptions())

    assert [int(month.sold[0]) for month in called] == [0, 500_00]
    assert called[-1].result.is_called.tolist() == [True]
    assert not any(balance.any() for balance in called[-1].result.state.note_balance.values())
    assert len(kept) == 4


def test_a_deal_whose_notes_stay_unpaid_ends_at_its_expected_maturity():
    months = project(begin(free_terms()), assume(cdr="1"))

    assert months[-1].period.is_expected_maturity
    assert len(months) == 12
    assert int(months[-1].result.state.note_balance["A"][0]) == 88500


def test_a_deal_whose_pool_lives_on_ends_at_its_legal_final_date():
    terms = free_terms(legal_final_date=date(2018, 9, 1))

    months = project(begin(terms, performing(POOL, repayment("0", 36))), Assumptions())

    assert months[-1].period.month == "2018-08"
    assert months[-1].period.is_legal_final
    assert months[-1].flows.closing[0] > 0


def test_a_note_receives_its_coupons_its_principal_and_the_residual():
    months = project(begin(small_terms(), performing(POOL, repayment("0.12", 1))), Assumptions())

    flows = {code: collect_note_flows(months, code) for code in "AMS"}

    assert flows["A"].payment_dates[0] == date(2017, 8, 10)
    # 885.00 x 5.3 % x 29 / 365, from 2017-07-12 to 2017-08-10.
    assert flows["A"].interest[0].tolist() == [373]
    assert flows["S"].interest[:9].any() == np.False_
    assert [flows[code].principal.sum() for code in "AMS"] == [88500, 3000, 8500]
    assert [flows[code].balance[-1].tolist() for code in "AMS"] == [[0], [0], [0]]
    collected = sum(int(m.flows.principal[0]) + int(m.flows.interest[0]) for m in months)
    fees = sum(int(m.result.paid("fee", code)[0]) for m in months for code in ("tax", "servicer"))
    bought = sum(principal_bought(months))
    assert sum(int(one.cash.sum()) for one in flows.values()) == collected - fees - bought
