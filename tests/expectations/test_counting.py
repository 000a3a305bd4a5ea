"""Counting failing rows, marking them, and telling a crash from a failure."""

from collections import Counter
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.counts import mark_rows, measure
from expectations.rule import CheckError, Count, Rule
from expectations.rules.tape import row_rules
from tests.expectations.tape_sample import AS_OF_DATE, land_rows

SCRATCH = duckdb.connect()


def rule_of(rule_id: str, failing: str, level: str = "stop", **fields: object) -> Rule:
    values = {"relation": "number", "words_zh": "数", "words_en": "the number fits"} | fields
    return Rule(id=rule_id, level=level, failing=failing, **values)  # type: ignore[arg-type]


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """A table `number` of value 0 to 9 and null, and its text."""
    connection = duckdb.connect()
    connection.execute(
        "create table number as select i as value, 'n' || i as text from range(10) as t(i)"
    )
    connection.execute("insert into number values (null, 'none')")
    return connection


def test_a_row_that_cannot_be_decided_fails(connection: duckdb.DuckDBPyConnection) -> None:
    result = measure(connection, [rule_of("small", "value >= 8")])
    assert result["small"].failing_count == 3


def test_a_rule_says_that_null_does_not_apply(connection: duckdb.DuckDBPyConnection) -> None:
    result = measure(connection, [rule_of("small", "coalesce(value >= 8, false)")])
    assert result["small"] == Count(2, 11)


def test_a_stop_rule_that_fails_shows_its_first_row(connection: duckdb.DuckDBPyConnection) -> None:
    rule = rule_of("small", "coalesce(value >= 8, false)", shown=("value", "text"))
    assert measure(connection, [rule])["small"].example == "value 8, text n8"


