"""Try the SQL of a format on rows of its declared columns: what a close could not run is found here."""

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

import duckdb

from tapes.recognise.shape import COUNTED_DATES, KNOWN_NAMES, Column, TapeFormat
from tapes.sql_text import quote_name, quote_text

KeyPath = tuple[str, ...]

# The DuckDB types whose values a canonical column takes as they are.
WHOLE = r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?"
TAKEN = {
    "money": rf"{WHOLE}|DECIMAL\(.*\)",
    "rate": rf"{WHOLE}|DECIMAL\(.*\)",
    "int": rf"{WHOLE}|DECIMAL\(\d+,0\)",
    "date": r"DATE|TIMESTAMP.*",
    "bool": "BOOLEAN",
    "text": rf"VARCHAR|{WHOLE}|DATE|BOOLEAN",
}
HINTS = {
    "VARCHAR": "declare its source column with that type",
    "DOUBLE": "a float, as `/` gives, loses cents: multiply by a decimal such as 0.5 instead",
}


def find_unbound(tape_format: TapeFormat, section: str) -> Iterator[tuple[KeyPath, str]]:
    """Each key whose SQL or pattern DuckDB cannot run, or whose value is not of its column's type.

    They run on one row of nulls, in the order of a close: columns, steps, canonical columns. `section`
    is where the file declares its columns.
    """
    with duckdb.connect() as connection:
        for column in tape_format.columns:
            yield from _column_faults(connection, section, column)
        values = ", ".join(
            f"cast(null as {column.sql_type}) as {quote_name(column.name)}"
            for column in tape_format.columns
        )
        known = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in KNOWN_NAMES.items())
        relation = f"(select {values}, {known})"
        if fault := _fault(connection, f"select * from {relation}"):
            yield (section,), fault
            return
        for name, sql in tape_format.steps.items():
            step = f"(select *, {sql} as {quote_name(name)} from {relation})"
            if fault := _fault(connection, f"select * from {step}"):
                yield ("step", name), fault
                return
            relation = step
        present = tape_format.group.present if tape_format.group else ""
        for place, sql, kind in (
            (("group", "present"), present, "boolean"),
            (("month", "latest"), tape_format.month.latest, "varchar"),
            *((("inferred", name), sql, "boolean") for name, sql in tape_format.inferred.items()),
        ):
            if sql and (
                fault := _fault(connection, f"select cast({sql} as {kind}) from {relation}")
            ):
                yield place, fault
        types = {column.name: column for column in tape_format.canonical}
        for name, sql in tape_format.expressions.items():
            if name in types and (
                fault := _expression_fault(connection, sql, types[name], relation)
            ):
                yield ("canonical", name), fault


def _column_faults(
    connection: duckdb.DuckDBPyConnection, section: str, column: Column
) -> Iterator[tuple[KeyPath, str]]:
    patterns = [pattern for pattern in column.patterns if pattern not in COUNTED_DATES]
    faults = [_pattern_fault(connection, quote_text(pattern)) for pattern in patterns]
    fault = next(filter(None, faults), "") or _ambiguity(connection, patterns)
    if fault:
        yield (section, column.name, "pattern"), fault
    if column.default is not None:
        query = f"select cast({column.default} as {column.sql_type})"
        if fault := _fault(connection, query):
            yield (section, column.name, "default"), fault


def _pattern_fault(connection: duckdb.DuckDBPyConnection, pattern: str) -> str:
    """Why dates cannot be written and read by the pattern; a month without its day is its first."""
    query = f"""
        select cast(strptime(strftime(day, {pattern}), {pattern}) as date)
        from (select unnest([date '2017-06-30', date '2023-11-28']) as day)"""
    if fault := _fault(connection, query):
        return fault
    read = [day for (day,) in connection.execute(query).fetchall()]
    if [(day.year, day.month) for day in read] == [(2017, 6), (2023, 11)]:
        return ""
    return (
        f"2017-06-30 written by it is read as {read[0]}, expected its year and month, as by "
        "'%m-%d-%Y' or '%m/%Y'"
    )


def _ambiguity(connection: duckdb.DuckDBPyConnection, patterns: Sequence[str]) -> str:
    """Why two of the patterns cannot stand beside each other: they read one text as two days."""
    for first, second in permutations(map(quote_text, patterns), 2):
        query = f"""
            select strftime(day, {first})
            from (select unnest([date '2011-02-03', date '2023-11-08']) as day)
            where try_strptime(strftime(day, {first}), {second})
                <> strptime(strftime(day, {first}), {first})"""
        if found := connection.execute(query).fetchall():
            return f"{first} and {second} read {found[0][0]!r} as two days; keep one of them"
    return ""


def _expression_fault(
    connection: duckdb.DuckDBPyConnection, sql: str, column: Column, relation: str
) -> str:
    # Beside the other columns, so that an aggregate is an error as it is in a close.
    query = f"select *, cast({sql} as {column.sql_type}) from {relation}"
    if fault := _fault(connection, query):
        return fault
    [(_, kind, *_rest)] = connection.execute(f"describe select {sql} from {relation}").fetchall()
    if re.fullmatch(TAKEN[column.type], kind) or kind in ('"NULL"', "NULL"):
        return ""
    hint = HINTS.get(kind, "cast it")
    return f"it is {kind}, expected {column.type} ({column.sql_type}); {hint}"


def _fault(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """What DuckDB says of the query in one line, without the query; empty when it runs."""
    try:
        connection.execute(query).fetchall()
    except duckdb.Error as error:
        words = re.split(r"\n\s*\n|\nLINE ", str(error))[0]
        return " ".join(words.split())
    return ""
