"""The dates of a deal that closes every month and pays less often."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from deals import load_terms
from deals.dates.calendar import (
    is_paid_out,
    next_month,
    next_paid_month,
    number_in_year,
    payment_period,
    period_of,
)
from deals.dates.purchase_days import schedule_purchases
from deals.terms.deal import Terms
from tests.changed_terms import changed

DEAL = "huabei_2017_1"
QUARTERLY = changed(load_terms(DEAL), frequency="quarterly", revolving_months=7)
MONTHS = [f"2017-{month:02}" for month in range(6, 13)] + [f"2018-{n:02}" for n in range(1, 8)]


def test_a_month_that_waits_has_the_dates_of_the_month_that_pays_it() -> None:
    periods = [period_of(QUARTERLY, month) for month in MONTHS]
    closing, *others = periods
    assert (closing.has_payment, closing.payment_date) == (True, date(2017, 7, 12))
    assert [period.has_payment for period in others[:6]] == [False, False, True] * 2
    for first in (0, 3, 6, 9):
        quarter = others[first : first + 3]
        assert len({(one.payment_date, one.accrual_start_date) for one in quarter}) == 1
        assert [one.period_number for one in quarter] == [first + 1, first + 2, first + 3]
    assert others[2].payment_date == period_of(load_terms(DEAL), "2017-09").payment_date
    # A report is made every month, as if the month were paid out.
    monthly = [period_of(load_terms(DEAL), month).report_date for month in MONTHS]
    assert [period.report_date for period in periods] == monthly


@pytest.mark.parametrize("terms", [QUARTERLY, load_terms(DEAL)], ids=["quarterly", "monthly"])
def test_reports_are_numbered_anew_in_the_year_that_they_are_dated_in(terms: Terms) -> None:
    numbers = [number_in_year(terms, period_of(terms, month)) for month in MONTHS]
    # November's is dated in December, December's in January.
    assert numbers == [0, 1, 2, 3, 4, 5, *range(1, 9)]


def test_interest_accrues_from_payment_date_to_payment_date() -> None:
    paid = [one for one in (period_of(QUARTERLY, month) for month in MONTHS[1:]) if one.has_payment]
    assert paid[0].accrual_start_date == QUARTERLY.dates.closing_date
    for before, after in pairwise(paid):
        assert before.accrual_end_date == before.payment_date == after.accrual_start_date


def test_phases_and_maturity_are_those_of_the_payment_date() -> None:
    phases = [period_of(QUARTERLY, month).scheduled_phase for month in MONTHS]
    assert phases == ["closing"] + ["revolving"] * 6 + ["allocation"] * 7
    ten = changed(QUARTERLY, expected_term_months=10)
    assert (
        period_of(ten, "2017-07").expected_maturity_date == period_of(ten, "2018-06").payment_date
    )
    assert [period_of(ten, month).is_expected_maturity for month in ("2018-03", "2018-04")] == [
        False,
        True,
    ]


def test_the_legal_final_date_comes_on_a_payment_date_and_not_while_cash_waits() -> None:
    last = changed(QUARTERLY, legal_final_date=date(2018, 7, 1))
    finals = [period_of(last, month).is_legal_final for month in ("2018-04", "2018-05", "2018-06")]
    assert finals == [False, False, True]


@pytest.mark.parametrize(
    ("month", "number", "start"),
    [
        ("2017-06", 0, date(2017, 6, 1)),
        ("2017-07", 1, date(2017, 7, 1)),
        ("2017-09", 1, date(2017, 7, 1)),
        ("2017-10", 2, date(2017, 10, 1)),
    ],
)
def test_a_payment_period_begins_with_the_last_payment_date(
    month: str, number: int, start: date
) -> None:
    period = payment_period(QUARTERLY, period_of(QUARTERLY, month))
    assert (period.period_number, period.collection_start_date) == (number, start)
    assert period.collection_end_date == period_of(QUARTERLY, month).collection_end_date


@pytest.mark.parametrize(
    ("often", "paid"), [("quarterly", "2017-09"), ("annual", "2018-06"), ("monthly", "2017-08")]
)
def test_the_next_month_that_is_paid_out(often: Any, paid: str) -> None:
    terms = changed(load_terms(DEAL), frequency=often)
    assert next_paid_month(terms, "2017-08") == paid
    assert next_paid_month(terms, paid) == paid
    assert is_paid_out(terms, period_of(terms, paid).collection_end_date)


def test_loans_are_bought_on_payment_dates_and_what_is_left_is_idle_until_the_next() -> None:
    assert schedule_purchases(QUARTERLY, period_of(QUARTERLY, "2017-08")) == ()
    (one,) = schedule_purchases(QUARTERLY, period_of(QUARTERLY, "2017-09"))
    after = period_of(QUARTERLY, next_month("2017-09")).payment_date
    assert (one.purchase_date, one.next_date) == (date(2017, 10, 18), after)
    assert after == date(2018, 1, 11)