def test_a_row_that_is_named_by_a_person_is_shown_masked(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("insert into number values (13912345678, '11010119900307123X')")
    rule = rule_of("small", "coalesce(value > 9, false)", shown=("text", "value"))
    assert measure(connection, [rule])["small"].example == "text 110…3X, value 13912345678"


def test_a_repeated_key_shows_its_first_row(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into number values (4, 'again'), (3, 'again')")
    rule = rule_of("once", "", unique=("value",), shown=("value",))
    assert measure(connection, [rule])["once"] == Count(
        4, 13, "value 3", keys=("value 3", "value 4")
    )


@pytest.mark.parametrize(
    ("failing", "message"),
    [
        ("missing_column > 1", "missing_column"),
        ("text::integer > 1", "Could not convert string 'n0'"),
        ("value > (select amount from absent)", "absent"),
    ],
)
def test_a_crashed_rule_is_named_and_the_others_are_still_counted(
    connection: duckdb.DuckDBPyConnection, failing: str, message: str
) -> None:
    rules = [rule_of("sound", "value is null"), rule_of("crashed", failing)]
    result = measure(connection, rules)
    assert result["sound"] == Count(1, 11)
    assert result["crashed"].failing_count is None
    assert message in result["crashed"].error


def test_every_rule_of_a_missing_table_is_crashed(connection: duckdb.DuckDBPyConnection) -> None:
    rules = [
        rule_of("flow", "value < 0", relation="absent"),
        rule_of("once", "", relation="absent", unique=("value",)),
    ]
    result = measure(connection, rules)
    assert [count.failing_count for count in result.values()] == [None, None]
    assert all("absent" in count.error for count in result.values())


def test_two_rules_of_one_name_are_refused(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(CheckError, match="rule twice is declared 2 times"):
        measure(connection, [rule_of("twice", "value < 0"), rule_of("twice", "value > 0")])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rule_id": "Bad id", "failing": "true"}, "expected an id"),
        ({"rule_id": "empty", "failing": " "}, "either a failing predicate or a unique key"),
        ({"rule_id": "both", "failing": "true", "unique": ("value",)}, "either a failing"),
        (
            {"rule_id": "loose", "failing": "true", "tolerance_share": Decimal("1.01")},
            "a share from 0 to 1",
        ),
    ],
)
def test_a_wrong_declaration_is_refused(fields: dict, message: str) -> None:
    with pytest.raises(CheckError, match=message):
        rule_of(**fields)


@pytest.mark.parametrize(
    ("share", "count", "row_count", "expected"),
    [("0.10", 0, 19, 1), ("0.10", 0, 20, 2), ("0.10", 5, 20, 5), ("0", 0, 20, 0)],
)
def test_a_tolerance_is_the_larger_of_count_and_share(
    share: str, count: int, row_count: int, expected: int
) -> None:
    rule = rule_of("loose", "true", tolerance_share=Decimal(share), tolerance_count=count)
    assert rule.allowed_count(row_count) == expected


@given(st.lists(st.sampled_from("abcdef") | st.none(), max_size=20))
@settings(max_examples=60, deadline=None)
def test_repeated_keys_are_those_that_plain_counting_finds(keys: list[str | None]) -> None:
    SCRATCH.execute(
        "create or replace table number as select unnest(?::varchar[]) as value", [keys]
    )
    sizes = Counter(key for key in keys if key is not None)
    expected = sum(size for size in sizes.values() if size > 1)
    result = measure(SCRATCH, [rule_of("once", "", unique=("value",))])
    assert result["once"] == Count(expected, len(keys))


def test_only_rows_that_fail_a_quarantine_rule_are_marked(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    land_rows(connection, [{}, {"loan_id": "L2", "borrower_age": 199}, {"loan_id": " "}])
    counts = mark_rows(connection, row_rules(AS_OF_DATE))
    assert {rule: count.failing_count for rule, count in counts.items() if count.failing_count} == {
        "loan_id_missing": 1
    }
    result = connection.execute(
        "select row_number, first_rule_id, all_rule_ids from landed.failed_row"
    ).fetchall()
    assert result == [(3, "loan_id_missing", ["loan_id_missing"])]


def test_a_row_is_marked_with_all_its_rules_and_the_gravest_first(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    spoiled = {"closing_balance": None, "has_critical_bad_cell": True, "days_past_due": -1}
    land_rows(connection, [spoiled, {"loan_id": "L2"}, {"loan_id": "L2"}, {"fee_paid": 9}])
    quarantine = [rule.id for rule in row_rules(AS_OF_DATE) if rule.level == "quarantine"]
    mark_rows(connection, row_rules(AS_OF_DATE))
    marked = connection.execute(
        "select row_number, failed_rules, first_rule_id, all_rule_ids from landed.failed_row"
    ).fetchall()
    expected = {
        1: [
            "critical_cell_unreadable",
            "loan_id_conflicting",
            "money_missing",
            "roll_forward_broken",
            "days_past_due_negative",
        ],
        3: ["row_repeated"],
        4: ["loan_id_conflicting"],
    }
    assert {row_number: rule_ids for row_number, _, _, rule_ids in marked} == expected
    for _, bits, first_rule_id, rule_ids in marked:
        assert bits == sum(1 << quarantine.index(rule_id) for rule_id in rule_ids)
        assert first_rule_id == rule_ids[0]


def test_marking_counts_what_measuring_counts(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [{}, {}, {"fee_paid": -1}, {"loan_id": "L2", "annual_rate": 15}, {"loan_id": "L3"}]
    land_rows(connection, rows)
    rules = [rule for rule in row_rules(AS_OF_DATE) if rule.level == "quarantine"]
    counts = mark_rows(connection, rules)
    assert counts == measure(connection, rules)
    assert counts["annual_rate_out_of_range"].keys == ("L2",)
    assert counts["row_repeated"].failing_count == 1


def test_what_was_marked_is_not_counted_again(connection: duckdb.DuckDBPyConnection) -> None:
    land_rows(connection, [{}])
    known = {"small": Count(3, 5, keys=("L9",))}
    assert measure(connection, [rule_of("small", "no_such_column > 0")], known) == known


def test_a_clean_tape_marks_no_row(connection: duckdb.DuckDBPyConnection) -> None:
    land_rows(connection, [{}, {"loan_id": "L2"}])
    assert {
        count.failing_count for count in mark_rows(connection, row_rules(AS_OF_DATE)).values()
    } == {0}


def test_a_predicate_that_crashes_while_marking_is_named(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    land_rows(connection, [{}])
    connection.execute("alter table landed.tape_row drop column annual_rate")
    with pytest.raises(CheckError, match="rule annual_rate_out_of_range could not be checked"):
        mark_rows(connection, row_rules(AS_OF_DATE))


def test_marking_without_a_quarantine_rule_is_refused(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(CheckError, match="no rule of level quarantine"):
        mark_rows(connection, [rule_of("small", "value > 8")])


def test_the_first_failing_rows_are_named_and_no_person_is() -> None:
    connection = duckdb.connect()
    ids = ["L9", "13912345678", "110101199003077758", "L1", None, "L3", "L4", "L5"]
    land_rows(connection, [{"loan_id": loan_id, "interest_due": -1} for loan_id in ids])
    rules = [rule for rule in row_rules(AS_OF_DATE) if rule.id in ("flow_negative", "month_wrong")]
    counts = measure(connection, rules)
    assert counts["flow_negative"].keys == ("#5", "110…58", "139…78", "L1", "L3")
    assert counts["month_wrong"].keys == ()


def test_rows_of_a_repeated_key_are_named() -> None:
    connection = duckdb.connect()
    land_rows(connection, [{"loan_id": "L2"}, {}, {"loan_id": "L2"}])
    rules = [rule for rule in row_rules(AS_OF_DATE) if rule.id == "row_repeated"]
    assert measure(connection, rules)["row_repeated"].keys == ("L2",)


def test_a_rule_whose_failing_rows_cannot_be_named_is_an_error_of_that_rule_alone() -> None:
    connection = duckdb.connect()
    connection.execute("create table loan as select -1 as balance")
    sound = Rule("sound", "loan", "warn", "balance < 0", "", "it is", key="balance")
    silent = Rule("silent", "loan", "warn", "balance < 0", "", "it is", key="no_column")
    counts = measure(connection, [sound, silent])
    assert (counts["sound"].keys, counts["sound"].error) == (("-1",), "")
    assert "no_column" in counts["silent"].error
