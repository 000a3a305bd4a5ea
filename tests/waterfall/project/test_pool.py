from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.waterfall.project.reference_pool import Loan, Part, reference_of
from tests.waterfall.project.small_pool import (
    CUT_OFF,
    GROUP,
    GROUPS,
    LEVEL_QUARTER,
    LEVEL_YEAR,
    PURCHASES,
    SCENARIO,
    assume,
    column,
    performing,
    project,
    repayment,
)
from tests.waterfall.small_deal import fen
from waterfall.money import LARGEST_AMOUNT, WaterfallError
from waterfall.project.advance import PoolFlows, advance, next_month_end, run_off
from waterfall.project.assumptions import Assumptions
from waterfall.project.groups import PoolGroup
from waterfall.project.pool import buy, open_pool

MONTH_ENDS = [CUT_OFF]
while len(MONTH_ENDS) < 12:
    MONTH_ENDS.append(next_month_end(MONTH_ENDS[-1]))


def run(groups, scenarios, purchases=(), months=11) -> list[PoolFlows]:
    """The months after June 2017, buying after each as long as there are purchases."""
    pool, flows = open_pool(groups, scenarios), []
    for number in range(months):
        pool, month = advance(pool, MONTH_ENDS[number], MONTH_ENDS[number + 1])
        flows.append(month)
        if number < len(purchases):
            principal, kind = purchases[number]
            pool = buy(pool, np.full(len(scenarios), principal), [(kind, 1)])
    return flows


AMOUNTS = tuple(PoolFlows.__dataclass_fields__)


def amounts(flows: list[PoolFlows]) -> dict[str, list[list[int]]]:
    return {name: [getattr(month, name).tolist() for month in flows] for name in AMOUNTS}


@settings(deadline=None)
@given(GROUPS, st.lists(SCENARIO, min_size=1, max_size=4), PURCHASES)
def test_no_fen_appears_or_vanishes_and_nothing_is_negative(groups, scenarios, purchases):
    months = run(groups, scenarios, purchases)

    closing = sum(group.balance_fen for group in groups if group.standing != "defaulted")
    for month in months:
        np.testing.assert_array_equal(month.opening, closing)
        left = month.opening + month.bought - month.principal - month.defaulted
        np.testing.assert_array_equal(left, month.closing)
        assert all((getattr(month, name) >= 0).all() for name in AMOUNTS)
        assert (month.overdue <= month.closing).all()
        closing = month.closing
    assert [month.bought.tolist() for month in months[1:4]] == [
        [bought] * len(scenarios) for bought in ([p for p, _ in purchases] + [0, 0, 0])[:3]
    ]


@settings(deadline=None)
@given(GROUPS, st.lists(SCENARIO, min_size=1, max_size=3))
def test_a_grouped_pool_pays_what_it_pays_loan_by_loan_to_the_fen(loans, scenarios):
    balances: dict[tuple, int] = {}
    for loan in loans:
        key = (loan.standing, loan.repayment)
        balances[key] = balances.get(key, 0) + loan.balance_fen
    groups = [PoolGroup(*key, balance_fen=balance) for key, balance in balances.items()]

    assert amounts(run(groups, scenarios)) == amounts(run(loans, scenarios))


@settings(deadline=None, max_examples=40)
@given(GROUPS, st.lists(SCENARIO, min_size=2, max_size=4), PURCHASES)
def test_a_scenario_among_others_is_what_it_is_alone(groups, scenarios, purchases):
    together = amounts(run(groups, scenarios, purchases))

    for number, scenario in enumerate(scenarios):
        alone = amounts(run(groups, [scenario], purchases))
        for name in AMOUNTS:
            assert [row[number] for row in together[name]] == [row[0] for row in alone[name]]


@settings(deadline=None)
@given(st.lists(GROUP, min_size=1, max_size=4), SCENARIO, PURCHASES)
def test_exact_fractions_loan_by_loan_give_the_same_within_the_roundings(
    groups, scenario, purchases
):
    months = run(groups, [scenario], purchases)

    bought = {
        number: [Loan(kind, [Part(0, Fraction(principal))])]
        for number, (principal, kind) in enumerate(purchases, start=1)
    }
    exact = reference_of(groups, scenario)
    # Five amounts of each of at most 4 rows and 5 lots are rounded in a month, by half a fen each.
    for number, expected in enumerate(exact.pass_months(MONTH_ENDS, bought)):
        for name in vars(expected):
            difference = int(getattr(months[number], name)[0]) - getattr(expected, name)
            assert abs(difference) <= 50 * (number + 1), (number, name)


def test_default_comes_first_then_prepayment_then_the_instalment_of_the_survivors():
    (month, *_) = project([performing(100_000_00)], assume(cdr="0.5", cpr="0.5", recovery="0.4"))

    # July has 31 days: 1 - 0.5^(31/365) = 0.0571707035 of 100,000.00, then of what is left.
    assert column([month], "defaulted") == [571707]
    assert column([month], "prepaid") == [539022]
    survivors = 10_000_000 - 571707 - 539022
    assert column([month], "interest") == [round(survivors * 0.01)]
    # A level payment of 12 months at 1 % repays 7.884879 % of the balance first.
    assert column([month], "scheduled") == [round(survivors * 0.07884878867834)]
    assert column([month], "recovery") == [round(571707 * 0.4)]


