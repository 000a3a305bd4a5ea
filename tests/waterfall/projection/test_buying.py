from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.waterfall.projection.small_pool import repayment
from tests.waterfall.small_deal import fen
from waterfall.projection.buying import discount_schedule, spend
from waterfall.projection.schedules import Repayment, build_schedule


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 10**15), min_size=1, max_size=3),
    st.decimals("0.01", 2, places=6),
)
def test_a_purchase_is_the_most_that_the_cash_pays_for(cash, price):
    principal, cost = spend(fen(*cash), [price] * len(cash))

    for amount, bought, paid in zip(cash, principal.tolist(), cost.tolist(), strict=True):
        assert paid == round(bought * price) or paid - bought * price == Decimal("0.5")
        assert paid <= amount
        assert (bought + 1) * price > amount


def test_at_par_the_principal_is_the_cash_and_at_a_discount_it_is_more():
    principal, cost = spend(fen(100_00, 100_00), [Decimal(1), Decimal("0.97")])

    assert principal.tolist() == [10000, 10309]  # 100.00 / 0.97 = 103.0927...
    assert cost.tolist() == [10000, 10000]


@settings(deadline=None)
@given(
    st.sampled_from(["equal_instalment", "equal_principal", "bullet"]),
    st.decimals(0, 1, places=6),
    st.integers(1, 60),
)
def test_a_loan_discounted_at_its_own_rate_is_worth_par(method, rate, months):
    schedule = build_schedule([(Repayment(rate, months, method), 1)])

    assert abs(discount_schedule(schedule, rate) - 1) < Decimal("1e-11")


def test_a_loan_discounted_at_more_than_its_rate_is_worth_less_than_par():
    # Nothing but 1.00 in two months, at 1 % a month: 1 / 1.0201.
    schedule = build_schedule([(repayment("0", 2, "bullet"), 1)])

    assert discount_schedule(schedule, Decimal("0.12")) == Decimal("0.980296049407")
