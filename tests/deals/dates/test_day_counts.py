"""Day counts against published figures, the rules' own examples and laws of any calendar."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.dates.calendar import CalendarError
from deals.dates.day_counts import DAY_COUNTS, day_count_fraction
from deals.terms.payments import DayCount

DATES = st.dates(date(2000, 1, 1), date(2060, 12, 31))

# The deals' code of each convention of the published cases.
PUBLISHED = {
    "ACT_ACT": "ACT/ACT",
    "ACT_365F": "ACT/365F",
    "ACT_360": "ACT/360",
    "ACT_365A": "ACT/365A",
    "ACT_365L": "ACT/365L",
    "NL_365": "NL/365",
    "30_360_ISDA": "30/360",
    "30_360_US": "30/360 US",
    "30E_360": "30E/360",
    "30Ep_360": "30E+/360",
    "30_360_German": "30E/360 ISDA",
}


def fraction(start: str, end: str, convention: str) -> Fraction:
    return Fraction(
        *day_count_fraction(date.fromisoformat(start), date.fromisoformat(end), convention)
    )


def test_every_code_of_the_terms_has_a_rule_and_a_published_case() -> None:
    assert tuple(DAY_COUNTS) == get_args(DayCount)
    assert sorted(PUBLISHED.values()) == sorted(DAY_COUNTS)


def test_all_published_day_counts_are_met_as_fractions(shared: Path) -> None:
    path = shared / "oracles" / "published_tests" / "day_count.json"
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    assert len(cases) == 44
    results = [fraction(case["from"], case["to"], PUBLISHED[case["convention"]]) for case in cases]
    assert results == [
        Fraction(case["year_fraction"]["num"], case["year_fraction"]["den"]) for case in cases
    ]


@pytest.mark.parametrize(
    ("start", "end", "bond", "us", "eurobond", "plus", "isda"),
    [
        ("2017-01-30", "2017-01-31", 0, 0, 0, 1, 0),
        ("2017-01-31", "2017-02-28", 28, 28, 28, 28, 30),
        ("2017-02-28", "2017-03-31", 33, 30, 32, 33, 30),
        ("2017-01-29", "2017-03-31", 62, 62, 61, 62, 61),
        ("2016-02-29", "2017-02-28", 359, 360, 359, 359, 360),
        ("2016-02-28", "2016-02-29", 1, 1, 1, 1, 2),
        ("2017-01-15", "2018-01-15", 360, 360, 360, 360, 360),
    ],
)
def test_the_thirty_day_months_differ_by_their_ends(
    start: str, end: str, bond: int, us: int, eurobond: int, plus: int, isda: int
) -> None:
    codes = ("30/360", "30/360 US", "30E/360", "30E+/360", "30E/360 ISDA")
    results = [360 * fraction(start, end, code) for code in codes]
    assert results == [bond, us, eurobond, plus, isda]


def test_the_actual_year_of_each_day_counts() -> None:
    assert fraction("2016-01-01", "2017-01-01", "ACT/ACT") == 1
    assert fraction("2017-01-01", "2018-01-01", "ACT/ACT") == 1
    assert fraction("2015-07-01", "2018-07-01", "ACT/ACT") == Fraction(184 + 365 + 181, 365) + 1


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2016-02-28", "2016-02-29", Fraction(1, 366)),
        ("2016-02-29", "2016-03-01", Fraction(1, 365)),
        ("2016-02-27", "2016-02-28", Fraction(1, 365)),
    ],
)
def test_a_leap_day_counts_at_the_end_of_a_period_and_not_at_its_start(
    start: str, end: str, expected: Fraction
) -> None:
    assert fraction(start, end, "ACT/365A") == expected
    assert fraction(start, end, "NL/365") == (0 if expected == Fraction(1, 366) else expected)


@pytest.mark.parametrize("convention", ["ACT/365F", "ACT/360", "ACT/ACT", "NL/365", "30E/360"])
@given(dates=st.lists(DATES, min_size=3, max_size=3))
def test_adjoining_periods_add_up(convention: str, dates: list[date]) -> None:
    start, middle, end = sorted(dates)
    parts = (
        Fraction(*day_count_fraction(start, middle, convention)),
        Fraction(*day_count_fraction(middle, end, convention)),
    )
    assert sum(parts) == Fraction(*day_count_fraction(start, end, convention))


@pytest.mark.parametrize("convention", DAY_COUNTS)
@given(dates=st.lists(DATES, min_size=2, max_size=2))
def test_no_convention_is_far_from_the_calendar(convention: str, dates: list[date]) -> None:
    start, end = sorted(dates)
    years = float(Fraction(*day_count_fraction(start, end, convention)))
    actual = (end - start).days / 365.2425
    assert years >= 0
    assert abs(years - actual) < 0.01 + 0.015 * actual


@pytest.mark.parametrize("convention", DAY_COUNTS)
def test_no_time_passes_on_one_day(convention: str) -> None:
    assert fraction("2017-03-15", "2017-03-15", convention) == 0


def test_a_day_count_backwards_or_of_an_unknown_convention_is_refused() -> None:
    with pytest.raises(CalendarError, match="2017-01-01 is before 2017-01-02"):
        fraction("2017-01-02", "2017-01-01", "ACT/360")
    with pytest.raises(CalendarError, match="'ACT/366' is unknown, expected one of ACT/365F, "):
        fraction("2017-01-01", "2017-01-02", "ACT/366")
