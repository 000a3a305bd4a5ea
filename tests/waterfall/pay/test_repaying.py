"""How far a principal step pays a note down: to nothing, to an amount, to its schedule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deals.terms.payments import FixedAmount, ShareOf
from tests.waterfall.small_deal import (
    MATURITY,
    cash,
    note,
    paid,
    payment_date,
    settle_year,
    small_terms,
    step,
    support,
)
from waterfall.pay.settle import Settlement, opening_state, settle_issue

SCHEDULE = ((date(2018, 3, 10), 800), (date(2018, 6, 10), 500))
NOTES = (replace(note("A", 1000), target_balances=SCHEDULE), note("M", 300), note("S", 200))


def repay(principal: int, *listed: Any, **changes: Any) -> Settlement:
    terms = small_terms(notes=NOTES, fees=(), priority={"allocation": listed})
    state = settle_issue(terms, opening_state(terms), None).state
    return settle_year(terms, state, cash(principal=principal), **changes)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (date(2018, 3, 9), 0),
        (date(2018, 3, 10), 200),
        (date(2018, 6, 9), 200),
        (date(2018, 6, 10), 500),
        (date(2030, 1, 1), 500),
    ],
)
def test_a_note_is_paid_down_to_the_balance_that_its_schedule_has_on_the_date(end, expected):
    period = payment_date(date(2018, 1, 1), end)
    result = repay(5000, step("principal A", is_to_target=True), period=period)

    assert paid(result) == {"principal A": expected}


def test_what_an_earlier_date_was_short_of_is_caught_up_on_the_next():
    scheduled = step("principal A", is_to_target=True)
    terms = small_terms(notes=NOTES, fees=(), priority={"allocation": (scheduled,)})
    state = settle_issue(terms, opening_state(terms), None).state
    first = payment_date(date(2018, 1, 1), date(2018, 3, 10))
    second = payment_date(date(2018, 3, 10), date(2018, 4, 10))
    short = settle_year(terms, state, cash(principal=150), period=first)
    result = settle_year(terms, short.state, cash(principal=150), period=second)

    assert paid(short) == {"principal A": 150}
    assert paid(result) == {"principal A": 50}


@pytest.mark.parametrize(("principal", "expected"), [(99, 99), (100, 100), (101, 100)])
def test_a_note_is_paid_down_to_an_amount_and_no_further(principal, expected):
    result = repay(principal, step("principal M", down_to=FixedAmount(200)))

    assert paid(result) == {"principal M": expected}


def test_each_note_of_a_step_is_paid_down_to_the_amount():
    result = repay(5000, step("principal M S", down_to=FixedAmount(150)))

    assert paid(result) == {"principal M": 150, "principal S": 50}


def test_a_note_may_be_paid_down_to_a_share_of_the_notes_above_it():
    target = ShareOf("note_balance", Decimal("0.25"), ("A",))
    result = repay(
        5000, step("principal A", cap=FixedAmount(200)), step("principal M", down_to=target)
    )

    assert paid(result)["principal M"] == 300 - 200  # a quarter of 8.00


def test_from_the_expected_maturity_on_only_what_is_above_the_target_is_due_and_supported():
    terms = small_terms(
        notes=NOTES,
        fees=(),
        support=support("M"),
        priority={"allocation": (step("principal M", down_to=FixedAmount(200)),)},
    )
    state = settle_issue(terms, opening_state(terms), None).state
    result = settle_year(terms, state, cash(principal=30), period=MATURITY)

    assert paid(result, "due") == {"principal M": 100}
    assert paid(result, "supported") == {"principal M": 70}
