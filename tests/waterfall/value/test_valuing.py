"""What the notes of a projected deal are worth."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from tests.waterfall.project.small_pool import assume, performing, repayment
from tests.waterfall.project.test_deal import begin, free_terms, project
from tests.waterfall.small_deal import note, small_terms, support
from waterfall.project.assumptions import Assumptions
from waterfall.project.deal import Conduct
from waterfall.project.notes import NoteFlows, collect_note_flows
from waterfall.tables.projection import state_value
from waterfall.value.note import credit_support, find_break_evens, value_note

AS_OF = date(2018, 1, 1)
BULLET = NoteFlows(
    payment_dates=(date(2018, 7, 2), date(2019, 1, 1)),
    interest=np.array([[0, 0], [50_00, 0]]),
    principal=np.array([[0, 0], [1000_00, 400_00]]),
    balance=np.array([[1000_00, 1000_00], [0, 600_00]]),
)
"""A year at 5 %: paid in full in the first scenario, with neither interest nor enough in the second."""
NOTE = note("A", 1000_00, "0.05")
UNPAID = np.array([0, 50_00])


def value(scenario: int, rate: Decimal | None = None, of=NOTE):
    return value_note(small_terms(), of, BULLET, UNPAID, scenario, AS_OF, 1000_00, rate)


def test_a_note_paid_in_full_at_its_coupon_is_worth_par_and_yields_it():
    result = value(0)

    assert (result.principal, result.interest, result.loss) == (1000_00, 50_00, 0)
    assert result.price == 1000_00
    assert result.yield_at_par == pytest.approx(0.05, abs=1e-12)
    assert result.average_life == Fraction(365, 365)
    assert result.macaulay == 1
    assert result.modified == Fraction(100, 105)
    assert result.last_payment_date == date(2019, 1, 1)


def test_a_higher_rate_than_the_coupon_prices_it_below_par_by_about_the_dv01_for_each_point():
    at_coupon, above = value(0), value(0, Decimal("0.0501"))

    assert above.rate == Decimal("0.0501")
    assert above.price is not None and at_coupon.price is not None
    assert at_coupon.price - above.price == at_coupon.dv01


def test_what_is_not_repaid_is_a_loss_and_the_yield_at_par_is_below_zero():
    result = value(1)

    assert (result.principal, result.loss, result.interest_unpaid) == (400_00, 600_00, 50_00)
    assert result.yield_at_par == pytest.approx(-0.6, abs=1e-12)


def test_a_note_without_a_coupon_is_not_priced_unless_a_rate_is_given():
    equity = note("S", 1000_00)

    assert value(0, of=equity).price is None
    assert value(0, Decimal("0.05"), equity).price == 1000_00


def test_a_value_is_stated_in_the_currency_unit_with_a_price_per_hundred():
    row = state_value(1, NOTE, value(1))

    assert (row["loss"], row["dv01"]) == (Decimal("600.00"), Decimal("0.04"))
    assert row["price_per_100"] == Decimal("38.095000")
    assert row["average_life_years"] == Decimal("1.000000")


def test_the_support_of_a_note_is_what_the_assets_are_above_it_and_the_notes_before_it():
    start = begin(free_terms())
    supports = [credit_support(start.terms, start, item, 1000_00) for item in start.terms.notes]

    assert supports == [Fraction(115, 1000), Fraction(85, 1000), 0]
    assert credit_support(start.terms, start, start.terms.notes[2], 900_00) == Fraction(-1, 9)
    assert credit_support(start.terms, start, start.terms.notes[0], 0) is None


def test_the_break_even_is_the_last_rate_at_which_the_note_is_paid_and_the_next_loses():
    """The pool pays in one month without interest, so that A loses once more than 11.5 % defaults."""
    terms = free_terms(revolving_months=0, has_continued_purchase=False)
    start = begin(terms, performing(1000_00, repayment("0", 1)))
    senior = start.terms.notes[0]
    found = find_break_evens(start, Assumptions(), Conduct(), [senior])["A"]

    assert found.rate is not None and found.first_loss is not None
    assert found.first_loss - found.rate == Decimal("0.001")
    lives = project(start, assume(cdr=str(found.rate)), assume(cdr=str(found.first_loss)))
    repaid = collect_note_flows(lives, "A").principal.sum(axis=0)
    assert repaid[0] == 885_00 > repaid[1]


def test_the_break_even_does_not_count_on_the_support_provider():
    terms = free_terms(revolving_months=0, has_continued_purchase=False)
    start = begin(terms, performing(1000_00, repayment("0", 1)))
    helped = replace(start, terms=replace(terms, support=support("A")))
    (senior, *_) = terms.notes

    assert find_break_evens(helped, Assumptions(), Conduct(), [senior]) == find_break_evens(
        start, Assumptions(), Conduct(), [senior]
    )