def test_a_recovery_comes_after_its_lag_and_at_the_rate_of_the_month_of_default():
    months = project(
        [performing(100_00, repayment("0", 2, "bullet"))],
        assume(cdr="1,0", recovery="0.25,0.9", recovery_lag=2),
    )

    assert column(months, "defaulted") == [10000, 0, 0]
    assert column(months, "recovery") == [0, 0, 2500]


def test_a_loan_that_misses_pays_what_fell_due_when_its_wait_is_over():
    # 300.00 in three equal parts of 100.00; all miss in July only, and pay in September.
    months = project(
        [performing(300_00, repayment("0.12", 3, "equal_principal"))],
        assume(delinquency="1,0", delinquency_months=2),
    )

    assert column(months, "scheduled") == [0, 0, 10000]
    assert column(months, "overdue_paid") == [0, 0, 20000]
    # Interest on what the plan says: 3.00 for July, 2.00 for August, 1.00 for September.
    assert column(months, "interest") == [0, 0, 600]
    assert column(months, "overdue") == [30000, 30000, 0]
    assert column(months, "closing") == [30000, 30000, 0]


def test_of_what_waited_the_roll_defaults_with_all_its_principal_and_loses_its_interest():
    months = project(
        [performing(300_00, repayment("0.12", 3, "equal_principal"))],
        assume(delinquency="1,0", delinquency_months=1, roll="0.5", recovery="0.1"),
    )

    assert column(months, "defaulted") == [0, 15000, 0]
    assert column(months, "recovery") == [0, 1500, 0]
    assert column(months, "overdue_paid") == [0, 5000, 0]
    assert column(months, "scheduled") == [0, 5000, 5000]
    # Half of July's 3.00 and of August's 2.00; the other half is lost with the loan.
    assert column(months, "interest") == [0, 250, 50]


def test_a_loan_that_is_overdue_at_the_start_waits_and_then_pays():
    group = PoolGroup("overdue", repayment("0", 2, "equal_principal"), 200_00)

    months = project([group], assume(delinquency_months=2))

    assert column(months, "overdue") == [20000, 0]
    assert column(months, "overdue_paid") == [0, 10000]
    assert column(months, "scheduled") == [0, 10000]


def test_a_matured_loan_pays_all_of_it_when_its_wait_is_over():
    months = project([PoolGroup("matured", None, 100_00)], assume(delinquency_months=2))

    assert column(months, "overdue_paid") == [0, 10000]
    assert column(months, "overdue") == [10000, 0]


def test_a_defaulted_loan_is_no_part_of_the_pool_and_brings_its_recovery():
    groups = [performing(100_00, repayment("0", 1)), PoolGroup("defaulted", None, 50_00)]

    months = project(groups, assume(recovery="0.2", recovery_lag=3))

    assert column(months, "opening") == [10000, 0, 0]
    assert column(months, "recovery") == [0, 0, 1000]


def test_a_lot_bought_between_two_months_pays_by_its_own_schedule_from_the_next():
    pool = open_pool([performing(100_00, repayment("0", 2))], [Assumptions()])
    pool, first = advance(pool, CUT_OFF, MONTH_ENDS[1])
    pool = buy(pool, fen(50_00), [(repayment("0", 5), 1)])

    later = [flows for _, flows in run_off(pool, MONTH_ENDS[1])]

    assert column([first, *later], "bought") == [0, 5000, 0, 0, 0, 0]
    assert column([first, *later], "opening") == [10000, 5000, 4000, 3000, 2000, 1000]
    assert column([first, *later], "scheduled") == [5000, 6000, 1000, 1000, 1000, 1000]


def test_a_purchase_of_nothing_leaves_the_pool_as_it_is_and_a_negative_one_is_refused():
    pool = open_pool([performing(100_00)], [Assumptions(), Assumptions()])

    assert buy(pool, fen(0, 0), [(LEVEL_YEAR, 1)]) is pool
    with pytest.raises(WaterfallError, match=r"principal bought is -0\.01 in scenario 1"):
        buy(pool, fen(5, -1), [(LEVEL_YEAR, 1)])


def test_a_pool_of_the_largest_balance_is_projected_and_one_fen_more_is_refused():
    months = project([performing(LARGEST_AMOUNT, LEVEL_QUARTER)], Assumptions())

    assert sum(column(months, "scheduled")) == LARGEST_AMOUNT
    with pytest.raises(WaterfallError, match=r"owes 90,000,000,000,000\.01, more than"):
        open_pool([performing(LARGEST_AMOUNT), performing(1)], [Assumptions()])


def test_a_month_that_ends_before_it_starts_is_refused():
    pool = open_pool([performing(100_00)], [Assumptions()])

    with pytest.raises(WaterfallError, match="starts 2017-06-30 and ends 2017-06-30"):
        advance(pool, CUT_OFF, CUT_OFF)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2017, 12, 31), date(2018, 1, 31)),
        (date(2020, 1, 31), date(2020, 2, 29)),
        (date(2019, 1, 31), date(2019, 2, 28)),
        (date(2019, 2, 28), date(2019, 3, 31)),
    ],
)
def test_the_next_month_end_is_the_last_day_of_the_next_month(day, expected):
    assert next_month_end(day) == expected
