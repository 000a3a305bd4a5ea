"""The highest rate without a loss is found on its grid, in few calls."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterfall.value.break_even import BreakEven, find_break_even
from waterfall.value.cash_flows import PricingError

STEP = Decimal("0.0001")


class Losses:
    """A loss above a limit; keeps what was asked in each call."""

    def __init__(self, limit: Decimal) -> None:
        self.limit = limit
        self.calls: list[Sequence[Decimal]] = []

    def __call__(self, rates: Sequence[Decimal]) -> list[bool]:
        self.calls.append(rates)
        return [rate > self.limit for rate in rates]


@given(st.integers(0, 9999), st.integers(1, 100))
def test_the_highest_rate_without_a_loss_is_found_on_the_grid(steps: int, per_call: int) -> None:
    losses = Losses(steps * STEP)
    result = find_break_even(losses, STEP, rates_per_call=per_call)
    assert result == BreakEven(steps * STEP, (steps + 1) * STEP)
    asked = [rate for rates in losses.calls for rate in rates]
    assert len(set(asked)) == len(asked)
    assert {result.rate, result.first_loss} <= set(asked)
    assert max(map(len, losses.calls)) <= max(per_call, 2)


def test_ten_thousand_rates_take_four_calls() -> None:
    losses = Losses(Decimal("0.12345"))
    assert find_break_even(losses, STEP).rate == Decimal("0.1234")
    assert len(losses.calls) == 4


def test_a_loss_at_the_lowest_rate_has_no_break_even() -> None:
    assert find_break_even(Losses(Decimal(-1)), STEP) == BreakEven(None, Decimal(0))


def test_no_loss_at_the_highest_rate_is_told_apart() -> None:
    assert find_break_even(Losses(Decimal(1)), STEP) == BreakEven(Decimal(1), None)


def test_a_range_that_starts_above_zero_is_walked_from_its_start() -> None:
    result = find_break_even(
        Losses(Decimal("0.3")), Decimal("0.02"), Decimal("0.25"), Decimal("0.35")
    )
    assert result == BreakEven(Decimal("0.29"), Decimal("0.31"))


@pytest.mark.parametrize(
    ("step", "lowest", "highest"), [("0", "0", "1"), ("0.3", "0", "1"), ("0.1", "1", "1")]
)
def test_a_range_of_no_whole_number_of_steps_is_refused(
    step: str, lowest: str, highest: str
) -> None:
    with pytest.raises(PricingError, match=f"from {lowest} to {highest} are no whole number of"):
        find_break_even(Losses(Decimal(0)), Decimal(step), Decimal(lowest), Decimal(highest))


def test_losses_that_do_not_rise_with_the_rate_are_refused() -> None:
    with pytest.raises(PricingError, match=r"a loss at 0\.\d+ and none at 0\.\d+; expected losses"):
        find_break_even(
            lambda rates: [rate == 1 or 0 < rate < Decimal("0.5") for rate in rates], STEP
        )


def test_an_answer_for_another_number_of_rates_is_refused() -> None:
    with pytest.raises(PricingError, match="3 losses came for 2 rates"):
        find_break_even(lambda rates: [False, True, True], STEP)


def test_at_least_one_rate_is_asked_in_a_call() -> None:
    with pytest.raises(PricingError, match="rates_per_call is 0; expected 1 or more"):
        find_break_even(Losses(Decimal(0)), STEP, rates_per_call=0)
