"""Working days, day counts and collection periods against facts that were looked up by hand."""

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals import load_terms
from deals.calendar import (
    CalendarError,
    add_working_days,
    day_count_fraction,
    first_month,
    is_working_day,
    next_month,
    nth_working_day,
    period_of,
    previous_month,
)

DATES = st.dates(date(2000, 1, 1), date(2060, 12, 31))

# Month, payment date, report date and scheduled phase of the fourteen months of huabei_2017_1.
HUABEI_MONTHS = [
    ("2017-06", "2017-07-12", "2017-07-12", "closing"),
    ("2017-07", "2017-08-10", "2017-08-07", "revolving"),
    ("2017-08", "2017-09-12", "2017-09-07", "revolving"),
    ("2017-09", "2017-10-18", "2017-10-13", "revolving"),
    ("2017-10", "2017-11-10", "2017-11-07", "revolving"),
    ("2017-11", "2017-12-12", "2017-12-07", "revolving"),
    ("2017-12", "2018-01-11", "2018-01-08", "revolving"),
    ("2018-01", "2018-02-11", "2018-02-07", "revolving"),
    ("2018-02", "2018-03-12", "2018-03-07", "revolving"),
    ("2018-03", "2018-04-12", "2018-04-09", "revolving"),
    ("2018-04", "2018-05-11", "2018-05-08", "allocation"),
    ("2018-05", "2018-06-12", "2018-06-07", "allocation"),
    ("2018-06", "2018-07-11", "2018-07-06", "allocation"),
    ("2018-07", "2018-08-10", "2018-08-07", "allocation"),
]

# Month, payment date (the 15th or the Monday after) and report date of ally_2017_3.
ALLY_MONTHS = [
    ("2017-05", "2017-06-15", "2017-06-12"),
    ("2017-06", "2017-07-17", "2017-07-12"),
    ("2017-07", "2017-08-15", "2017-08-10"),
    ("2017-08", "2017-09-15", "2017-09-12"),
    ("2017-09", "2017-10-16", "2017-10-11"),
    ("2017-10", "2017-11-15", "2017-11-10"),
]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2017-09-30", True),  # a Saturday, worked for the National Day week
        ("2017-10-01", False),
        ("2017-10-06", False),  # a Friday of the National Day week
        ("2017-10-08", False),  # the Sunday that ends it
        ("2017-10-09", True),
        ("2018-02-11", True),  # a Sunday, worked for the Chinese New Year week
        ("2018-02-15", False),
        ("2018-02-16", False),  # Chinese New Year
        ("2018-02-21", False),
        ("2018-02-22", True),
        ("2018-02-24", True),  # a Saturday, worked for the same week
        ("2018-02-25", False),
        ("2018-04-08", True),  # a Sunday, worked for Tomb-Sweeping Day
    ],
)
def test_chinese_banks_work_on_the_moved_days_and_rest_on_the_holidays(
    day: str, expected: bool
) -> None:
    assert is_working_day(date.fromisoformat(day), "cn_bank") is expected


def test_the_illustrative_calendar_knows_weekdays_and_no_holidays() -> None:
    assert is_working_day(date(2017, 7, 4), "weekdays")
    assert not is_working_day(date(2017, 7, 8), "weekdays")


@pytest.mark.parametrize("year", [1990, 2099])
def test_a_year_whose_holidays_are_not_published_is_an_error(year: int) -> None:
    with pytest.raises(CalendarError, match=f"knows no working days of {year}"):
        is_working_day(date(year, 1, 4), "cn_bank")


@pytest.mark.parametrize(
    ("year", "month", "n", "expected"),
    [
        (2017, 10, 1, "2017-10-09"),
        (2017, 10, 8, "2017-10-18"),
        (2018, 2, 8, "2018-02-11"),
        (2018, 2, 10, "2018-02-13"),
        (2018, 2, 12, "2018-02-22"),
        (2018, 7, 8, "2018-07-11"),
    ],
)
def test_the_nth_working_day_counts_moved_days(
    year: int, month: int, n: int, expected: str
) -> None:
    assert nth_working_day(year, month, n, "cn_bank") == date.fromisoformat(expected)


