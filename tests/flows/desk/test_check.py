"""`tapehouse check` names file, line and key of what a later stop could not use of a tape format."""

import shutil
from pathlib import Path

import pytest

from flows.desk.check import find_problems
from flows.home import Home, find_deals
from tapes.recognise.load import FORMATS_FOLDER


def format_problems(folder: Path, text: str, name: str = "canonical.toml") -> list[str]:
    """What check says of the formats when that one's file is `text`."""
    formats = folder / "formats"
    shutil.copytree(FORMATS_FOLDER, formats, dirs_exist_ok=True)
    (formats / name).write_text(text, encoding="utf-8")
    found = find_problems(Home(folder / "home"), find_deals(), formats)
    return next(problems for what, problems in found if what == "tape formats")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('delimiter = ","', 'delimiter = "||"', "csv.delimiter"),
        ('encoding = "utf-8"', 'encoding = "latin-9000"', "csv.encoding"),
        ('encoding = "utf-8"', "skiplines = 1", "csv.skiplines"),
        ('default = "0"', 'default = "nil"', "column.adjustment_amount.default"),
        ('loan_id = { type = "text"', 'loan_id = { type = "txt"', "column.loan_id.type"),
    ],
)
def test_a_problem_of_a_format_has_its_line(tmp_path: Path, old: str, new: str, key: str) -> None:
    text = (FORMATS_FOLDER / "canonical.toml").read_text(encoding="utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    (problem,) = format_problems(tmp_path, text.replace(old, new, 1))
    assert problem.startswith(f"canonical.toml line {line}: {key}: ")


@pytest.mark.parametrize("pattern", ["%m-%d", "MM/YYYY", "%Y", "%Q"])
def test_a_pattern_that_loses_the_month_of_a_date_is_a_problem(
    tmp_path: Path, pattern: str
) -> None:
    name = "sec_abs_ee_auto.toml"
    text = (FORMATS_FOLDER / name).read_text(encoding="utf-8")
    (problem, *_) = format_problems(tmp_path, text.replace("%m-%d-%Y", pattern), name)
    assert problem.startswith(f"{name} line 17: column.reportingPeriodEndingDate.pattern: ")
    assert format_problems(tmp_path, text.replace("%m-%d-%Y", "%m/%Y"), name) == []


def test_the_formats_of_the_program_have_no_problem(tmp_path: Path) -> None:
    text = (FORMATS_FOLDER / "canonical.toml").read_text(encoding="utf-8")
    assert format_problems(tmp_path, text) == []
