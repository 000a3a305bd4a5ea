"""Working days and collection periods against facts that were looked up by hand."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals import load_terms
from deals.dates.calendar import (
    CalendarError,
    add_working_days,
    first_month,
    is_working_day,
    next_month,
    nth_working_day,
    period_of,
    previous_month,
    roll_date,
)
from deals.terms.deal import Terms
from deals.terms.sections import PaymentRule

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


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2017-09-29", 1, "2017-09-30"),  # a Saturday, worked for the National Day week
        ("2017-09-30", 1, "2017-10-09"),
        ("2017-09-30", 8, "2017-10-18"),
        ("2017-09-30", 17, "2017-10-31"),
        ("2017-09-30", 18, "2017-11-01"),
        ("2018-01-31", 8, "2018-02-11"),  # a Sunday, worked for the Chinese New Year week
        ("2018-02-15", 3, "2018-02-24"),  # a Saturday, worked for the same week
        ("2018-02-18", -1, "2018-02-14"),
    ],
)
def test_the_nth_working_day_after_a_date_counts_moved_days(
    start: str, count: int, expected: str
) -> None:
    result = add_working_days(date.fromisoformat(start), count, "cn_bank")
    assert result == date.fromisoformat(expected)


# Day, and where "following", "modified_following" and "preceding" take it.
BANK_ROLLS = [
    ("2017-09-30", "2017-09-30", "2017-09-30", "2017-09-30"),  # a Saturday that is worked
    ("2017-10-01", "2017-10-09", "2017-10-09", "2017-09-30"),
    ("2017-10-08", "2017-10-09", "2017-10-09", "2017-09-30"),
    ("2017-12-31", "2018-01-02", "2017-12-29", "2017-12-29"),
    ("2018-02-11", "2018-02-11", "2018-02-11", "2018-02-11"),  # a Sunday that is worked
    ("2018-02-16", "2018-02-22", "2018-02-22", "2018-02-14"),
    ("2018-02-25", "2018-02-26", "2018-02-26", "2018-02-24"),  # back to a worked Saturday
    ("2018-03-31", "2018-04-02", "2018-03-30", "2018-03-30"),
    ("2018-04-07", "2018-04-08", "2018-04-08", "2018-04-04"),  # on to a worked Sunday
    ("2018-04-30", "2018-05-02", "2018-04-28", "2018-04-28"),  # back to a worked Saturday
    ("2020-01-24", "2020-02-03", "2020-01-23", "2020-01-23"),  # the week that was prolonged
]


@pytest.mark.parametrize(("day", "following", "modified", "preceding"), BANK_ROLLS)
def test_a_day_off_rolls_to_a_working_day_of_the_banks(
    day: str, following: str, modified: str, preceding: str
) -> None:
    start = date.fromisoformat(day)
    assert roll_date(start, "following", "cn_bank") == date.fromisoformat(following)
    assert roll_date(start, "modified_following", "cn_bank") == date.fromisoformat(modified)
    assert roll_date(start, "preceding", "cn_bank") == date.fromisoformat(preceding)
    assert roll_date(start, "none", "cn_bank") == start


@given(DATES)
def test_a_roll_passes_no_working_day_and_modified_following_stays_in_the_month(day: date) -> None:
    following = roll_date(day, "following", "weekdays")
    preceding = roll_date(day, "preceding", "weekdays")
    modified = roll_date(day, "modified_following", "weekdays")
    assert preceding <= day <= following
    assert modified in (preceding, following)
    assert (modified.year, modified.month) == (day.year, day.month)
    between = [preceding + timedelta(days=n) for n in range(1, (following - preceding).days)]
    assert not any(is_working_day(passed, "weekdays") for passed in between)
    for result in (following, preceding, modified):
        assert is_working_day(result, "weekdays")


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
    assert periods[0].accrual_start_date == terms.dates.closing_date
    for before, after in pairwise(periods):
        assert before.accrual_end_date == before.payment_date == after.accrual_start_date


def paid_by(rule: PaymentRule) -> Terms:
    """A deal that pays by this rule."""
    terms = load_terms("huabei_2017_1")
    return replace(terms, payment=replace(terms.payment, rule=rule))


@pytest.mark.parametrize(
    ("rule", "month", "expected"),
    [
        (PaymentRule("working_days_after", n=8), "2017-09", "2017-10-18"),
        (PaymentRule("working_days_after", n=17), "2017-09", "2017-10-31"),
        (PaymentRule("working_days_after", n=18), "2017-09", "2017-11-01"),
        (PaymentRule("day_of_month", day=2, roll="following"), "2017-09", "2017-10-09"),
        (PaymentRule("day_of_month", day=2, roll="none"), "2017-09", "2017-10-02"),
        (PaymentRule("day_of_month", day=17, roll="preceding"), "2018-01", "2018-02-14"),
        (PaymentRule("day_of_month", day=31, roll="following"), "2017-11", "2018-01-02"),
        (PaymentRule("day_of_month", day=31, roll="modified_following"), "2017-11", "2017-12-29"),
        (PaymentRule("day_of_month", day=31, roll="none"), "2018-01", "2018-02-28"),
        (PaymentRule("day_of_month", day=31, roll="none"), "2018-03", "2018-04-30"),
        (PaymentRule("day_of_month", day=31, roll="modified_following"), "2018-03", "2018-04-28"),
        (PaymentRule("day_of_month", day=30, roll="none"), "2018-06", "2018-07-30"),
    ],
)
def test_a_payment_rule_gives_the_date_of_a_month(
    rule: PaymentRule, month: str, expected: str
) -> None:
    terms = paid_by(rule)
    assert period_of(terms, month).payment_date == date.fromisoformat(expected)


@pytest.mark.parametrize(("month", "moved"), [("2017-09", "2017-09-30"), ("2017-12", "2017-12-29")])
def test_no_roll_moves_a_payment_to_before_the_cash_is_in(month: str, moved: str) -> None:
    rule = PaymentRule("day_of_month", day=1, roll="preceding")
    terms = paid_by(rule)
    terms = replace(terms, structure=replace(terms.structure, expected_term_months=11))
    assert period_of(terms, "2017-08").payment_date == date(2017, 9, 1)
    with pytest.raises(CalendarError, match=f"moves the payment date .* to {moved}, expected a"):
        period_of(terms, month)


def test_nothing_accrues_at_the_closing() -> None:
    closing = period_of(load_terms("huabei_2017_1"), "2017-06")
    assert closing.accrual_start_date == closing.accrual_end_date == date(2017, 7, 12)


def test_the_legal_final_date_is_reached_on_its_own_payment_date() -> None:
    terms = load_terms("huabei_2017_1")
    assert not period_of(terms, "2020-05").is_legal_final
    assert period_of(terms, "2020-06").payment_date == terms.dates.legal_final_date
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
