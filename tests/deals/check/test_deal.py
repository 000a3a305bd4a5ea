"""Terms that cannot stand together: dates, purchases, limits."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deals.load import load_terms
from deals.words import describe_deal
from tests.deals.faulty_terms import REVOLVING_MONTHS, ProblemsOf


def test_limits_at_their_bounds_are_no_problem(problems_of: ProblemsOf) -> None:
    assert (
        problems_of(
            ("min_borrower_age = { value = 18,", "min_borrower_age = { value = 60,"),
            ("max_days_past_due = { value = 0,", "max_days_past_due = { value = 30,"),
            (REVOLVING_MONTHS, "revolving_months = { value = 11,"),
            ("{ value = 2020-07-10,", "{ value = 2018-08-01,"),
            ("{ value = 2017-07-12,", "{ value = 2017-07-31,"),
            ("threshold = { value = 0.05,", "threshold = { value = 1.0,"),
        )
        == []
    )


NTH_WORKING_DAY = 'kind = "nth_working_day"\nn = { value = 8,'


@pytest.mark.parametrize(
    ("rule", "is_in_the_month_after"),
    [
        ('kind = "working_days_after"\nn = { value = 15,', True),
        ('kind = "working_days_after"\nn = { value = 16,', False),
        ('kind = "day_of_month"\nroll = "following"\nday = { value = 18,', True),
        ('kind = "day_of_month"\nroll = "following"\nday = { value = 19,', False),
        ('kind = "day_of_month"\nroll = "modified_following"\nday = { value = 31,', True),
        ('kind = "day_of_month"\nroll = "preceding"\nday = { value = 31,', True),
        ('kind = "day_of_month"\nroll = "none"\nday = { value = 31,', True),
    ],
)
def test_the_legal_final_date_is_after_the_last_month_that_the_rule_may_pay_in(
    rule: str, is_in_the_month_after: bool, problems_of: ProblemsOf
) -> None:
    legal_final = ("{ value = 2020-07-10,", "{ value = 2018-08-31,")
    problems = problems_of((NTH_WORKING_DAY, rule), legal_final)
    if is_in_the_month_after:
        assert problems == []
    else:
        assert "expected a month after the expected maturity's, 2018-08" in problems[0]
    assert problems_of((NTH_WORKING_DAY, rule)) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('kind = "nth_working_day"\nn = { value = 16,', "a whole number from 1 to 15"),
        ('kind = "working_days_after"\nn = { value = 26,', "a whole number from 1 to 25"),
        (
            'kind = "day_of_month"\nroll = "none"\nday = { value = 32,',
            "a whole number from 1 to 31",
        ),
        (
            'kind = "day_of_month"\nroll = "nearest"\nday = { value = 15,',
            "one of 'following', 'modified_following', 'preceding', 'none'",
        ),
    ],
)
def test_a_payment_rule_outside_the_calendar_is_refused(
    rule: str, expected: str, problems_of: ProblemsOf
) -> None:
    (problem,) = problems_of((NTH_WORKING_DAY, rule))
    assert f"expected {expected}" in problem


def test_loans_in_default_may_not_be_bought(problems_of: ProblemsOf) -> None:
    at_most_thirty = ("max_days_past_due = { value = 0,", "max_days_past_due = { value = 30,")
    default = "\ndays_past_due = { value = 90,"
    assert problems_of(at_most_thirty, (default, "\ndays_past_due = { value = 30,")) == []
    (problem,) = problems_of(at_most_thirty, (default, "\ndays_past_due = { value = 29,"))
    assert "max_days_past_due = 30, expected not more than default.days_past_due, 29" in problem


def test_a_static_deal_has_no_revolving_phase_limits_or_trigger(problems_of: ProblemsOf) -> None:
    revolving = 'revolving = [{ kind = "purchase", clause = "R.1" }]'
    trigger = """[[triggers]]