def test_a_month_has_a_last_working_day_and_none_after_it() -> None:
    assert nth_working_day(2017, 10, 17, "cn_bank") == date(2017, 10, 31)
    with pytest.raises(CalendarError, match="2017-10 has 17 working days, expected at least 18"):
        nth_working_day(2017, 10, 18, "cn_bank")
    with pytest.raises(CalendarError, match="n of 1 or more"):
        nth_working_day(2017, 10, 0, "cn_bank")


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(CalendarError, match="calendar 'us_bank' is unknown, expected cn_bank or"):
        is_working_day(date(2017, 1, 4), "us_bank")


@given(DATES, st.integers(min_value=-30, max_value=30))
def test_that_many_working_days_lie_between_the_start_and_the_result(
    start: date, count: int
) -> None:
    result = add_working_days(start, count, "weekdays")
    sign = 1 if count >= 0 else -1
    passed = [
        start + timedelta(days=sign * day) for day in range(1, abs((result - start).days) + 1)
    ]
    assert sum(is_working_day(day, "weekdays") for day in passed) == abs(count)
    assert count == 0 or is_working_day(result, "weekdays")


@pytest.mark.parametrize(("month", "payment", "report", "phase"), HUABEI_MONTHS)
def test_the_periods_of_the_first_huabei_programme_have_their_dates(
    month: str, payment: str, report: str, phase: str
) -> None:
    result = period_of(load_terms("huabei_2017_1"), month)
    assert result.period_number == [row[0] for row in HUABEI_MONTHS].index(month)
    assert result.payment_date == date.fromisoformat(payment)
    assert result.report_date == date.fromisoformat(report)
    assert result.scheduled_phase == phase
    assert result.is_first == (month == "2017-06")
    assert result.is_expected_maturity == (month in ("2018-06", "2018-07"))
    assert result.expected_maturity_date == date(2018, 7, 11)
    assert not result.is_legal_final
    assert result.collection_start_date.strftime("%Y-%m-%d") == f"{month}-01"
    assert result.collection_end_date + timedelta(days=1) == date.fromisoformat(
        f"{next_month(month)}-01"
    )


@pytest.mark.parametrize(("month", "payment", "report"), ALLY_MONTHS)
def test_the_periods_of_the_auto_deal_have_their_dates(
    month: str, payment: str, report: str
) -> None:
    result = period_of(load_terms("ally_2017_3"), month)
    assert result.period_number == [row[0] for row in ALLY_MONTHS].index(month) + 1
    assert result.payment_date == date.fromisoformat(payment)
    assert result.report_date == date.fromisoformat(report)
    assert result.scheduled_phase == "allocation"
    assert result.is_first == (month == "2017-05")
    assert not result.is_expected_maturity


@pytest.mark.parametrize(
    ("deal_id", "months"),
    [
        ("huabei_2017_1", [row[0] for row in HUABEI_MONTHS]),
        ("ally_2017_3", [row[0] for row in ALLY_MONTHS]),
    ],
)
def test_interest_accrues_without_gap_or_overlap_from_the_closing_date(
    deal_id: str, months: list[str]
) -> None:
    terms = load_terms(deal_id)
    periods = [
        period_of(terms, month) for month in months if month != "2017-06" or "ally" in deal_id
    ]
    assert periods[0].accrual_start_date == terms.closing_date
    for before, after in pairwise(periods):
        assert before.accrual_end_date == before.payment_date == after.accrual_start_date


def test_nothing_accrues_at_the_closing() -> None:
    closing = period_of(load_terms("huabei_2017_1"), "2017-06")
    assert closing.accrual_start_date == closing.accrual_end_date == date(2017, 7, 12)


