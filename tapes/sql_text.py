"""Names and values as SQL writes them, and what a database's error says in one line."""

from datetime import date
from decimal import Decimal


def quote_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(value: object) -> str:
    """A text, or a path, as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"


def literal(value: str | bool | int | Decimal | date | None) -> str:
    """A value as an SQL literal, exactly: for many at once, which take longer as parameters."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"date '{value}'" if isinstance(value, date) else quote_text(value)


def first_line(error: Exception) -> str:
    """The first line of an error's text: DuckDB adds the statement and candidates below it."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
