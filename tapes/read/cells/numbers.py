"""A number as a servicer dresses it, in SQL: the dress is taken off, and nothing is guessed.

What is not dressed as its format declares stays as it is, and is no number to the cast that follows.
"""

import re

from tapes.recognise.shape import PLAIN_NUMBERS, Column, NumberShape
from tapes.sql_text import quote_text

# Digits, Latin letters, punctuation, the blank and currency marks in the width of a Chinese character.
FULL_WIDTH = "".join(map(chr, [*range(0xFF01, 0xFF5F), 0x3000, 0xFFE5, 0xFFE1]))
HALF_WIDTH = "".join(map(chr, [*range(0x21, 0x7F), 0x20, 0xA5, 0xA3]))
# A blank that does not break, a narrow one, and the minus sign of typesetters.
TYPESET = ("\u00a0\u202f\u2212", "  -")
# Exact in DECIMAL(38,20), so that no digit that was written is lost.
EXPONENT = r"[+-]?[0-9]([.][0-9]{1,15})?[eE]([+]?[0-9]{1,2}|-0?[0-5])"


def is_dressed(column: Column, is_full_width: bool) -> bool:
    """Whether the text of a column's cells is not yet plain."""
    return is_full_width or (column.type in ("money", "rate", "int") and _has_dress(column))


def undressed(cell: str, column: Column, is_full_width: bool) -> str:
    """SQL of the cell's text in plain characters, a number as `-1234.56`."""
    if is_full_width:
        cell = f"translate({cell}, {quote_text(FULL_WIDTH)}, {quote_text(HALF_WIDTH)})"
    if column.type in ("money", "rate", "int") and _has_dress(column):
        return _plain_number(cell, column.number)
    return cell


def _has_dress(column: Column) -> bool:
    return column.number != PLAIN_NUMBERS


def _plain_number(cell: str, shape: NumberShape) -> str:
    number = f"trim(translate({cell}, {', '.join(map(quote_text, TYPESET))}))"
    if shape.has_parentheses:
        number = rf"regexp_replace({number}, '^\((.*)\)$', '-\1')"
    if shape.has_trailing_minus:
        number = f"regexp_replace({number}, '^([^-+].*)-$', '-\\1')"
    if shape.marks:
        marks = "|".join(map(re.escape, shape.marks))
        before, after = rf"^([+-]?)\s*(?:{marks})\s*", rf"\s*(?:{marks})$"
        number = rf"regexp_replace({number}, {quote_text(before)}, '\1')"
        number = f"regexp_replace({number}, {quote_text(after)}, '')"
    if shape.thousands:
        number = _ungrouped(number, shape)
    if shape.decimal != ".":
        # Both ways, so that a point, which is no decimal sign here, does not pass for one.
        signs = (f"{shape.decimal}.", f".{shape.decimal}")
        number = f"translate({number}, {', '.join(map(quote_text, signs))})"
    if shape.has_exponents:
        exact = f"cast(try_cast({number} as decimal(38, 20)) as varchar)"
        number = (
            f"case when regexp_full_match({number}, '{EXPONENT}') then {exact} else {number} end"
        )
    return number


def _ungrouped(number: str, shape: NumberShape) -> str:
    """Without the separators where they stand between groups of three digits, and nowhere else."""
    thousands, decimal = re.escape(shape.thousands), re.escape(shape.decimal)
    grouped = rf"[+-]?[0-9]{{1,3}}({thousands}[0-9]{{3}})+({decimal}[0-9]*)?"
    return f"""case when regexp_full_match({number}, {quote_text(grouped)})
        then replace({number}, {quote_text(shape.thousands)}, '') else {number} end"""
