from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.terms.purchase import Purchase
from tests.waterfall.project.small_pool import repayment
from tests.waterfall.small_deal import fen, small_terms
from waterfall.project.buy import price_mix, spend


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 10**15), min_size=1, max_size=3),
    st.decimals("0.01", 2, places=6),
)
def test_a_purchase_is_the_most_that_the_cash_pays_for(cash, price):
    principal, cost = spend(fen(*cash), [Fraction(price)] * len(cash))

    for amount, bought, paid in zip(cash, principal.tolist(), cost.tolist(), strict=True):
        assert paid == round(bought * price) or paid - bought * price == Decimal("0.5")
        assert paid <= amount
        assert (bought + 1) * price > amount


def test_at_par_the_principal_is_the_cash_and_at_a_discount_it_is_more():
    principal, cost = spend(fen(100_00, 100_00), [Fraction(1), Fraction("0.97")])

    assert principal.tolist() == [10000, 10309]  # 100.00 / 0.97 = 103.0927...
    assert cost.tolist() == [10000, 10000]


@pytest.mark.parametrize(
    ("discount_rate", "price"),
    [
        # 1.00 in a month and 3.00 in two, over 4.00; at 12 % a year.
        ("0.12", (Fraction(100, 101) + 3 * Fraction(100, 101) ** 2) / 4),
        ("0", Fraction(1)),
    ],
)
def test_a_mix_is_priced_by_what_its_loans_are_worth(discount_rate, price):
    purchase = Purchase("present_value", "all_remaining", 1, discount_rate=Decimal(discount_rate))
    mix = ((repayment("0", 1), 10), (repayment("0", 2, "bullet"), 30))

    assert price_mix(small_terms(purchase=purchase), mix) == price
