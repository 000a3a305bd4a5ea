"""When a recurring fee falls due."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterfall.money import WaterfallError
from waterfall.pay.fee_dates import count_due_dates

START = date(2022, 1, 15)
FREQUENCIES = st.sampled_from(["once", "monthly", "quarterly", "semi_annual", "annual"])
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("frequency", "first"),
    [
        ("once", "2022-01-15"),
        ("monthly", "2022-02-15"),
        ("quarterly", "2022-04-15"),
        ("semi_annual", "2022-07-15"),
        ("annual", "2023-01-15"),
    ],
)
def test_a_fee_falls_due_first_on_this_date(frequency: Any, first: str) -> None:
    due = date.fromisoformat(first)
    before = date(2021, 1, 1)
    assert count_due_dates(frequency, START, before, due - timedelta(days=1)) == 0
    assert count_due_dates(frequency, START, before, due) == 1
    assert count_due_dates(frequency, START, due, due + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [("once", 0), ("monthly", 12), ("quarterly", 4), ("semi_annual", 2), ("annual", 1)],
)
def test_a_fee_falls_due_so_often_in_each_later_year(frequency: Any, expected: int) -> None:
    for year in (2022, 2023, 2029):
        after, until = date(year, 1, 15), date(year + 1, 1, 15)
        assert count_due_dates(frequency, START, after, until) == expected


def test_a_fee_of_each_payment_date_is_due_once_on_each_and_needs_no_start() -> None:
    assert count_due_dates("payment_date", None, date(2022, 1, 1), date(2022, 4, 1)) == 1


@pytest.mark.parametrize("due", ["2023-02-28", "2023-03-31", "2023-04-30", "2024-02-29"])
def test_the_last_day_of_a_month_stays_the_last_day(due: str) -> None:
    day = date.fromisoformat(due)
    assert count_due_dates("monthly", date(2022, 1, 31), day - timedelta(days=1), day) == 1


@given(FREQUENCIES, DAYS, st.lists(DAYS, min_size=3, max_size=3))
def test_no_date_is_lost_or_doubled_between_payment_dates(
    frequency: Any, start: date, dates: list[date]
) -> None:
    first, second, third = sorted(dates)
    parts = count_due_dates(frequency, start, first, second) + count_due_dates(
        frequency, start, second, third
    )
    assert parts == count_due_dates(frequency, start, first, third)


def test_a_fee_of_dates_without_a_start_is_refused() -> None:
    with pytest.raises(WaterfallError, match="a monthly fee has no start date"):
        count_due_dates("monthly", None, date(2022, 1, 1), date(2022, 2, 1))
