"""Counting the rows that fail each rule, marking failing tape rows, and refusing what must stop."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import duckdb

from expectations.failing_keys import FORMULA, LISTED_KEYS, KeyList, count_of, key_of, mask
from expectations.repeats import ROW_KEY, count_repeats, repeated_rows
from expectations.rule import CheckError, Count, Rule, Verdict, quote_text

MAX_MARKED_RULES = 63


def measure(
    connection: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    known: Mapping[str, Count] | None = None,
) -> dict[str, Count]:
    """Failing rows, all rows and first keys per rule id: one or two queries per relation and unique key.

    Of the rules in `known` the counts are taken from there: those of `mark_rows`.

    A query that crashes is asked again rule by rule, so that only the rule at fault has no count but an
    `error`; so has a rule whose failing rows cannot be named. A failing rule of level "stop" carries its
    first failing row as `example`.
    CheckError when two rules share an id.
    """
    ids = Counter(rule.id for rule in rules)
    for rule_id, times in ids.items():
        if times > 1:
            raise CheckError(f"rule {rule_id} is declared {times} times, expected ids to be unique")
    counts: dict[str, Count] = dict(known or {})
    for group in _groups_asked_together(rule for rule in rules if rule.id not in counts):
        counts |= _count_together(connection, group)
    return {rule.id: _with_example(connection, rule, counts[rule.id]) for rule in rules}


def mark_rows(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], into: str = "landed.failed_row"
) -> dict[str, Count]:
    """Write the rows that fail a quarantine rule to table `into`; the counts of these rules.

    One row per failing row: tape_sha256, row_number, failed_rules (bit k set: the k-th quarantine
    rule of `rules` failed), first_rule_id, all_rule_ids (list, in rule order). Rules of other
    levels are passed over. CheckError names the rule whose predicate crashes.
    """
    marking = [rule for rule in rules if rule.level == "quarantine"]
    if not marking:
        raise CheckError(f"{into}: no rule of level quarantine was given, so no row can be judged")
    if len(marking) > MAX_MARKED_RULES:
        raise CheckError(
            f"{into}: {len(marking)} quarantine rules, expected {MAX_MARKED_RULES} at most"
        )
    if len({rule.relation for rule in marking}) > 1:
        raise CheckError(
            f"{into}: quarantine rules on several tables, expected one table of tape rows"
        )
    try:
        connection.execute(_marking_query(connection, marking, into))
    except duckdb.Error as error:
        raise CheckError(_name_the_crash(connection, marking, into, error)) from error
    return _count_marks(connection, marking, into)


def is_doubt(rule: Rule, count: Count) -> bool:
    """Whether the count leaves in doubt that the month can be published: the verdict will say why."""
    if count.failing_count is None or count.error:
        return True
    return rule.level == "stop" and count.failing_count > rule.allowed_count(count.row_count or 0)


def write_listings(
    connection: duckdb.DuckDBPyConnection,
    rules: Iterable[Rule],
    verdicts: Iterable[Verdict],
    folder: Path,
) -> dict[str, KeyList]:
    """What each failed rule lists, as `<rule id>.csv` in the folder; the lists by rule id.

    Loans are named in full, to be found again: the folder is for its owner alone.
    """
    failed = {verdict.rule_id for verdict in verdicts if verdict.outcome == "failed"}
    written = {}
    for rule in rules:
        if rule.listing and rule.id in failed:
            path = folder / f"{rule.id}.csv"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            query = _without_formulas(connection, rule.listing)
            copied = connection.execute(
                f"copy ({query}) to {quote_text(path)} (format csv, header)"
            )
            [(count,)] = copied.fetchall()
            written[rule.id] = KeyList(path, count)
    return written


def _without_formulas(connection: duckdb.DuckDBPyConnection, listing: str) -> str:
    """The listing, its texts that a spreadsheet would run behind an apostrophe (OWASP, CSV Injection)."""
    found = connection.sql(listing)
    texts = [
        name for name, kind in zip(found.columns, found.types, strict=True) if kind == "VARCHAR"
    ]
    guarded = ", ".join(
        f"if(regexp_matches({name}, '{FORMULA}'), chr(39) || {name}, {name}) as {name}"
        for name in texts
    )
    return f"select * replace ({guarded}) from ({listing})" if texts else listing


def refuse_on_stop(
    verdicts: Iterable[Verdict], where: str, listings: Mapping[str, KeyList] | None = None
) -> None:
    """Raise CheckError for the first crashed check, else for the first failed rule of level "stop".

    where: deal and month, as the message should begin. listings: where a rule's list is kept.
    """
    verdicts = list(verdicts)
    crashed = [verdict for verdict in verdicts if verdict.outcome == "error"]
    if crashed:
        first = crashed[0]
        raise CheckError(
            f"{where}: rule {first.stop_code}/{first.rule_id} could not be checked: {first.error}"
            f"{_others(crashed)}; unknown is not a pass: mend the table or the rule and run again"
        )
    failed = [v for v in verdicts if v.level == "stop" and v.outcome != "passed"]
    if failed:
        first = failed[0]
        raise CheckError(
            f"{where}: rule {first.stop_code}/{first.rule_id} failed{_found(first)}: "
            f"expected that {first.words_en}{_listed(first, listings or {})}{_others(failed)}; "
            "nothing is published: correct the source and run again"
        )


def _listed(verdict: Verdict, listings: Mapping[str, KeyList]) -> str:
    """Where the list of what a rule found is kept."""
    return f" (list: {listings[verdict.rule_id].path})" if verdict.rule_id in listings else ""


def _found(verdict: Verdict) -> str:
    """How many rows failed and the first of them; of a relation of one row only what it says."""
    if verdict.row_count == 1 and verdict.example:
        return f" with {verdict.example}"
    example = f", first {verdict.example}" if verdict.example else ""
    return f" for {verdict.failing_count} of {verdict.row_count} rows{example}"


def _groups_asked_together(rules: Iterable[Rule]) -> Iterator[list[Rule]]:
    """The rules by relation and, within it, by unique key."""

    def scope(rule: Rule) -> tuple[str, tuple[str, ...]]:
        return rule.relation, rule.unique

    for _, group in groupby(sorted(rules, key=scope), key=scope):
        yield list(group)


def _count_together(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]
) -> dict[str, Count]:
    try:
        if rules[0].unique:
            return count_repeats(connection, rules)
        # Of a table most rules find nothing, and its rows are read quickly once more; a query is asked once.
        is_table = not rules[0].relation.startswith("(")
        counts = _ask(connection, rules, has_keys=not is_table)
        failed = [rule for rule in rules if is_table and counts[rule.id].failing_count]
        return counts | (_ask(connection, failed, has_keys=True) if failed else {})
    except duckdb.Error as error:
        if len(rules) == 1:
            return {rules[0].id: Count(None, None, error=_one_line(error))}
        apart = [_count_together(connection, [rule]) for rule in rules]
        return {rule_id: count for counts in apart for rule_id, count in counts.items()}


def _ask(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], *, has_keys: bool
) -> dict[str, Count]:
    """The counts of rules on one relation, and the first keys of their failing rows; null counts as failing.

    The predicates and keys are columns first, since they may hold subqueries.
    """
    columns = ", ".join(
        f"coalesce({rule.failing}, true) as f{i}, {key_of(rule) if has_keys else 'null'} as k{i}"
        for i, rule in enumerate(rules)
    )
    rows = f"(select {columns} from {rules[0].relation})"
    return _counts_of(connection, rules, rows, "count(*)", has_keys=has_keys)


def _counts_of(
    connection: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    rows: str,
    all_rows: str,
    *,
    has_keys: bool = True,
) -> dict[str, Count]:
    """The counts of rules over `rows`, in which the n-th rule is two columns: `fn`, whether it fails, and
    `kn`, the row's key. `all_rows` is SQL for the number of rows that were looked at."""
    found = ", ".join(
        f"count(*) filter (where f{i}), "
        + (f"min(k{i}, {LISTED_KEYS}) filter (where f{i})" if has_keys else "null")
        for i in range(len(rules))
    )
    row = connection.execute(f"select {all_rows}, {found} from {rows}").fetchone()
    assert row is not None, "an aggregate without groups always gives one row"
    row_count, *told = row
    return {
        rule.id: count_of(failing_count, row_count, keys)
        for rule, failing_count, keys in zip(rules, told[::2], told[1::2], strict=True)
    }


