import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waterfall.draw.draw_reference import PlainLoan, draw_plainly
from tests.waterfall.small_deal import fen
from waterfall.draw.greedy import Candidates, draw
from waterfall.money import WaterfallError


def taken_for_cash(balances: np.ndarray, cash: int) -> list[bool]:
    """What is taken at par when only the cash limits."""
    return draw(Candidates.at_par(balances), cash).taken.tolist()


def taken_plainly(balances: list[int], cash: int) -> list[bool]:
    """The meaning of the draw: one candidate after the other."""
    loans = [PlainLoan(balance, balance, {}) for balance in balances]
    return [stop == "taken" for stop in draw_plainly(loans, cash, [], [], 0)]


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(0, 400))
def test_the_draw_is_the_plain_loop_on_small_balances(balances, cash):
    assert taken_for_cash(fen(*balances), cash) == taken_plainly(balances, cash)


@given(st.lists(st.integers(1, 2**62), max_size=20), st.integers(0, 2**63 - 1))
def test_the_draw_is_the_plain_loop_on_balances_whose_sum_leaves_int64(balances, cash):
    assert taken_for_cash(fen(*balances), cash) == taken_plainly(balances, cash)


def test_balances_whose_sum_leaves_int64_are_drawn_to_the_fen():
    balances = fen(2**62, 2**62, 2**62 - 1, 1)

    assert taken_for_cash(balances, 2**63 - 1) == [True, False, True, False]


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999])
def test_the_draw_is_the_plain_loop_on_a_book_of_small_loans(share):
    balances = np.random.default_rng(7).integers(100, 2_000_000, 50_000)
    cash = int(balances.sum() * share)

    assert taken_for_cash(balances, cash) == taken_plainly(balances.tolist(), cash)


def test_candidates_that_need_a_round_each_are_drawn_in_linear_time():
    pairs = 100_000
    balances = np.empty(2 * pairs, dtype=np.int64)
    balances[0::2], balances[1::2] = 1, 10**9 - np.arange(pairs)

    result = draw(Candidates.at_par(balances), 10**9).taken

    assert result[0::2].all()
    assert not result[1::2].any()


def test_a_candidate_as_large_as_the_cash_is_taken_and_one_fen_more_is_passed_over():
    assert taken_for_cash(fen(100), 100) == [True]
    assert taken_for_cash(fen(101), 100) == [False]


def test_a_candidate_that_does_not_fit_does_not_end_the_draw():
    assert taken_for_cash(fen(60, 50, 40, 1), 100) == [True, False, True, False]


def test_no_cash_or_no_candidate_buys_nothing():
    assert taken_for_cash(fen(1, 2), 0) == [False, False]
    assert taken_for_cash(fen(), 100) == []


@pytest.mark.parametrize(
    ("balances", "cash", "message"),
    [
        (fen(5, 0), 10, r"candidate 1 .* has balance 0\.00; expected more than zero"),
        (fen(-5), 10, r"candidate 0 .* has balance -0\.05"),
        (fen(5), -1, r"the cash is -0\.01; expected zero or more"),
        (np.array([5.0]), 10, "balance is float64"),
    ],
)
def test_a_draw_that_has_no_meaning_is_refused(balances, cash, message):
    with pytest.raises(WaterfallError, match=message):
        draw(Candidates.at_par(balances), cash)
