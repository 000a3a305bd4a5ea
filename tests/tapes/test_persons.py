"""A resident's identity number is known by its form, its check digit right or not: a mistyped one tells too.

The check digit is that of GB 11643, ISO 7064 MOD 11-2. The numbers are of nobody: the example of the
standard, and some with a date of birth that has not come.
"""

from datetime import date

import duckdb
import pytest

from expectations.failing_keys import mask
from expectations.rules.tape.field import identity_rules
from tapes.persons import form_of, shows_person
from tapes.read.cells.personal import masked, of_form
from tapes.recognise.shape import Column
from tapes.sql_text import quote_text

MEMORY = duckdb.connect()
EXAMPLE = "11010519491231002X"
"""That of GB 11643-1999."""
DIGITS = "0123456789X"


def check_digit(first: str) -> str:
    """The last digit, after seventeen: the whole, by powers of 2 from the right, leaves 1 of 11."""
    remainder = 0
    for digit in first:
        remainder = (remainder + int(digit)) * 2 % 11
    return DIGITS[(12 - remainder) % 11]


def made(digit: str) -> str:
    """A number whose right check digit is this one."""
    firsts = (f"11010120991231{serial:03d}" for serial in range(1, 100))
    return next(first for first in firsts if check_digit(first) == digit) + digit


RIGHT = [EXAMPLE, *map(made, DIGITS)]
WRONG = [number[:-1] + DIGITS[DIGITS.index(number[-1]) - 1] for number in RIGHT]
SMALL = [number.lower() for number in (*RIGHT, *WRONG) if number.endswith("X")]


def is_warned_of(column: str, number: str) -> bool:
    [rule] = [
        one for one in identity_rules(date(2017, 7, 31)) if one.id == f"{column}_is_identity_number"
    ]
    found = MEMORY.sql(f"select {rule.failing} from (select {quote_text(number)} as {column})")
    return found.fetchall() == [(True,)]


def ask(expression: str) -> str | None:
    [(found,)] = MEMORY.sql(f"select {expression}").fetchall()
    return found


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_digit(EXAMPLE[:-1]) == "X"
    assert check_digit("44052418800101001") == "4"
    assert [number[-1] for number in RIGHT] == ["X", *DIGITS]
    assert all(check_digit(number[:-1]) != number[-1] for number in WRONG)


@pytest.mark.parametrize("number", [*RIGHT, *WRONG, *SMALL])
def test_a_number_is_known_and_hidden_whatever_its_check_digit(number: str) -> None:
    column = Column("card", "text", personal="identity_number")
    spaced = f"{number[:6]} {number[6:14]}-{number[14:]}"
    for text in (number, spaced, f" {number} "):
        assert form_of(text) == "identity_number"
        assert ask(of_form(quote_text(text.strip()), column)) == number.upper()
    assert shows_person(f"card no. {number}, copied")
    assert is_warned_of("loan_id", number) and is_warned_of("borrower_id", number)
    assert mask(f"card {number}") == f"card {number[:3]}…{number[-2:]}"
    assert ask(masked(quote_text(number))) == f"{number[0]}…{number[-1]}"


@pytest.mark.parametrize(
    "number",
    [
        EXAMPLE[:-1],
        f"{EXAMPLE}0",
        f"{EXAMPLE[:-1]}Y",
        f"X{EXAMPLE[1:]}",
        f"0{EXAMPLE[1:]}",
        EXAMPLE.replace("1949", "1849"),
        EXAMPLE.replace("1231", "1331"),
        EXAMPLE.replace("1231", "1232"),
        EXAMPLE.replace("1231", "1200"),
    ],
)
def test_eighteen_digits_of_another_form_are_none(number: str) -> None:
    column = Column("card", "text", personal="identity_number")
    assert form_of(number) != "identity_number"
    assert ask(of_form(quote_text(number), column)) is None
    assert not is_warned_of("loan_id", number)
