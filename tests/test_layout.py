"""The shape of the tree: rooms of a size that a newcomer can look over, and SQL in its own rooms."""

import ast
import re
from pathlib import Path

from tests.conftest import REPOSITORY

ROOMS = ("deals", "expectations", "flows", "reports", "tapes", "tests", "waterfall")
MODULES_OF_A_ROOM = 12
SQL = re.compile(
    r"\s*(select|insert into|update|delete from|with)\s.*\b(from|into|set)\s", re.I | re.S
)
# Where a text in Python may be SQL: the lake, what is staged for a build, the tape as it is read, and
# the predicates of the rules; and the queries that help and demonstration show a user.
SQL_ROOMS = (
    "expectations",
    "flows/cli",
    "flows/explain",
    "flows/lake",
    "flows/close/stage.py",
    "tapes/draft",
    "tapes/read",
    "tapes/recognise",
    "waterfall/draw",
)


def modules(room: str) -> list[Path]:
    return [path for path in (REPOSITORY / room).rglob("*.py") if path.name != "__init__.py"]


def test_no_room_has_more_modules_than_can_be_looked_over() -> None:
    counts: dict[Path, int] = {}
    for room in ROOMS:
        for path in modules(room):
            folder = path.parent.relative_to(REPOSITORY)
            counts[folder] = counts.get(folder, 0) + 1
    assert {str(room): n for room, n in counts.items() if n > MODULES_OF_A_ROOM} == {}


def test_no_sql_stands_outside_its_rooms() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{text.lineno}"
        for room in ROOMS
        if room != "tests"
        for path in modules(room)
        if not str(path.relative_to(REPOSITORY)).startswith(SQL_ROOMS)
        for text in texts(path)
        if SQL.match(text.value)
    ]
    assert found == []


def texts(path: Path) -> list[ast.Constant]:
    """The strings of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]