code = "default_rate"
metric = "cumulative_default_rate"
threshold = { value = 0.05, source = "assumed: a test" }
effect = "end_revolving"
acts = "this"
is_curable = false
"""
    purchase = """[purchase]
price = "par"
funding = "all_remaining"
draw_seed = { value = 1, source = "assumed: a test" }
"""
    result = problems_of(
        ("revolving_months = { value = 0,", "revolving_months = { value = 1,"),
        ("[priority]", f"{trigger}{purchase}[priority]\n{revolving}"),
        deal_id="ally_2017_3",
    )
    told = [problem.split(": ", 1)[1].split(", expected")[0] for problem in result]
    assert told == [
        "structure.revolving_months = 1",
        "notes[1].code has no interest step",
        "notes[2].code has no interest step",
        "triggers[1].effect = 'end_revolving'",
        "purchase is present",
        "priority.revolving is present",
    ]


BALANCE = 'initial_pool_balance = { value = 6_600_000_000.00, source = "assumed: any" }\n'
RATIO = 'initial_pool_ratio = { value = "11/10", source = "assumed: any" }\n'


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        (BALANCE, ""),
        (RATIO, ""),
        (
            BALANCE + RATIO,
            "structure.initial_pool_balance stands beside initial_pool_ratio, expected one of them; remove "
            "the other",
        ),
        (
            RATIO.replace('"11/10"', "0.0"),
            "structure.initial_pool_ratio is zero, expected a pool of more than nothing",
        ),
        (BALANCE.replace("6_600_000_000.00", "-1.00"), "structure.initial_pool_balance = -1.00"),
    ],
)
def test_a_first_pool_is_a_balance_or_a_ratio_and_not_nothing(
    stated: str, problem: str, problems_of: ProblemsOf
) -> None:
    found = problems_of(("issue_amount = ", f"{stated}issue_amount = "))
    assert len(found) == bool(problem)
    assert all(problem in one for one in found)


@pytest.mark.parametrize("stated", [BALANCE, RATIO])
def test_a_first_pool_that_is_stated_is_read_in_fen_and_said(
    stated: str, edited_deal: Callable[..., Path]
) -> None:
    path = edited_deal(("issue_amount = ", f"{stated}issue_amount = "))
    terms = load_terms(path.stem, path.parent)
    assert terms.structure.initial_pool_fen == 6_600_000_000_00
    assert terms.scaled(100).structure.initial_pool_fen == 66_000_000_00
    assert "initial pool CNY 6,600,000,000.00, paid for with what the notes raise" in "\n".join(
        describe_deal(terms, "en")
    )


@pytest.mark.parametrize(("often", "problems"), [("semi_annual", 0), ("annual", 1)])
def test_a_deal_revolves_up_to_a_payment_date_at_least(
    often: str, problems: int, problems_of: ProblemsOf
) -> None:
    found = problems_of(("[payment]\n", f'[payment]\nfrequency = "{often}"\n'))
    assert len(found) == problems
    assert all(
        "structure.revolving_months = 9, before the first payment date, expected 12 or more" in it
        for it in found
    )


def test_a_pool_that_is_taken_whole_is_not_bought_into(problems_of: ProblemsOf) -> None:
    edit = ("has_continued_purchase = false", "has_continued_purchase = true")
    found = problems_of(edit, deal_id="ally_2017_3")
    assert any(
        "structure.initial_pool = 'whole_tape' with continued purchase, expected 'random_draw'"
        in it
        for it in found
    )


def test_a_deal_that_draws_its_pool_needs_limits(problems_of: ProblemsOf) -> None:
    result = problems_of(
        ('initial_pool = "whole_tape"', 'initial_pool = "random_draw"'), deal_id="ally_2017_3"
    )
    assert [problem.split(": ", 1)[1].split(",")[0] for problem in result] == [
        "eligibility is missing",
        "purchase is missing",
    ]
