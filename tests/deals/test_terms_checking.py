"""The checker lists every problem of a deal's file, each with its line and what to do."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from deals import check_terms
from deals.terms.payments import DayCount
from tests.deals.faulty_terms import CONTRADICTORY, MALFORMED, ProblemsOf


@pytest.mark.parametrize("case", [*MALFORMED, *CONTRADICTORY])
def test_each_problem_is_one_line_with_file_line_key_and_expectation(
    case: str, problems_of: ProblemsOf
) -> None:
    edit, expected = (MALFORMED | CONTRADICTORY)[case]
    result = problems_of(edit)
    assert len([problem for problem in result if expected in problem]) == 1
    for problem in result:
        assert re.fullmatch(r"huabei_2017_1\.toml line \d+: .+, expected .+; .+", problem)


@pytest.mark.parametrize("case", [*MALFORMED, *CONTRADICTORY])
def test_each_problem_names_the_line_of_its_key_or_of_the_table_that_lacks_it(
    case: str, edited_deal: Callable[..., Path]
) -> None:
    path = edited_deal((MALFORMED | CONTRADICTORY)[case][0])
    lines = path.read_text(encoding="utf-8").splitlines()
    for problem in check_terms(path):
        found = re.match(r"\S+ line (\d+): (\S+?)( is missing)?[ ,]", problem)
        assert found is not None
        parts = re.sub(r"\[\d+\]", "", found[2]).split(".")
        is_step = found[2].startswith("priority") and found[2].endswith("]")
        words = ("kind",) if is_step else parts[-2:-1] if found[3] else parts[-1:]
        assert all(word in lines[int(found[1]) - 1] for word in words)


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_term_causes_no_second_problem(case: str, problems_of: ProblemsOf) -> None:
    edit, _ = MALFORMED[case]
    missing_under_its_own_name = case == "an unknown key"
    assert len(problems_of(edit)) == (2 if missing_under_its_own_name else 1)


@pytest.mark.parametrize("code", get_args(DayCount))
def test_every_day_count_may_be_named(code: str, problems_of: ProblemsOf) -> None:
    senior = 'day_count = "ACT/365F"\ninitial_rating_code = "AAA"\n'
    assert problems_of((senior, senior.replace("ACT/365F", code))) == []


def test_every_problem_of_a_file_is_listed_in_the_order_of_its_lines(
    problems_of: ProblemsOf,
) -> None:
    edits = [
        MALFORMED[case][0]
        for case in ("a rate of seven decimals", "a code outside its list", "an unknown key")
    ]
    result = problems_of(*edits, CONTRADICTORY["a residual to the senior note"][0])
    keys = [problem.split(": ", 1)[1].split()[0] for problem in result]
    assert keys == [
        "notes[1].annual_rate",
        "purchase.draw_seed",
        "purchase.drawseed",
        "default.unreported_loan",
        "priority.allocation[12].target",
    ]