def test_the_legal_final_date_is_reached_on_its_own_payment_date() -> None:
    terms = load_terms("huabei_2017_1")
    assert not period_of(terms, "2020-05").is_legal_final
    assert period_of(terms, "2020-06").payment_date == terms.legal_final_date
    assert period_of(terms, "2020-06").is_legal_final


@pytest.mark.parametrize(
    ("deal_id", "first", "before"),
    [("huabei_2017_1", "2017-06", "2017-05"), ("ally_2017_3", "2017-05", "2017-04")],
)
def test_no_month_before_the_first_is_closed(deal_id: str, first: str, before: str) -> None:
    terms = load_terms(deal_id)
    assert first_month(terms) == first
    with pytest.raises(CalendarError, match=f"{before} is before .*, expected {first} or later"):
        period_of(terms, before)


@pytest.mark.parametrize("month", ["2017-13", "2017-00", "2017-6", "201706", "0000-01", "June", ""])
def test_a_text_that_is_no_month_is_refused(month: str) -> None:
    for function in (previous_month, next_month):
        with pytest.raises(CalendarError, match="is no month, expected YYYY-MM"):
            function(month)
    with pytest.raises(CalendarError, match="is no month"):
        period_of(load_terms("ally_2017_3"), month)


def test_a_period_in_a_year_without_published_holidays_is_an_error() -> None:
    with pytest.raises(CalendarError, match="knows no working days of 2099"):
        period_of(load_terms("huabei_2017_1"), "2098-12")


def test_months_cross_the_year() -> None:
    assert (next_month("2017-12"), previous_month("2018-01")) == ("2018-01", "2017-12")


@given(DATES)
def test_the_month_before_the_next_is_the_month_itself(day: date) -> None:
    month = day.strftime("%Y-%m")
    assert previous_month(next_month(month)) == next_month(previous_month(month)) == month


@pytest.mark.parametrize(
    ("convention", "published"),
    [("ACT/365F", "ACT_365F"), ("ACT/360", "ACT_360"), ("30/360", "30_360_ISDA")],
)
def test_day_counts_agree_with_the_published_cases(
    shared: Path, convention: str, published: str
) -> None:
    path = shared / "oracles" / "published_tests" / "day_count.json"
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    checked = [case for case in cases if case["convention"] == published]
    assert len(checked) == 4
    for case in checked:
        start, end = date.fromisoformat(case["from"]), date.fromisoformat(case["to"])
        numerator, denominator = day_count_fraction(start, end, convention)
        expected = case["year_fraction"]
        assert numerator * expected["den"] == expected["num"] * denominator


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2017-01-30", "2017-01-31", 0),
        ("2017-01-31", "2017-02-28", 28),
        ("2017-02-28", "2017-03-31", 33),
        ("2017-01-29", "2017-03-31", 62),
        ("2017-01-15", "2018-01-15", 360),
    ],
)
def test_the_bond_basis_counts_day_31_as_30_only_after_a_thirtieth(
    start: str, end: str, expected: int
) -> None:
    fraction = day_count_fraction(date.fromisoformat(start), date.fromisoformat(end), "30/360")
    assert fraction == (expected, 360)


@given(DATES, DATES, DATES)
def test_actual_days_add_up_over_adjoining_periods(first: date, second: date, third: date) -> None:
    start, middle, end = sorted([first, second, third])
    parts = [
        day_count_fraction(start, middle, "ACT/365F")[0],
        day_count_fraction(middle, end, "ACT/365F")[0],
    ]
    assert day_count_fraction(start, end, "ACT/365F") == (sum(parts), 365)


def test_a_day_count_backwards_or_of_an_unknown_convention_is_refused() -> None:
    with pytest.raises(CalendarError, match="2017-01-01 is before 2017-01-02"):
        day_count_fraction(date(2017, 1, 2), date(2017, 1, 1), "ACT/360")
    with pytest.raises(CalendarError, match="'ACT/ACT' is unknown, expected ACT/365F, ACT/360 or"):
        day_count_fraction(date(2017, 1, 1), date(2017, 1, 2), "ACT/ACT")