def _with_example(connection: duckdb.DuckDBPyConnection, rule: Rule, count: Count) -> Count:
    """The count with its first failing row in words, for a "stop" rule that fails."""
    if rule.level != "stop" or not rule.shown or not count.failing_count or count.row_count is None:
        return count
    shown = ", ".join(rule.shown)
    # The columns are named in the scope of the relation, which may be a join with aliases.
    rows = (
        f"select {shown} from {repeated_rows(connection, rule)}"
        if rule.unique
        else f"select {shown} from {rule.relation} where coalesce({rule.failing}, true)"
    )
    try:
        row = connection.execute(f"{rows} order by all limit 1").fetchone() or ()
    except duckdb.Error as error:
        return replace(count, error=_one_line(error))
    # A sum of many digits is no person: texts alone are.
    shown_values = (mask(value) if isinstance(value, str) else str(value) for value in row)
    example = ", ".join(
        f"{name} {value}" for name, value in zip(rule.shown, shown_values, strict=True)
    )
    return replace(count, example=example)


def _marking_query(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], into: str) -> str:
    """Predicates become bits in one scan; the few rows of repeated keys are joined to them."""
    key, relation = ", ".join(ROW_KEY), rules[0].relation
    positions = {rule.id: position for position, rule in enumerate(rules)}
    bits = " | ".join(
        f"(coalesce({rule.failing}, true)::bigint << {positions[rule.id]})"
        for rule in rules
        if rule.failing
    )
    marks = [f"select {key}, {bits or 0} as bits from {relation}"]
    for group in _groups_asked_together(rule for rule in rules if rule.unique):
        counts = count_repeats(connection, group)
        for rule in group:
            if counts[rule.id].failing_count:
                rows = repeated_rows(connection, rule)
                marks.append(f"select {key}, 1::bigint << {positions[rule.id]} as bits from {rows}")
    ids = ", ".join(f"'{rule.id}'" for rule in rules)
    failed = "list_filter(rule.ids, lambda id, position: (failed_rules >> (position - 1)) & 1 = 1)"
    return f"""
        create or replace table {into} as
        with mark as ({" union all ".join(marks)}),
        failed_row as (
            select {key}, bit_or(bits)::bigint as failed_rules
            from mark where bits <> 0 group by {key}
        )
        select {key}, failed_rules, all_rule_ids[1] as first_rule_id, all_rule_ids
        from (
            select failed_row.*, {failed} as all_rule_ids
            from failed_row cross join (select [{ids}] as ids) as rule
        )
        order by {key}"""


