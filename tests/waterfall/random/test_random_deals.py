"""Random deals, month after month: the engine pays what the plain reference pays, to the fen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from tests.waterfall.random.random_deals import (
    FIRST_DAY,
    SCENARIOS,
    random_collections,
    random_pools,
    random_terms,
)
from tests.waterfall.random.reference.books import (
    PlainCollections,
    PlainPool,
    PlainState,
    Row,
)
from tests.waterfall.random.reference.issuing import issue_plainly
from tests.waterfall.random.reference.month import PlainMonth, run_plainly
from tests.waterfall.random.reference.triggers import PlainCutOff, PlainTest, PlainWatch
from tests.waterfall.small_deal import fen, payment_date
from waterfall.books import Collections, Payment, PoolFacts, State
from waterfall.money import Fen
from waterfall.pay.metrics import CutOff
from waterfall.pay.month import PHASES, MonthResult, run_month
from waterfall.pay.settle import opening_state, settle_issue
from waterfall.pay.triggers import TriggerTest, open_watch


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**64))
def test_random_deals_pay_what_the_plain_reference_pays(seed):
    assert_agreement(Random(seed))


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None)
@given(st.integers(0, 2**64))
def test_a_thousand_random_deals_pay_what_the_plain_reference_pays(seed):
    assert_agreement(Random(seed))


def assert_agreement(random: Random) -> None:
    """One deal from its issue on, its scenarios in different phases: payments, ledgers, triggers."""
    terms = random_terms(random)
    price = None if random.random() < 0.5 else fen(*[0] * SCENARIOS)
    issue = settle_issue(terms, opening_state(terms, SCENARIOS), price)
    plain = [issue_plainly(terms, spends_all=price is None) for _ in range(SCENARIOS)]
    state, watch = issue.state, open_watch(terms, SCENARIOS)
    watches = [PlainWatch() for _ in range(SCENARIOS)]
    assert plain_states(state) == plain
    for period in random_periods(random):
        cash = [int(amount) for amount in lowest_cash(terms, state)]
        flows, pools = random_collections(random, terms, cash), random_pools(random, terms)
        events = frozenset({"servicer_change"} if random.random() < 0.2 else ())
        cut_off = CutOff(terms, period, state, collections_of(flows), pool_of(pools), watch, events)
        exercises_call = random.random() < 0.5
        prices = random_prices(random, cut_off, exercises_call)
        result = run_month(cut_off, prices, exercises_call)
        months = [
            run_plainly(
                PlainCutOff(
                    terms,
                    period,
                    plain[scenario],
                    PlainCollections(**flows[scenario]),
                    plain_pool(pools[scenario]),
                    events,
                ),
                watches[scenario],
                None if prices is None else int(prices[scenario]),
                exercises_call,
            )
            for scenario in range(SCENARIOS)
        ]
        assert_same_month(terms, result, months)
        if prices is None and terms.purchase.max_amount_fen is None:
            assert result.purchase_budget().tolist() == [month.bought for month in months]
        assert plain_states(result.state) == plain
        state, watch = result.state, result.watch


def random_periods(random: Random) -> Iterator[Period]:
    """Three to six periods of any length; the last of them may be after the expected maturity."""
    count = random.randint(3, 6)
    start, matured = FIRST_DAY + timedelta(days=random.randint(0, 30)), random.randint(2, 7)
    for number in range(1, count + 1):
        end = start + timedelta(days=random.randint(1, 62))
        yield replace(
            payment_date(start, end, number >= matured),
            period_number=number,
            scheduled_phase="revolving" if number <= count // 2 else "allocation",
        )
        start = end


def random_prices(random: Random, cut_off: CutOff, exercises_call: bool) -> Fen | None:
    """What the loans that were chosen cost: some part of the budget."""
    if random.random() < 0.4:
        return None
    budget = run_month(cut_off, None, exercises_call).purchase_budget()
    return budget * random.randint(0, 7) // 7


def lowest_cash(terms: Terms, state: State) -> Fen:
    """The cash of the account that a negative recovery takes from."""
    account = next(item.code for item in terms.accounts if "recovery" in item.receives)
    return state.account_balance[account]


def collections_of(flows: list[dict[str, int]]) -> Collections:
    return Collections(**{kind: fen(*(flow[kind] for flow in flows)) for kind in flows[0]})


def pool_of(pools: list[dict[str, Any]]) -> PoolFacts:
    return PoolFacts(
        **{
            name: None if pools[0][name] is None else fen(*(pool[name] for pool in pools))
            for name in pools[0]
        }
    )


def plain_pool(pool: dict[str, Any]) -> PlainPool:
    return PlainPool(
        opening=pool["opening_balance"],
        closing=pool["closing_balance"],
        initial=pool["initial_balance"],
        purchased=pool["cumulative_purchased"],
        defaulted=pool["cumulative_defaulted"],
        interest_before=pool["cumulative_interest"],
        overdue=pool["overdue_balance"],
        seriously_overdue=pool["serious_overdue_balance"],
        recovered=pool["cumulative_recovered"],
    )


def plain_states(state: State) -> list[PlainState]:
    def pick(ledger: Any, scenario: int) -> dict[str, int]:
        return {code: int(amounts[scenario]) for code, amounts in ledger.items()}

    return [
        PlainState(
            accounts=pick(state.account_balance, scenario),
            notes=pick(state.note_balance, scenario),
            interest=pick(state.interest_unpaid, scenario),
            late_interest=pick(state.late_interest_unpaid, scenario),
            fees=pick(state.fee_unpaid, scenario),
            deficiency=pick(state.deficiency, scenario),
            drawn=int(state.support_drawn[scenario]),
            repaid=int(state.support_repaid[scenario]),
        )
        for scenario in range(state.scenarios)
    ]


def assert_same_month(terms: Terms, result: MonthResult, months: list[PlainMonth]) -> None:
    for place, trigger in enumerate(terms.triggers):
        test = result.tests[place]
        assert [plain_test(test, scenario) for scenario in range(SCENARIOS)] == [
            month.tests[trigger.code] for month in months
        ]
    assert [PHASES[place] for place in result.phases] == [month.phase for month in months]
    assert result.is_called.tolist() == [month.is_called for month in months]
    for part in result.settlements:
        for place, scenario in enumerate(part.scenarios):
            rows = [plain_row(payment, place) for payment in part.settlement.payments]
            assert rows == months[scenario].rows
            targets = part.settlement.reserve_target
            assert {code: int(amount[place]) for code, amount in targets.items()} == (
                months[scenario].reserve_targets
            )


def plain_test(test: TriggerTest, scenario: int) -> PlainTest:
    return PlainTest(
        value=int(test.value[scenario]),
        is_breached=bool(test.is_breached[scenario]),
        since=int(test.breached_since[scenario]),
        is_cured=bool(test.is_cured[scenario]),
        is_acting=bool(test.is_acting[scenario]),
    )


def plain_row(payment: Payment, place: int) -> Row:
    return Row(
        step=payment.step_number,
        kind=payment.kind,
        target=payment.target_code,
        account=payment.account_code,
        to_account=payment.to_account_code,
        due=int(payment.due[place]),
        paid=int(payment.paid[place]),
        shortfall=int(payment.shortfall[place]),
        supported=int(payment.supported[place]),
        account_after=int(payment.account_balance_after[place]),
    )
