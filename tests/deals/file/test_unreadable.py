"""A file that is empty, absent, no TOML or of the wrong shape: problems, and no crash."""

import re
from pathlib import Path

import pytest

from deals import check_terms


def test_an_empty_file_lists_every_missing_term(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("", encoding="utf-8")
    result = check_terms(path)
    missing = {problem.split(": ", 1)[1].split(" is missing")[0] for problem in result}
    assert {
        "deal_id",
        "parties",
        "structure.initial_pool",
        "dates.closing_date",
        "payment.n",
        "notes",
        "default.days_past_due",
        "priority.allocation",
        "schedule.cron",
        "book.loan_count",
    } < missing
    assert len(missing) == len(result)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"deal_id = \n", "no valid TOML, Invalid value (at line 1, column 11)"),
        (b"a = 1\na = 2\n", "no valid TOML, Cannot overwrite a value (at line 2, column 6)"),
        (b"a = 1e99999999999999999999\n", "no valid TOML"),
        (b"a = 1\nb = '\xff'\n", "line 2: byte 11 is not UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_is_one_problem(
    content: bytes, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    (problem,) = check_terms(path)
    assert problem.startswith("broken.toml") and expected in problem and "\n" not in problem


def test_a_file_that_is_absent_is_one_problem(tmp_path: Path) -> None:
    (problem,) = check_terms(tmp_path / "absent.toml")
    assert problem.startswith("absent.toml: cannot be read (No such file or directory)")


@pytest.mark.parametrize(
    "content",
    [
        "structure = 3\nnotes = 3\nfees = [1]\npriority = []\neligibility = []\n",
        "[priority]\nrevolving = []\nallocation = [{}]\n[[notes]]\n[[fees]]\n[support]\n",
        '"a\\nb" = 1\n[dates]\nclosing_date = 2017\n'
        'initial_cut_off_date = { value = 9999-12-31, source = "paper: x" }\n',
    ],
)
def test_terms_of_a_wrong_shape_are_problems_and_no_crash(content: str, tmp_path: Path) -> None:
    path = tmp_path / "shapes.toml"
    path.write_text(content, encoding="utf-8")
    result = check_terms(path)
    assert len(result) > 10
    assert all(re.fullmatch(r"shapes\.toml line \d: [^\n]+", problem) for problem in result)
