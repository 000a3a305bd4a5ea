"""Yields, IRR and prices: each is the other's inverse."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.waterfall.value.flow_building import AS_OF, RATES, flows, receipts
from waterfall.value.cash_flows import CashFlow, PricingError
from waterfall.value.discounting import flat_curve, present_value
from waterfall.value.prices import Price, accrued_interest, price_note
from waterfall.value.yields import xirr, yield_at_price

DAY_COUNTS = st.sampled_from(["ACT/365F", "ACT/ACT", "30E/360"])


@settings(deadline=None)  # the first call loads the root finder
@given(receipts(least_days=30), RATES, DAY_COUNTS)
def test_the_present_value_at_the_yield_is_the_price(
    received: list[CashFlow], rate: Decimal, day_count: str
) -> None:
    price_fen = present_value(received, AS_OF, flat_curve(rate, day_count)) + 10
    large = [*received, CashFlow(AS_OF + timedelta(days=365), 10**6)]
    result = yield_at_price(large, AS_OF, price_fen, day_count)
    value_fen = present_value(large, AS_OF, flat_curve(Decimal(result), day_count))
    assert abs(value_fen - price_fen) <= 1


@settings(deadline=None)  # the first call loads the root finder
@given(receipts(least_days=30), RATES)
def test_the_yield_at_the_present_value_is_the_rate(
    received: list[CashFlow], rate: Decimal
) -> None:
    large = [flow._replace(amount_fen=flow.amount_fen + 10**9) for flow in received]
    price_fen = present_value(large, AS_OF, flat_curve(rate))
    assert yield_at_price(large, AS_OF, price_fen) == pytest.approx(float(rate), abs=1e-7)


def test_a_note_at_par_yields_its_coupon() -> None:
    yearly = flows(("2024-01-01", 5), ("2024-12-31", 5), ("2025-12-31", 105))
    assert yield_at_price(yearly, AS_OF, 100_00) == pytest.approx(0.05, abs=1e-14)


def test_less_money_back_than_out_is_a_negative_rate() -> None:
    assert xirr(flows(("2023-01-01", -100), ("2024-01-01", 50))) == pytest.approx(-0.5)


def test_flows_are_taken_by_their_dates_in_any_order_and_netted() -> None:
    ordered = flows(("2023-01-01", -100), ("2023-07-01", 60), ("2024-01-01", 50))
    split = flows(("2024-01-01", 50), ("2023-07-01", 70), ("2023-01-01", -100), ("2023-07-01", -10))
    assert xirr(split) == xirr(ordered)
    borrowed = [flow._replace(amount_fen=-flow.amount_fen) for flow in ordered]
    assert xirr(borrowed) == pytest.approx(xirr(ordered))


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        ([("2023-01-01", 100), ("2024-01-01", 50)], 0),
        ([("2023-01-01", 0)], 0),
        ([("2023-01-01", -100), ("2023-07-01", 230), ("2024-01-01", -132)], 2),
    ],
)
def test_flows_that_no_one_rate_solves_have_no_irr(
    rows: list[tuple[str, int]], changes: int
) -> None:
    with pytest.raises(PricingError, match=f"change sign {changes} times; expected once"):
        xirr(flows(*rows))


def test_a_rate_out_of_any_range_is_an_error() -> None:
    with pytest.raises(PricingError, match=r"no rate from -99.99% to 100,000,000% solves"):
        xirr(flows(("2023-01-01", -1), ("2023-01-02", 2)))
    assert xirr(flows(("2023-01-01", -1), ("2024-01-01", 2))) == pytest.approx(1)


def test_the_clean_price_is_the_dirty_one_without_accrued_interest() -> None:
    accrued_fen = accrued_interest(100_000_00, Decimal("0.073"), date(2022, 12, 1), AS_OF)
    assert accrued_fen == 620_00
    received = flows(("2023-06-01", 103_650))
    price = price_note(received, AS_OF, flat_curve(Decimal("0.05")), accrued_fen)
    assert price.dirty_fen == present_value(received, AS_OF, flat_curve(Decimal("0.05")))
    assert price.clean_fen == price.dirty_fen - 620_00
    assert price.per_hundred(100_000_00) == Fraction(price.dirty_fen, 100_000)


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", 2), ("down", 1)])
def test_accrued_interest_is_rounded_once_as_asked(rounding: str, expected: int) -> None:
    accrued = accrued_interest(
        547_50, Decimal("0.01"), AS_OF, date(2023, 1, 2), "ACT/365F", rounding
    )
    assert accrued == expected


def test_nothing_accrues_backwards_and_no_face_has_no_price() -> None:
    with pytest.raises(Exception, match="2022-12-31 is before 2023-01-01"):
        accrued_interest(100, Decimal("0.01"), AS_OF, date(2022, 12, 31))
    with pytest.raises(PricingError, match="the face is 0 fen"):
        Price(100, 0).per_hundred(0)