def _count_marks(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], marks: str
) -> dict[str, Count]:
    """The counts of marked rules and the keys of their first failing rows: what is marked is few rows."""
    relation, key = rules[0].relation, ", ".join(ROW_KEY)
    failing = [f"(failed_rules >> {position}) & 1 = 1" for position in range(len(rules))]
    columns = ", ".join(
        f"{fails} as f{i}, {key_of(rule)} as k{i}"
        for i, (rule, fails) in enumerate(zip(rules, failing, strict=True))
    )
    rows = f"(select {columns} from {relation} join {marks} using ({key}))"
    return _counts_of(connection, rules, rows, f"(select count(*) from {relation})")


def _name_the_crash(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], into: str, error: duckdb.Error
) -> str:
    for rule_id, count in measure(connection, rules).items():
        if count.error:
            return (
                f"{into}: rule {rule_id} could not be checked: {count.error}; "
                "mend the table or the rule and run again"
            )
    return f"{into}: could not be written: {_one_line(error)}"


def _others(verdicts: Sequence[Verdict]) -> str:
    ids = ", ".join(verdict.rule_id for verdict in verdicts[1:])
    return f" (and {len(verdicts) - 1} more: {ids})" if ids else ""


def _one_line(error: Exception) -> str:
    """The first line of an error's text: DuckDB adds the statement and candidates below it."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
