"""The files of SQL that the program asks the lake with."""

import re

from flows.home import DBT_PROJECT
from flows.lake.questions import QUESTIONS, question

ASKED = re.compile(r'\bquestion\("(\w+)"\)')


def test_every_question_is_asked_and_every_question_that_is_asked_is_there() -> None:
    modules = (DBT_PROJECT.parent / "flows").rglob("*.py")
    asked = {name for path in modules for name in ASKED.findall(path.read_text(encoding="utf-8"))}
    assert asked == {path.stem for path in QUESTIONS.iterdir()}


def test_a_question_says_first_what_its_rows_are() -> None:
    silent = [
        path.name for path in QUESTIONS.iterdir() if not question(path.stem).startswith("-- ")
    ]
    assert silent == []
