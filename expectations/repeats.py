"""SQL for the rows of a key that occurs more than once.

Hashes of the key are counted first, and the key itself is grouped only where two of them are alike; only
the rows of repeated keys are looked at further. So a clean table costs one aggregate of integers.
"""

import zlib
from collections.abc import Sequence

import duckdb

from expectations.failing_keys import LISTED_KEYS, count_of, key_of
from expectations.rule import Count, Rule

ROW_KEY = ("tape_sha256", "row_number")


def count_repeats(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> dict[str, Count]:
    """Failing rows, all rows and keys by rule id, for rules on one key of one relation."""
    relation, key = rules[0].relation, rules[0].unique
    has_null = " or ".join(f'"{name}" is null' for name in key)
    hashes = f"""
        select count(*), count(hash), count(distinct hash)
        from (select case when not ({has_null}) then hash({_names(key)}) end as hash from {relation})"""
    row_count, known_count, hash_count = _only_row(connection, hashes)
    if known_count == hash_count:
        return {rule.id: Count(0, row_count) for rule in rules}
    _keep_repeated(connection, relation, key)
    counts = {}
    for rule in rules:
        told = f"select count(*), min({key_of(rule)}, {LISTED_KEYS}) from {repeated_rows(connection, rule)}"
        failing_count, keys = _only_row(connection, told)
        counts[rule.id] = count_of(failing_count, row_count, keys)
    return counts


def repeated_rows(connection: duckdb.DuckDBPyConnection, rule: Rule) -> str:
    """A relation of the failing rows of a rule on a unique key, once they were counted: all columns."""
    kept = _kept(rule.relation, rule.unique)
    if rule.repeats == "any":
        return kept
    columns = connection.execute(f"select * from {kept} limit 0").description or []
    contents = _names([name for name, *_ in columns if name not in ROW_KEY])
    if rule.repeats == "copies":
        failing = f"row_number() over (partition by {contents} order by {_names(ROW_KEY)}) > 1"
    else:
        of_key = f"count(*) over (partition by {_names(rule.unique)})"
        failing = f"{of_key} > count(*) over (partition by {contents})"
    return f"(select * from {kept} qualify {failing})"


def _keep_repeated(
    connection: duckdb.DuckDBPyConnection, relation: str, key: Sequence[str]
) -> None:
    """Keep the rows of keys that repeat, which are few, so that a wide table is read for them once."""
    same_key = " and ".join(f"candidate.{name} = repeated.{name}" for name in key)
    connection.execute(f"""
        create or replace temp table {_kept(relation, key)} as
        select candidate.* from {relation} as candidate
        where exists (
            select 1 from (
                select {_names(key)} from {relation} group by {_names(key)} having count(*) > 1
            ) as repeated where {same_key}
        )""")


def _kept(relation: str, key: Sequence[str]) -> str:
    """The table in which they are kept."""
    named = zlib.crc32(f"{relation} {_names(key)}".encode())
    return f"temp.main.repeated_{named}"


def _only_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = connection.execute(query).fetchone()
    assert row is not None, "an aggregate without groups always gives one row"
    return row


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
