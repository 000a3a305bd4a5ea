"""Weighted average life, durations, convexity and DV01 against the laws that bind them."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from tests.waterfall.value.flow_building import AS_OF, RATES, flows, receipts
from waterfall.value.cash_flows import CashFlow, PricingError
from waterfall.value.discounting import Curve, discount, flat_curve, present_value
from waterfall.value.lives import (
    BASIS_POINT,
    convexity,
    dv01,
    macaulay_duration,
    modified_duration,
    weighted_average_life,
)

FIVE_PERCENT = flat_curve(Decimal("0.05"))


@given(receipts())
def test_the_life_is_inside_the_dates_of_repayment(principal: list[CashFlow]) -> None:
    life = weighted_average_life(principal, AS_OF)
    days = [(flow.payment_date - AS_OF).days for flow in principal]
    assert Fraction(min(days), 365) <= life <= Fraction(max(days), 365)
    assert weighted_average_life(principal, AS_OF, "months") == life * 365 / 30


@given(receipts(most_fen=10**6))
def test_the_life_moves_with_the_day_that_it_is_counted_from(principal: list[CashFlow]) -> None:
    earlier = weighted_average_life(principal, AS_OF - timedelta(days=73))
    assert earlier == weighted_average_life(principal, AS_OF) + Fraction(1, 5)


def test_nothing_repaid_or_something_taken_back_has_no_life() -> None:
    with pytest.raises(PricingError, match="sums to 0 fen; expected repayments of zero or more"):
        weighted_average_life(flows(("2024-01-01", 0)), AS_OF)
    with pytest.raises(PricingError, match="expected repayments of zero or more"):
        weighted_average_life(flows(("2024-01-01", -1), ("2025-01-01", 2)), AS_OF)
    with pytest.raises(PricingError, match="before the valuation"):
        weighted_average_life(flows(("2022-12-31", 1)), AS_OF)


@given(receipts(most_fen=10**10), RATES)
def test_one_payment_lasts_as_long_as_it_takes(received: list[CashFlow], rate: Decimal) -> None:
    flow = received[0]._replace(amount_fen=received[0].amount_fen + 10**4)
    years = Fraction((flow.payment_date - AS_OF).days, 365)
    assert macaulay_duration([flow], AS_OF, flat_curve(rate)) == years
    assert modified_duration([flow], AS_OF, rate) == years / (1 + Fraction(rate))


def test_the_weights_of_a_duration_are_whole_fen_as_rounded() -> None:
    received = flows(("2023-10-01", 100), ("2024-01-01", 100))
    curve = flat_curve(Decimal("0.01"))
    half_up = Fraction(9926 * 273 + 9901 * 365, (9926 + 9901) * 365)
    assert macaulay_duration(received, AS_OF, curve) == half_up
    assert macaulay_duration(received, AS_OF, curve, "down") != half_up


@given(receipts(most_fen=10**10), RATES)
def test_dv01_is_what_one_basis_point_takes_from_the_price(
    received: list[CashFlow], rate: Decimal
) -> None:
    curve, raised = flat_curve(rate), flat_curve(rate + BASIS_POINT)
    change = present_value(received, AS_OF, curve) - present_value(received, AS_OF, raised)
    assert abs(dv01(received, AS_OF, curve) - change) <= 1


@given(receipts(least_days=30, most_fen=10**12), RATES)
def test_duration_and_convexity_foretell_the_basis_point(
    received: list[CashFlow], rate: Decimal
) -> None:
    large = [flow._replace(amount_fen=flow.amount_fen + 10**10) for flow in received]
    curve = flat_curve(rate)
    price = float(discount(large, AS_OF, curve))
    slope = float(modified_duration(large, AS_OF, rate))
    curvature = convexity(large, AS_OF, rate)
    foretold = price * (slope * 1e-4 - curvature * 1e-8 / 2)
    # The third derivative over six: at most ten years, so 10 x 11 x 12 / 0.95^3 of the price.
    assert abs(dv01(large, AS_OF, curve) - foretold) <= 1 + 300 * price * 1e-12


def test_dv01_moves_every_point_of_a_curve() -> None:
    curve = Curve(((AS_OF, Decimal("0.01")), (AS_OF.replace(year=2024), Decimal("0.03"))))
    received = flows(("2023-07-01", 1_000_000), ("2025-01-01", 1_000_000))
    first = dv01(received[:1], AS_OF, flat_curve(Decimal("0.01")))
    second = dv01(received[1:], AS_OF, flat_curve(Decimal("0.03")))
    assert dv01(received, AS_OF, curve) == first + second > 0


def test_flows_that_are_worth_nothing_have_no_duration_or_convexity() -> None:
    nothing = flows(("2024-01-01", 0))
    with pytest.raises(PricingError, match="worth 0 fen on 2023-01-01"):
        macaulay_duration(nothing, AS_OF, FIVE_PERCENT)
    with pytest.raises(PricingError, match="worth 0 fen on 2023-01-01"):
        convexity(nothing, AS_OF, Decimal("0.05"))
