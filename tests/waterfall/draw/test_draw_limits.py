"""The draw under limits: against a plain reference, and by hand."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.waterfall.draw.draw_cases import Case, random_case
from tests.waterfall.draw.draw_reference import draw_plainly, excess
from tests.waterfall.small_deal import fen
from waterfall.draw import pool
from waterfall.draw.greedy import Candidates, Draw, draw
from waterfall.draw.limits import (
    CASH,
    NO_GROUP,
    TAKEN,
    UNDECIDABLE,
    UNKNOWN_VALUE,
    AverageLimit,
    GroupCap,
    Grouping,
    GroupShare,
    Limit,
    TopCap,
    TopShare,
)
from waterfall.draw.loop import choose_loop, compile_loop, take_block
from waterfall.money import WaterfallError

MOST_DRAWS = 80
SEEDS = st.integers(0, 2**64)


@pytest.fixture(
    scope="module",
    autouse=True,
    params=[compile_loop, lambda: take_block],
    ids=["compiled", "plain"],
)
def loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both ways through the loop decide alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "choose_loop", lambda _: request.param())
        yield


def test_few_candidates_do_not_wait_for_numba() -> None:
    code = (
        "import sys; from waterfall.draw import loop, pool; loop.choose_loop(20_000); "
        "print('numba' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"
    assert choose_loop(20_001) is compile_loop()


def draw_case(case: Case) -> Draw:
    return draw(case.candidates(), case.cash, case.limits(), case.opening_pool)


def stops(result: Draw, names: list[str]) -> list[str]:
    """What stopped each candidate, in the words of the reference."""
    words = {TAKEN: "taken", CASH: "cash"} | dict(enumerate(names))
    return [words[stop] for stop in result.stopped_by.tolist()]


@settings(max_examples=1500, deadline=None)
@given(SEEDS)
def test_the_draw_decides_each_loan_as_the_plain_reference_does(seed):
    case = random_case(Random(seed))
    result = draw_case(case)

    expected = draw_plainly(
        case.loans, case.cash, case.plain_limits, case.pool, result.planned_pool
    )

    assert stops(result, [limit.name for limit in case.plain_limits]) == expected
    taken = [loan for loan, stop in zip(case.loans, expected, strict=True) if stop == "taken"]
    assert result.cash_spent == sum(loan.price for loan in taken)
    assert result.cash_left == case.cash - result.cash_spent >= 0
    assert result.balance_bought == sum(loan.balance for loan in taken)
    assert result.passed_over_for_cash_count == expected.count("cash")
    for limit, outcome in zip(case.plain_limits, result.outcomes, strict=True):
        assert outcome.passed_over_count == expected.count(limit.name)


@settings(max_examples=1500, deadline=None)
@given(SEEDS)
def test_a_limit_that_held_before_holds_at_the_pool_that_results(seed):
    case = random_case(Random(seed))
    result = draw_case(case)

    pool_after = case.pool + [
        loan for loan, is_taken in zip(case.loans, result.taken.tolist(), strict=True) if is_taken
    ]
    sizes = [case.opening_pool, case.opening_pool + result.balance_bought]
    for limit, outcome in zip(case.plain_limits, result.outcomes, strict=True):
        assert outcome.is_met_before == (excess(limit, case.pool, sizes[0]) <= 0)
        assert outcome.is_met_after == (excess(limit, pool_after, sizes[1]) <= 0)
        assert outcome.is_met_after or not outcome.is_met_before
    assert result.draw_count < MOST_DRAWS


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_the_answer_does_not_depend_on_how_candidates_are_cut_into_blocks(seed):
    case = random_case(Random(seed))
    expected = draw_case(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "BLOCK", 7)
        result = draw_case(case)

    assert result.stopped_by.tolist() == expected.stopped_by.tolist()


def grouping(*codes: int, opening: tuple[int, ...] = (0, 0, 0)) -> Grouping:
    return Grouping(np.array(codes, dtype=np.int32), fen(*opening))


def average(*values: int, side: str, bound: int, opening_sum: int = 0) -> AverageLimit:
    return AverageLimit("average", np.array(values, dtype=np.int32), side, bound, opening_sum)


def draw_stops(
    balances: tuple[int, ...], *limits: Limit, cash: int = 10**6, opening_pool: int = 0
) -> list[int]:
    """What stops each candidate at par, with cash for all of them."""
    return draw(Candidates.at_par(fen(*balances)), cash, limits, opening_pool).stopped_by.tolist()


def test_a_loan_that_fills_its_groups_cap_is_taken_and_one_fen_more_is_passed_over():
    cap = GroupCap("region", grouping(0, 0, 1, opening=(30, 0)), fen(100, 50))

    assert draw_stops((70, 1, 50), cap, opening_pool=30) == [TAKEN, 0, TAKEN]
    assert draw_stops((71, 1, 51), cap, opening_pool=30) == [0, TAKEN, 0]


def test_a_loan_outside_all_groups_is_taken_and_one_whose_group_is_unknown_is_not():
    cap = GroupCap("region", grouping(NO_GROUP, UNDECIDABLE, 0), fen(0, 0, 0))

    assert draw_stops((1, 1, 1), cap) == [TAKEN, 0, 0]


def test_the_two_largest_groups_together_fill_the_cap_to_the_fen():
    top = TopCap("top", grouping(0, 1, 2, 2, 2), count=2, cap=100)

    assert draw_stops((50, 50, 50, 1, 1), top) == [TAKEN, TAKEN, TAKEN, 0, 0]
    assert draw_stops((50, 51, 40, 10, 1), top) == [TAKEN, 0, TAKEN, TAKEN, 0]


def test_the_largest_groups_are_known_from_before_the_draw():
    top = TopCap("top", grouping(2, 0, 2, opening=(60, 30, 10)), count=2, cap=100)

    assert draw_stops((20, 10, 1), top, opening_pool=100) == [TAKEN, TAKEN, 0]


def test_an_average_is_kept_to_exactly():
    least = average(10, 9, 9, 11, side="min", bound=10)
    most = average(10, 11, 11, 9, side="max", bound=10)

    assert draw_stops((100, 1, 50, 50), least) == [TAKEN, 0, 0, TAKEN]
    assert draw_stops((100, 1, 50, 50), most) == [TAKEN, 0, 0, TAKEN]
    assert draw_stops((50, 50, 1), average(11, 9, 9, side="min", bound=10)) == [TAKEN, TAKEN, 0]


def test_a_loan_whose_value_is_unknown_is_passed_over():
    assert draw_stops((1,), average(UNKNOWN_VALUE, side="max", bound=10)) == [0]


def test_averages_whose_sums_leave_int64_are_exact():
    balance, bound = 2**40, 2**22
    values = [bound + 2, *[bound - 1] * 3] * 1000
    limit = average(*values, side="min", bound=bound, opening_sum=bound * 2**62)

    result = draw(Candidates.at_par(fen(*[balance] * 4000)), 2**62, [limit], 2**62)

    # Each loan 2 above the bound makes room for two loans that are 1 below it.
    assert result.stopped_by.tolist() == [TAKEN, TAKEN, TAKEN, 0] * 1000
    assert result.outcomes[0].after == bound


def test_a_surplus_above_int64_is_not_lost():
    limit = average(-(2**31) + 1, -(2**31) + 1, side="min", bound=0, opening_sum=2**63)

    # Each candidate takes away (2^31 - 1) x 2^32 of 2^63, which is just above two of them.
    assert draw_stops((2**32, 2**32), limit, cash=2**40, opening_pool=2**62) == [TAKEN, 0]


def test_the_first_limit_that_a_loan_breaks_is_named_and_cash_comes_before_all():
    first = GroupCap("first", grouping(0, 1, 0), fen(5, 50, 0))
    second = GroupCap("second", grouping(0, 0, 0), fen(9, 0, 0))

    result = draw(Candidates.at_par(fen(10, 20, 1000)), 100, [first, second])

    assert result.stopped_by.tolist() == [0, 1, CASH]
    assert [outcome.passed_over_count for outcome in result.outcomes] == [1, 1]
    assert result.passed_over_for_cash_count == 1


def test_the_cash_pays_the_price_and_limits_count_the_balance():
    cap = GroupCap("region", grouping(0, 0, 0), fen(200, 0, 0))

    result = draw(Candidates(fen(100, 100, 100), fen(90, 90, 90)), 185, [cap])

    assert result.stopped_by.tolist() == [TAKEN, TAKEN, CASH]
    assert (result.cash_spent, result.cash_left, result.balance_bought) == (180, 5, 200)


def test_of_a_group_that_is_over_its_share_before_the_draw_nothing_is_bought_and_it_is_reported():
    region = GroupShare("region", grouping(0, 1, 2, opening=(80, 20, 0)), Decimal("0.5"))

    result = draw(Candidates.at_par(fen(1, 30, 20)), 51, [region], 100)

    assert result.stopped_by.tolist() == [0, TAKEN, TAKEN]
    (outcome,) = result.outcomes
    assert outcome.before.tolist() == [80, 20, 0]
    assert outcome.after.tolist() == [80, 50, 20]
    assert (outcome.cap_before[0], outcome.cap_after[0]) == (50, 75)
    assert not outcome.is_met_before
    assert not outcome.is_met_after


def test_a_breach_before_the_draw_may_be_cured_by_it():
    region = GroupShare("region", grouping(0, 1, opening=(60, 40, 0)), Decimal("0.5"))

    result = draw(Candidates.at_par(fen(1, 20)), 20, [region], 100)

    assert result.stopped_by.tolist() == [0, TAKEN]
    assert (result.outcomes[0].is_met_before, result.outcomes[0].is_met_after) == (False, True)


def test_while_an_average_is_too_low_only_loans_that_do_not_lower_it_are_taken():
    limit = average(9, 10, 30, 9, side="min", bound=10, opening_sum=900)

    result = draw(Candidates.at_par(fen(10, 10, 10, 10)), 100, [limit], 100)

    assert result.stopped_by.tolist() == [0, TAKEN, TAKEN, TAKEN]
    assert (result.outcomes[0].before, result.outcomes[0].is_met_before) == (9, False)
    assert result.outcomes[0].after == Fraction(900 + 100 + 300 + 90, 130)


def test_while_the_largest_are_over_their_cap_others_may_grow_up_to_them():
    top = TopCap("top", grouping(0, 1, 1, 2, opening=(80, 40, 20)), count=2, cap=100)

    assert draw_stops((1, 1, 1, 20), top, opening_pool=140) == [0, 0, 0, TAKEN]
    assert draw_stops((1, 1, 1, 21), top, opening_pool=140) == [0, 0, 0, 0]


def test_shares_are_of_the_pool_that_results():
    region = GroupShare("region", grouping(0, 0, 0, 1, 2), Decimal("0.5"))

    # Of all 75 the half is 37: 30 and 5 of the first region fit, and 65 result, of which 35 are too much.
    # Of these 65 the half is 32: only the 30 fit, and they are half of the 60 that result.
    result = draw(Candidates.at_par(fen(30, 10, 5, 20, 10)), 100, [region])

    assert result.stopped_by.tolist() == [TAKEN, 0, 0, TAKEN, TAKEN]
    assert (result.planned_pool, result.draw_count) == (65, 2)
    assert result.outcomes[0].cap_after.tolist() == [30, 30, 30]


def test_nothing_is_bought_where_no_pool_can_meet_the_limits():
    region = GroupShare("region", grouping(0, 1, 0, 1), Decimal("0.4"))

    result = draw(Candidates.at_par(fen(10**9, 10**9, 10**8, 10**8)), 10**10, [region])

    assert not result.taken.any()
    assert result.outcomes[0].is_met_after


def test_a_share_whose_pool_falls_in_small_steps_is_found_in_a_few_draws():
    random = np.random.default_rng(5)
    balances = random.integers(100, 1_000_000, 200_000)
    codes = (random.random(200_000) < 0.02).astype(np.int32)
    limit = GroupShare("product", Grouping(codes, fen(0, 0)), Decimal("0.9"))
    scarce = int(balances[codes == 1].sum())

    result = draw(Candidates.at_par(balances), int(balances.sum()), [limit])

    # All of the scarce product is bought, and nine times as much of the other.
    assert result.outcomes[0].after[1] == scarce
    assert 0.9999 * 10 * scarce < result.balance_bought <= 10 * scarce
    assert result.draw_count <= 8


@pytest.mark.parametrize(("share", "cap"), [("0.333333", 33), ("0.34", 34), ("1", 101), ("0", 0)])
def test_a_share_of_a_pool_is_rounded_down_to_the_fen(share, cap):
    limit = GroupShare("region", grouping(0, opening=(0,)), Decimal(share))

    assert limit.at(101).cap.tolist() == [cap]


def test_a_group_without_a_share_of_its_own_is_not_limited():
    limit = GroupShare("region", grouping(0, 1, opening=(0, 0)), (Decimal("0.1"), None))

    assert draw_stops((50, 50), limit) == [0, TAKEN]


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (
            GroupCap("a", grouping(3, 0), fen(1, 1, 1)),
            r"limit a: group codes go from 0 to 3; expected -2 to 2",
        ),
        (GroupCap("a", grouping(0, -3), fen(1, 1, 1)), "group codes go from -3 to 0"),
        (GroupCap("a", grouping(0), fen(1, 1, 1)), r"codes are int32 of shape \(1,\); .* \(2,\)"),
        (GroupCap("a", grouping(0, 0), fen(1)), r"caps are int64 of shape \(1,\)"),
        (GroupCap("a", grouping(0, 0, opening=(-1,)), fen(1)), r"a group opens with -0\.01"),
        (
            GroupCap("a", grouping(0, 0, opening=(9,)), fen(1)),
            r"a group opens with 0\.09; expected no .* 0\.00",
        ),
        (GroupCap("a", grouping(0, 0), fen(1, -1, 1)), "a cap is below zero"),
        (TopCap("a", grouping(0, 0), 1, 2**63), "above int64 fen; expected an amount"),
        (TopCap("a", grouping(0, 0), 0, 5), "count is 0; expected 1 or more"),
        (TopShare("a", grouping(0, 0), 1, Decimal("1.01")), "share is 1.01; expected 0 to 1"),
        (GroupShare("a", grouping(0, 0), (Decimal(1),)), "1 shares for 3 groups"),
        (average(1, 2, side="min", bound=2**61), "leaves int64; give the values in a coarser unit"),
        (average(1, side="min", bound=1), r"values are int32 of shape \(1,\)"),
        (average(1, 2, side="min", bound=1, opening_sum=2**127), "leaves 128 bits"),
    ],
)
def test_a_limit_that_cannot_be_judged_exactly_is_refused(limit, message):
    with pytest.raises(WaterfallError, match=message):
        draw(Candidates.at_par(fen(10, 10)), 100, [limit])


def test_a_pool_that_could_leave_int64_is_refused():
    limit = GroupCap("region", grouping(0, 1), fen(1, 1, 1))

    with pytest.raises(WaterfallError, match=r"pool and candidates hold .* more than int64 fen"):
        draw(Candidates.at_par(fen(2**62, 2**61)), 100, [limit], 2**61)
