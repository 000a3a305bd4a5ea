"""What the program asks of the lake: one file of SQL a question, in sql/questions, read by its name."""

from functools import cache

from flows.home import DBT_PROJECT

QUESTIONS = DBT_PROJECT / "questions"


@cache
def question(name: str) -> str:
    """The SQL of the question; `$name` in it is a parameter. FileNotFoundError where there is none."""
    return (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")
