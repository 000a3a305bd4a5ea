from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.waterfall.project.reference_pool import repay_exactly
from tests.waterfall.project.small_pool import LEVEL_YEAR, repayment
from waterfall.money import ONE, WaterfallError
from waterfall.schedules import Repayment, build_schedule, outstanding_factors

RATES = st.decimals(0, 1, places=6)
METHODS = st.sampled_from(["equal_instalment", "equal_principal", "bullet"])
KINDS = st.builds(Repayment, RATES, st.integers(1, 90), METHODS)


@settings(deadline=None)
@given(KINDS)
def test_what_is_still_owed_is_exact_to_15_decimals_for_every_method(kind):
    exact = [(part * ONE + Fraction(1, 2)).__floor__() for part in repay_exactly(kind)]

    assert list(outstanding_factors(kind)) == exact
    assert (exact[0], exact[-1]) == (ONE, 0)


def test_a_level_payment_at_12_percent_repays_78848_of_a_million_in_its_first_of_12_months():
    # 1,000,000 x 0.01 / (1.01^12 - 1) = 78,848.79
    assert (ONE - outstanding_factors(LEVEL_YEAR)[1]) * 10**8 // ONE == 7884878


def test_a_loan_without_interest_repays_in_equal_parts():
    assert outstanding_factors(repayment("0", 4)) == (ONE, ONE * 3 // 4, ONE // 2, ONE // 4, 0)


BALANCES = st.integers(1, 10**12)
# Few kinds, so that loans often share one.
LOANS = st.lists(
    st.tuples(
        st.builds(
            Repayment, st.sampled_from([Decimal(0), Decimal("0.1799")]), st.integers(1, 4), METHODS
        ),
        BALANCES,
    ),
    min_size=1,
    max_size=40,
)


@settings(deadline=None)
@given(LOANS)
def test_loans_in_groups_have_the_schedule_of_the_loans_one_by_one(loans):
    groups: dict[Repayment, int] = {}
    for kind, balance in loans:
        groups[kind] = groups.get(kind, 0) + balance

    one_by_one, grouped = build_schedule(loans), build_schedule(groups.items())

    assert grouped.principal_share.tolist() == one_by_one.principal_share.tolist()
    assert grouped.interest_share.tolist() == one_by_one.interest_share.tolist()


def test_a_lot_pays_the_average_of_its_loans_weighted_by_what_each_still_owes():
    short, long = repayment("0.24", 1, "bullet"), repayment("0.12", 2, "bullet")

    schedule = build_schedule([(short, 300), (long, 100)])

    assert schedule.principal_share.tolist() == [ONE * 3 // 4, ONE]
    assert schedule.interest_share.tolist() == [ONE * 7 // 400, ONE // 100]  # 1.75 %, then 1 %


@pytest.mark.parametrize(
    ("rate", "months", "method", "place"),
    [
        ("0.1", 12, "annuity", "repayment method is 'annuity'"),
        ("-0.000001", 12, "bullet", "annual rate is -0.000001"),
        ("1.000001", 12, "bullet", "annual rate is 1.000001"),
        ("0.1234567", 12, "bullet", "annual rate is 0.1234567"),
        ("NaN", 12, "bullet", "annual rate is NaN"),
        ("0.1", 0, "bullet", "remaining months are 0"),
        ("0.1", 601, "bullet", "remaining months are 601"),
    ],
)
def test_a_way_to_repay_that_is_not_known_is_refused_with_its_value(rate, months, method, place):
    with pytest.raises(WaterfallError, match=f"^{place}; expected "):
        repayment(rate, months, method)


def test_the_bounds_of_a_way_to_repay_are_accepted():
    assert repayment("1", 600, "bullet").rate_ppm == 1_000_000
    assert repayment("0.000001", 1, "bullet").rate_ppm == 1
