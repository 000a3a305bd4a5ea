"""A value written as an SQL literal is read back as it was."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tapes.sql_text import literal

VALUES = [
    None,
    True,
    False,
    0,
    -7,
    6_000_000_000,
    Decimal("53100000.00"),
    Decimal("-0.01"),
    Decimal("1E+3"),
    Decimal("9999999999999999.99"),
    date(2017, 6, 30),
    "",
    "it's 'quoted'; -- not a comment",
    "中金－蚂蚁花呗\n\t\\n",
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_read_back_as_it_was(value: str | bool | int | Decimal | date | None) -> None:
    with duckdb.connect() as connection:
        [(result,)] = connection.execute(f"select {literal(value)}").fetchall()
    assert result == value
    assert isinstance(result, bool) == isinstance(value, bool)
