"""Names and texts as SQL writes them, and what a database's error says in one line."""


def quote_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(value: object) -> str:
    """A text, or a path, as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"


def first_line(error: Exception) -> str:
    """The first line of an error's text: DuckDB adds the statement and candidates below it."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
