"""Keys are found on the lines where they stand."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from deals import list_deals
from deals.file.lines import KeyPath, locate
from deals.load import load_deal

TRICKY = '''# a comment with = and [brackets]
title = "a # b = [c]"
text = """
[not.a.table]
key = 1"""
raw = \'\'\'two
lines\'\'\'
quoted = 'it = "so"'
when = 2017-06-30 10:00:00
"a.b" = 1
list = [ # one
    1, 2,

    { x = 1, y = [
        3 ] },
]

[one.two]
three.four = 5
[[many]]
x = 1
[[many]]
x = 2
[many.sub]
y = 3
'''


def paths_of(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Every path of parsed TOML data."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from paths_of(item, (*path, key))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("text",), 3),
        (("raw",), 6),
        (("quoted",), 8),
        (("when",), 9),
        (("a.b",), 10),
        (("list",), 11),
        (("list", 0), 12),
        (("list", 1), 12),
        (("list", 2), 14),
        (("list", 2, "y"), 14),
        (("list", 2, "y", 0), 15),
        (("one", "two", "three", "four"), 19),
        (("many",), 20),
        (("many", 0), 20),
        (("many", 0, "x"), 21),
        (("many", 1), 22),
        (("many", 1, "x"), 23),
        (("many", 1, "sub"), 24),
        (("many", 1, "sub", "y"), 25),
    ],
)
def test_a_key_has_the_line_where_it_stands(path: KeyPath, line: int) -> None:
    assert locate(TRICKY)[path] == line


@pytest.mark.parametrize("text", [TRICKY, "", "a = 1", "a = 1\r\nb = [\r\n]\r\n"])
def test_exactly_the_paths_of_the_parsed_data_are_found(text: str) -> None:
    assert set(locate(text)) == set(paths_of(tomllib.loads(text)))


@pytest.mark.parametrize("deal_id", list_deals())
def test_every_key_of_a_deal_is_found_on_a_line_that_holds_it(deal_id: str) -> None:
    text = load_deal(deal_id).text
    lines = text.splitlines()
    found = locate(text)
    assert set(found) == set(paths_of(tomllib.loads(text)))
    assert all(
        str(path[-1]) in lines[line - 1]
        for path, line in found.items()
        if isinstance(path[-1], str)
    )
