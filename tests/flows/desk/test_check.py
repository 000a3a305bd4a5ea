"""`tapehouse check` names file, line and key of what a later stop could not use of a tape format."""

from pathlib import Path

import pytest

from flows.desk.check import find_problems
from flows.home import Home, find_deals
from tapes.recognise.load import FORMATS_FOLDER


def format_problems(folder: Path, text: str) -> list[str]:
    """What check says of the formats when canonical.toml is `text`."""
    formats = folder / "formats"
    formats.mkdir()
    (formats / "canonical.toml").write_text(text, encoding="utf-8")
    abs_ee = FORMATS_FOLDER / "sec_abs_ee_auto.toml"
    (formats / abs_ee.name).write_bytes(abs_ee.read_bytes())
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


def test_the_formats_of_the_program_have_no_problem(tmp_path: Path) -> None:
    text = (FORMATS_FOLDER / "canonical.toml").read_text(encoding="utf-8")
    assert format_problems(tmp_path, text) == []
