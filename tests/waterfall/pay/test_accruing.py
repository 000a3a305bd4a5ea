"""What notes and fees earn: step-ups, floating coupons, unpaid interest, rounding, each kind of fee."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from deals.terms.payments import Fee, Floating, Note
from deals.terms.rates import Quotient
from tests.waterfall.small_deal import (
    YEAR,
    cash,
    note,
    payment_date,
    settle_year,
    small_terms,
    steps,
)
from waterfall.pay.settle import State, WaterfallError, opening_state, settle_issue

START, END = YEAR.accrual_start_date, YEAR.accrual_end_date


def earn(first: Note, period: Period = YEAR, **changes: Any) -> int:
    """What one note of a deal earns in a period."""
    terms = small_terms(
        notes=(first, note("S", 1)), fees=(), priority={"allocation": ()}, **changes
    )
    state = settle_issue(terms, opening_state(terms), None).state
    return int(settle_year(terms, state, cash(), period=period).interest_accrued[first.code][0])


def test_a_tax_by_a_quotient_is_exact_where_six_decimals_are_fen_off():
    """3.36 / 103 of 724,000.00 is 23,617.864…; by 0.032621 it would be 23,617.60."""
    rates = (Quotient("3.36/103"), Decimal("0.032621"))
    taxes = [Fee(code="tax", name_zh="", name_en="", basis="collections", rate=it) for it in rates]
    accrued = []
    for tax in taxes:
        terms = small_terms(fees=(tax,), priority={"allocation": ()})
        state = settle_issue(terms, opening_state(terms), None).state
        made = settle_year(terms, state, cash(interest=724_000_00))
        accrued.append(int(made.fee_accrued["tax"][0]))

    assert accrued == [23_617_86, 23_617_60]


def test_coupons_by_quotients_are_rounded_once():
    """A third of 1.00 is 0.33; index and margin by quotients are half of 0.99."""
    assert earn(replace(note("A", 100), annual_rate=Quotient("1/3"))) == 33
    floating = Floating("index", Quotient("1/6"))
    index = {"index": ((START, Quotient("2/6")),)}
    assert earn(replace(note("A", 99), floating=floating), indexes=index) == 50


STEP_UP = date(2018, 7, 1)
STEPPED = replace(note("A", 36_500, "0.1"), rate_steps=((STEP_UP, Decimal("0.2")),))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2018, 6, 1), STEP_UP, 300),  # 30 days at 10 a day
        (STEP_UP, date(2018, 7, 31), 600),  # 30 days at 20 a day
        (date(2018, 6, 1), date(2018, 7, 2), 320),
        (date(2018, 6, 30), date(2018, 7, 30), 10 + 29 * 20),
    ],
)
def test_a_stepped_up_coupon_is_earned_from_its_date_on_and_not_a_day_earlier(start, end, expected):
    assert earn(STEPPED, payment_date(start, end)) == expected


def test_a_period_with_a_step_up_inside_is_rounded_once():
    stepped = replace(note("A", 10, "0.365"), rate_steps=((date(2018, 1, 16), Decimal("0.73")),))
    period = payment_date(date(2018, 1, 1), date(2018, 1, 31))

    assert earn(stepped, period) == 0  # 0.15 + 0.30 of a fen, which is less than a half
    assert earn(replace(stepped, notional_fen=12), period) == 1  # 0.18 + 0.36


def test_of_several_step_ups_each_counts_for_its_own_days():
    steps = ((date(2018, 2, 1), Decimal("0.2")), (date(2018, 3, 1), Decimal("0.3")))
    stepped = replace(note("A", 36_500, "0.1"), rate_steps=steps)

    result = earn(stepped, payment_date(date(2018, 1, 1), date(2018, 4, 1)))
    assert result == 31 * 10 + 28 * 20 + 31 * 30


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("0.0099", 200), ("0.01", 200), ("0.0101", 201),
        ("0.0299", 399), ("0.03", 400), ("0.0301", 400), ("-0.5", 200),
    ],
)  # fmt: skip
def test_a_floating_coupon_is_index_and_margin_within_its_floor_and_its_cap(index, expected):
    floating = Floating("shibor", Decimal("0.01"), floor=Decimal("0.02"), cap=Decimal("0.04"))
    indexes = {"shibor": ((START, Decimal(index)),)}

    assert earn(replace(note("A", 10_000), floating=floating), indexes=indexes) == expected


@pytest.mark.parametrize(
    ("floor", "cap", "index", "expected"),
    [
        (None, "0.04", "-0.0101", 0), (None, "0.04", "-0.01", 0), (None, "0.04", "-0.0099", 1),
        (None, "0.04", "0.03", 400), (None, "0.04", "0.0301", 400),
        ("0.02", None, "-0.02", 200), ("0.02", None, "0.01", 200), ("0.02", None, "0.0101", 201),
        (None, None, "0.5", 5100), (None, None, "-0.5", 0),
    ],
)  # fmt: skip
def test_a_floater_without_floor_or_cap_is_bounded_by_zero_alone(floor, cap, index, expected):
    bounds = [None if bound is None else Decimal(bound) for bound in (floor, cap)]
    floating = Floating("shibor", Decimal("0.01"), *bounds)
    indexes = {"shibor": ((START, Decimal(index)),)}

    assert earn(replace(note("A", 10_000), floating=floating), indexes=indexes) == expected


FLOATING = replace(
    note("A", 36_500), floating=Floating("shibor", Decimal(0), Decimal(0), Decimal(1))
)


def test_a_floating_coupon_is_fixed_for_the_period_when_its_accrual_starts():
    fixings = ((date(2018, 1, 1), Decimal("0.1")), (date(2018, 1, 2), Decimal("0.2")))
    indexes = {"shibor": fixings}

    assert earn(FLOATING, payment_date(date(2018, 1, 1), date(2018, 1, 11)), indexes=indexes) == 100
    assert earn(FLOATING, payment_date(date(2018, 1, 2), date(2018, 1, 12)), indexes=indexes) == 200


def test_a_floating_coupon_whose_index_has_no_value_yet_is_refused():
    indexes = {"shibor": ((date(2018, 1, 2), Decimal("0.1")),)}
    with pytest.raises(WaterfallError, match="index shibor of note A has no value on 2018-01-01"):
        earn(FLOATING, indexes=indexes)


def owing(kind: str) -> Terms:
    """A note of 1,000.00 at 10 %."""
    return small_terms(
        notes=(note("A", 100_000, "0.1"), note("S", 1)),
        fees=(),
        priority={"allocation": steps(["interest A"])},
        interest_on_unpaid_interest=kind,
    )


def unpaid_for(years: int, terms: Terms) -> State:
    """The deal after years without cash."""
    state = settle_issue(terms, opening_state(terms), None).state
    for _ in range(years):
        state = settle_year(terms, state, cash()).state
    return state


@pytest.mark.parametrize(
    ("kind", "interest", "late"),
    [
        ("none", 30_000, 0),
        ("simple", 30_000, 1000 + 2000),  # 10 % of 100.00, then of 200.00
        ("compounding", 10_000 + 11_000 + 12_100, 0),
    ],
)
def test_unpaid_interest_earns_nothing_or_simple_interest_or_interest_that_compounds(
    kind, interest, late
):
    state = unpaid_for(3, owing(kind))

    assert state.interest_unpaid["A"].tolist() == [interest]
    assert state.late_interest_unpaid["A"].tolist() == [late]


def test_interest_on_unpaid_interest_is_paid_before_the_interest_itself():
    terms = owing("simple")
    state = unpaid_for(1, terms)
    result = settle_year(terms, state, cash(interest=1001))

    assert result.late_interest_accrued["A"].tolist() == [1000]
    assert result.state.late_interest_unpaid["A"].tolist() == [0]
    assert result.state.interest_unpaid["A"].tolist() == [20_000 - 1]


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", 5), ("down", 4)])
def test_half_a_fen_of_interest_is_rounded_as_the_terms_say(rounding, expected):
    assert earn(note("A", 45, "0.1"), rounding=rounding) == expected


@pytest.mark.parametrize(("notional", "expected"), [(49, 4), (50, 5)])
def test_rounded_down_only_a_whole_fen_counts(notional, expected):
    assert earn(note("A", notional, "0.1"), rounding="down") == expected


def charge(
    fee: Fee, period: Period = YEAR, closing_date: date = date(2017, 7, 12), **flows: int
) -> int:
    """What one fee of the small deal comes to in a period."""
    terms = small_terms(fees=(fee,), priority={"allocation": ()}, closing_date=closing_date)
    state = settle_issue(terms, opening_state(terms), None).state
    return int(settle_year(terms, state, cash(**flows), period=period).fee_accrued["x"][0])


PLAIN = Fee(code="x", name_zh="x", name_en="x")


def test_a_fee_on_some_of_the_notes_leaves_the_others_out():
    on_one = replace(PLAIN, basis="note_balance", rate=Decimal("0.01"), codes=("M",))

    assert charge(on_one) == 30
    assert charge(replace(on_one, codes=())) == 1000


def test_a_fee_may_be_a_rate_of_the_interest_of_its_period():
    assert charge(replace(PLAIN, basis="interest_accrued", rate=Decimal("0.1"))) == 489  # of 48.86


@pytest.mark.parametrize(
    ("due", "expected"),
    [(START, 0), (START + timedelta(days=1), 5), (END, 5), (END + timedelta(days=1), 0)],
)
def test_a_scheduled_amount_is_due_after_the_start_of_the_period_up_to_its_end(due, expected):
    assert charge(replace(PLAIN, schedule=((due, 5),))) == expected


def test_what_falls_due_on_the_closing_date_is_paid_on_the_first_payment_date_and_no_other():
    once = replace(PLAIN, amount_fen=5, frequency="once", start_date=START)
    later = payment_date(END, END + timedelta(days=30))
    for fee in (once, replace(PLAIN, schedule=((START, 5),))):
        assert charge(fee, closing_date=START) == 5
        assert charge(fee, later, closing_date=START) == 0


def test_all_scheduled_amounts_of_a_period_are_due():
    schedule = ((date(2018, 3, 1), 5), (date(2018, 9, 1), 7))
    assert charge(replace(PLAIN, schedule=schedule)) == 12


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [("payment_date", 7), ("monthly", 84), ("quarterly", 28), ("semi_annual", 14), ("annual", 7)],
)
def test_a_stated_amount_recurs_with_its_frequency(frequency, expected):
    assert charge(replace(PLAIN, amount_fen=7, frequency=frequency, start_date=START)) == expected


@pytest.mark.parametrize(
    ("interest", "expected"), [(0, 0), (99, 0), (100, 5), (199, 5), (200, 9), (10_000, 9)]
)
def test_a_tiered_fee_is_the_amount_of_the_last_bound_that_its_basis_reaches(interest, expected):
    tiered = replace(PLAIN, basis="interest_collections", tiers=((100, 5), (200, 9)))

    assert charge(tiered, interest=interest) == expected
