"""SQL for the rows of a key that occurs more than once.

The key is grouped first; only the rows of repeated keys are looked at further, so a clean table of
1 M rows costs one hash aggregate and nothing else.
"""

from collections.abc import Sequence

import duckdb

from expectations.rule import Rule

ROW_KEY = ("tape_sha256", "row_number")


def count_repeats(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]
) -> dict[str, tuple[int, int]]:
    """(failing rows, all rows) by rule id, for rules on one key of one relation."""
    relation, key = rules[0].relation, rules[0].unique
    has_null = " or ".join(f'"{name}" is null' for name in key)
    sizes = f"""
        select
            coalesce(sum(size) filter (where not has_null and size > 1), 0),
            coalesce(sum(size), 0)
        from (
            select count(*) as size, {has_null} as has_null from {relation} group by {_names(key)}
        )"""
    repeated_count, row_count = _only_row(connection, sizes)
    counts = {}
    for rule in rules:
        failing_count = repeated_count
        if repeated_count and rule.repeats != "any":
            rows = repeated_rows(connection, rule)
            (failing_count,) = _only_row(connection, f"select count(*) from ({rows})")
        counts[rule.id] = (int(failing_count), int(row_count))
    return counts


def repeated_rows(connection: duckdb.DuckDBPyConnection, rule: Rule) -> str:
    """A query for the failing rows of a rule on a unique key: all columns of its relation."""
    key = _names(rule.unique)
    same_key = " and ".join(f"candidate.{name} = repeated.{name}" for name in rule.unique)
    candidates = f"""
        select candidate.* from {rule.relation} as candidate
        where exists (
            select 1 from (
                select {key} from {rule.relation} group by {key} having count(*) > 1
            ) as repeated where {same_key}
        )"""
    if rule.repeats == "any":
        return candidates
    columns = connection.execute(f"select * from {rule.relation} limit 0").description or []
    contents = _names([name for name, *_ in columns if name not in ROW_KEY])
    if rule.repeats == "copies":
        earlier = f"row_number() over (partition by {contents} order by {_names(ROW_KEY)}) > 1"
        return f"select * from ({candidates}) qualify {earlier}"
    conflicting = f"count(*) over (partition by {key}) > count(*) over (partition by {contents})"
    return f"select * from ({candidates}) qualify {conflicting}"


def _only_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = connection.execute(query).fetchone()
    assert row is not None, "an aggregate without groups always gives one row"
    return row


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
