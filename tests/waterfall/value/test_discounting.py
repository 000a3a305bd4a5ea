"""Present and future values at a flat rate and on curves."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.waterfall.value.flow_building import AS_OF, RATES, day, flows, receipts
from waterfall.value.cash_flows import CashFlow, PricingError, round_fen, select_after
from waterfall.value.discounting import (
    Curve,
    amount_for_irr,
    flat_curve,
    future_value,
    present_value,
    survival_factor,
)
from waterfall.value.yields import xirr

POINTS = ((date(2023, 1, 1), Decimal("0.02")), (date(2024, 1, 1), Decimal("0.04")))


@pytest.mark.parametrize(
    ("amount", "half_up", "down"),
    [
        (Fraction(149, 100), 1, 1),
        (Fraction(3, 2), 2, 1),
        (Fraction(199, 100), 2, 1),
        (Fraction(-149, 100), -1, -1),
        (Fraction(-3, 2), -2, -1),
        (Fraction(2), 2, 2),
    ],
)
def test_the_size_of_an_amount_is_rounded_half_up_or_down(
    amount: Fraction, half_up: int, down: int
) -> None:
    assert round_fen(amount, "half_up") == half_up
    assert round_fen(amount, "down") == down


def test_a_value_that_is_whole_fen_loses_none_by_rounding_down() -> None:
    a_year_on = flows(("2024-01-01", 103))
    assert present_value(a_year_on, AS_OF, flat_curve(Decimal("0.03")), "down") == 10000
    half_a_year = flows(("2023-07-01", 110))
    curve = flat_curve(Decimal("0.21"), "30/360")
    assert present_value(half_a_year, AS_OF, curve, "down") == 10000


def test_the_sum_is_rounded_and_not_its_parts() -> None:
    three = [CashFlow(AS_OF.replace(year=2024), 1)] * 3
    assert present_value(three, AS_OF, flat_curve(Decimal(1)), "half_up") == 2
    assert present_value(three, AS_OF, flat_curve(Decimal(1)), "down") == 1
    assert present_value(three, AS_OF, flat_curve(Decimal(2)), "down") == 1, "three thirds"


def test_money_of_the_day_itself_is_not_discounted() -> None:
    assert present_value(flows(("2023-01-01", 100)), AS_OF, flat_curve(Decimal("0.5"))) == 10000


@pytest.mark.parametrize(
    ("text", "step", "linear"),
    [
        ("2023-01-01", "0.02", "0.02"),
        ("2023-03-15", "0.02", "0.024"),
        ("2023-12-31", "0.02", None),
        ("2024-01-01", "0.04", "0.04"),
        ("2030-01-01", "0.04", "0.04"),
    ],
)
def test_a_curve_steps_or_goes_straight_between_its_points(
    text: str, step: str, linear: str | None
) -> None:
    assert Curve(POINTS).rate_on(day(text)) == Decimal(step)
    straight = Curve(POINTS, "linear").rate_on(day(text))
    if linear is None:
        assert Decimal("0.0399") < straight < Decimal("0.04")
    else:
        assert straight == Decimal(linear)


def test_a_curve_refuses_what_is_before_it_out_of_order_or_no_rate() -> None:
    with pytest.raises(PricingError, match="no rate on 2022-12-31; expected a day from 2023-01-01"):
        Curve(POINTS).rate_on(day("2022-12-31"))
    with pytest.raises(PricingError, match="2023-01-01 after 2024-01-01"):
        Curve((POINTS[1], POINTS[0]))
    with pytest.raises(PricingError, match="no point"):
        Curve(())
    with pytest.raises(PricingError, match="is -1; expected more than -1"):
        flat_curve(Decimal(-1))
    assert flat_curve(Decimal("-0.999999")).rate_on(AS_OF) == Decimal("-0.999999")


def test_flows_on_the_wrong_side_of_the_valuation_are_refused() -> None:
    curve = flat_curve(Decimal("0.05"))
    both_sides = flows(("2022-12-31", 1), ("2023-01-02", 1))
    with pytest.raises(PricingError, match="2022-12-31 is before the valuation on 2023-01-01"):
        present_value(both_sides, AS_OF, curve)
    with pytest.raises(PricingError, match="2023-01-02 is after 2023-01-01"):
        future_value(both_sides, AS_OF, curve)
    with pytest.raises(PricingError, match="no cash flow to value"):
        present_value([], AS_OF, curve)
    later = select_after([*both_sides, CashFlow(AS_OF, 1)], AS_OF)
    assert later == flows(("2023-01-02", 1))


@given(receipts(), RATES)
def test_the_value_falls_as_the_rate_rises(received: list[CashFlow], rate: Decimal) -> None:
    low = present_value(received, AS_OF, flat_curve(rate))
    high = present_value(received, AS_OF, flat_curve(rate + Decimal("0.01")))
    assert high <= low
    assert present_value(received, AS_OF, flat_curve(Decimal(0))) == sum(
        flow.amount_fen for flow in received
    )


@given(receipts(), RATES, st.integers(0, 3650))
def test_what_is_discounted_grows_back(received: list[CashFlow], rate: Decimal, days: int) -> None:
    curve = flat_curve(rate)
    one = received[:1]
    value_fen = present_value(one, AS_OF, curve)
    grown = future_value([CashFlow(AS_OF, value_fen)], one[0].payment_date, curve)
    growth = float(1 + rate) ** ((one[0].payment_date - AS_OF).days / 365)
    assert abs(grown - one[0].amount_fen) <= growth / 2 + 1


@settings(deadline=None)  # the first call loads the root finder
@given(st.integers(10**6, 10**11), st.decimals(Decimal("-0.2"), Decimal(2), places=4))
def test_the_amount_for_an_irr_gives_that_irr(paid_fen: int, irr: Decimal) -> None:
    out = [CashFlow(AS_OF, -paid_fen)]
    due = CashFlow(day("2024-07-01"), amount_for_irr(out, day("2024-07-01"), irr))
    assert xirr([*out, due]) == pytest.approx(float(irr), abs=1e-5)


def test_what_survives_shrinks_by_the_rate_a_year() -> None:
    assert survival_factor(Decimal("0.1"), AS_OF, AS_OF) == 1
    assert survival_factor(Decimal("0.1"), AS_OF, day("2025-12-31")) == pytest.approx(0.9**3)
    assert survival_factor(Decimal(1), AS_OF, day("2023-01-02")) == 0
