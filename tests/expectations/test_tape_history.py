"""Rules on a loan against last month, on groups of rows and on the delivery: a case inside, one outside."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import pytest

from expectations.counts import measure
from expectations.rule import Rule
from expectations.rules.tape import tape_rules
from expectations.rules.tape.delivery import total_rules
from expectations.rules.tape.month_to_month import BOTH
from flows.lake.last_tape import NARROW, make_tables
from tests.expectations.tape_sample import SOUND_LOAN, land_rows, land_total

Row = dict[str, Any]
RULES = {rule.id: rule for rule in tape_rules()}
LAST_DATE = date(2017, 6, 30)
FILE: Row = {
    "file_name": "x.csv",
    "part_number": 0,
    "format_id": "canonical",
    "byte_count": 65_537,
    "row_count": 10,
    "control_row_count": 10,
    "unknown_columns": None,
}


@pytest.fixture
def month() -> duckdb.DuckDBPyConnection:
    """A month whose tape is the sound loan, as last month's was: it rolled on, a month older."""
    connection = duckdb.connect()
    connection.execute("create schema closed; create schema landed; create schema deal")
    make_tables(connection)
    connection.execute("""
        create table deal.period as select date '2017-07-31' as as_of_date;
        create table deal.term as select 1.00 as max_rounding_amount;
        create table deal.repurchase_notice (loan_id varchar);
        create table landed.remark (
            tape_sha256 varchar, remark_code varchar, item_name varchar, remark_text varchar, row_count bigint
        )""")
    land_rows(connection, [{}])
    land_total(connection, malformed_row_count=0, read_row_count=10)
    land_files(connection, {})
    return connection


def land_files(connection: duckdb.DuckDBPyConnection, *changes: Row) -> None:
    connection.execute("""create or replace table landed.tape_file (
        file_name varchar, part_number integer, format_id varchar, byte_count bigint,
        row_count bigint, control_row_count bigint, unknown_columns varchar)""")
    for change in changes:
        values = [*(FILE | change).values()]
        connection.execute("insert into landed.tape_file values (?, ?, ?, ?, ?, ?, ?)", values)


def lay(connection: duckdb.DuckDBPyConnection, *changes: Mapping[str, Any]) -> None:
    """Last month's rows of the sound loan: each changed."""
    before = SOUND_LOAN | {
        "as_of_date": LAST_DATE,
        "opening_balance": 1100,
        "closing_balance": 1000,
        "remaining_months": 9,
    }
    if not changes:
        return
    marks = ", ".join(f"({', '.join('?' for _ in NARROW)})" for _ in changes)
    rows = [before | dict(change) for change in changes]
    values = [row[name] for row in rows for name in NARROW]
    connection.execute(f"insert into closed.last_tape values {marks}", values)


def change_row(connection: duckdb.DuckDBPyConnection, change: Row) -> None:
    for name, value in change.items():
        connection.execute(f"update landed.tape_row set {name} = ?", [value])


def failing(connection: duckdb.DuckDBPyConnection, rule: Rule) -> int:
    (count,) = measure(connection, [rule]).values()
    assert count.error == ""
    assert count.failing_count is not None
    return count.failing_count


# Rule: what last month's row and this one say, just inside; then just outside.
BOTH_SIDES: dict[str, tuple[tuple[Row, Row], tuple[Row, Row]]] = {
    "opening_differs_from_last_closing": (
        ({"closing_balance": 999}, {}),
        ({"closing_balance": "998.99"}, {}),
    ),
    "balance_up": (({}, {"closing_balance": 1000}), ({}, {"closing_balance": "1000.01"})),
    "balance_of_another_unit": (
        ({}, {"opening_balance": 98_999}),
        ({}, {"opening_balance": 99_000}),
    ),
    "row_of_last_month": (
        ({"opening_balance": 1000, "closing_balance": 901}, {}),
        ({"opening_balance": 1000, "closing_balance": 900}, {}),
    ),
    "written_off_twice": (
        ({"status_code": "defaulted"}, {"write_off_amount": 1}),
        ({"status_code": "written_off"}, {"write_off_amount": 1}),
    ),
    # June 30 to July 31 are 31 days, and 3 are allowed.
    "status_jump": (({}, {"days_past_due": 34}), ({}, {"days_past_due": 35})),
    "cured_without_cash": (
        ({"days_past_due": 31}, {"scheduled_principal_paid": "0.01", "interest_paid": 0}),
        ({"days_past_due": 31}, {"scheduled_principal_paid": 0, "interest_paid": 0}),
    ),
    "back_from_write_off": (
        ({"status_code": "written_off"}, {"status_code": "written_off"}),
        ({"status_code": "written_off"}, {"status_code": "settled"}),
    ),
    "back_from_default": (
        ({"status_code": "defaulted"}, {"interest_paid": "0.01", "scheduled_principal_paid": 0}),
        ({"status_code": "defaulted"}, {"interest_paid": 0, "scheduled_principal_paid": 0}),
    ),
    "back_from_the_end": (
        ({"status_code": "settled", "closing_balance": 0}, {"closing_balance": 0}),
        ({"status_code": "settled", "closing_balance": 0}, {"closing_balance": "0.01"}),
    ),
    "class_back_to_normal": (
        ({"five_class_code": "loss"}, {"is_renegotiated": True}),
        ({"five_class_code": "loss"}, {}),
    ),
    "longest_arrears_shrank": (
        ({"max_days_past_due": 5}, {"max_days_past_due": 5}),
        ({"max_days_past_due": 6}, {"max_days_past_due": 5}),
    ),
    "count_of_arrears_shrank": (
        ({"past_due_count": 1}, {"past_due_count": 1}),
        ({"past_due_count": 2}, {"past_due_count": 1}),
    ),
    "rate_of_another_unit": (
        ({"annual_rate": "0.015001"}, {}),
        ({"annual_rate": "0.015"}, {}),
    ),
    "rate_changed": (
        ({"annual_rate": "0.16"}, {"is_renegotiated": True}),
        ({"annual_rate": "0.150001"}, {}),
    ),
    "term_changed": (
        ({"maturity_date": date(2018, 3, 10)}, {}),
        ({"maturity_date": date(2018, 3, 11)}, {}),
    ),
    "remaining_months_up": (({"remaining_months": 8}, {}), ({"remaining_months": 7}, {})),
    "contract_amount_changed": (
        ({"contract_amount": None}, {}),
        ({"contract_amount": "1500.01"}, {}),
    ),
    "origination_date_changed": (
        ({"origination_date": date(2017, 3, 10)}, {}),
        ({"origination_date": date(2017, 10, 3)}, {}),
    ),
    "borrower_changed": (({"borrower_id": None}, {}), ({"borrower_id": "B2"}, {})),
    "product_changed": (
        ({"product_code": "bill_instalment"}, {}),
        ({"product_code": "auto_loan"}, {}),
    ),
    "age_runs_wrongly": (({"borrower_age": 29}, {}), ({"borrower_age": 28}, {})),
    # What last month did not say either is nothing to compare.
    "value_blanked": (
        ({"credit_score": None}, {"credit_score": None}),
        ({"region_code": "CN-ZJ"}, {"region_code": None}),
    ),
    "renegotiation_taken_back": (
        ({"is_renegotiated": True}, {"is_renegotiated": None}),
        ({"is_renegotiated": True}, {}),
    ),
}


def test_every_rule_on_both_months_has_a_case_inside_and_one_outside() -> None:
    assert {rule.id for rule in RULES.values() if rule.relation == BOTH} == set(BOTH_SIDES)


@pytest.mark.parametrize("rule_id", BOTH_SIDES)
@pytest.mark.parametrize("side", [0, 1], ids=["inside", "outside"])
def test_a_rule_on_both_months_passes_the_inside_and_fails_the_outside(
    month: duckdb.DuckDBPyConnection, rule_id: str, side: int
) -> None:
    before, now = BOTH_SIDES[rule_id][side]
    lay(month, before)
    change_row(month, now)
    assert failing(month, RULES[rule_id]) == side


@pytest.mark.parametrize(
    ("now", "fails"),
    [
        ({}, True),
        ({"modification_codes": "term"}, False),
        ({"extended_months": 1}, False),
        ({"extended_months": 0}, True),
    ],
)
def test_the_maturity_of_a_loan_that_was_modified_or_extended_may_move(
    month: duckdb.DuckDBPyConnection, now: Row, fails: bool
) -> None:
    lay(month, {})
    change_row(month, {"maturity_date": date(2018, 4, 10)} | now)
    assert failing(month, RULES["term_changed"]) == fails


@pytest.mark.parametrize(
    ("is_renegotiated", "warned"),
    [
        (None, {"rate_changed", "rate_of_another_unit"}),
        # What a renegotiation may change a rate to is not ten times what it was.
        (True, {"rate_of_another_unit"}),
    ],
)
def test_a_row_in_per_cent_among_fractions_is_a_warning_with_both_rates(
    month: duckdb.DuckDBPyConnection, is_renegotiated: bool | None, warned: set[str]
) -> None:
    lay(month, {"annual_rate": "0.0664"})
    change_row(month, {"annual_rate": "0.90", "is_renegotiated": is_renegotiated})
    counts = {
        name: count for name, count in measure(month, [*RULES.values()]).items() if count.keys
    }
    assert {RULES[name].level for name in counts} == {"warn"}
    both = ("L1 (annual_rate 0.066400, now 0.900000)",)
    told = {
        name: counts[name].keys
        for name in ("rate_changed", "rate_of_another_unit")
        if name in counts
    }
    assert told == dict.fromkeys(warned, both)


def test_a_term_that_moved_is_told_with_what_either_month_does_not_give(
    month: duckdb.DuckDBPyConnection,
) -> None:
    lay(month, {"maturity_date": date(2018, 3, 11), "term_months": None})
    (count,) = measure(month, [RULES["term_changed"]]).values()
    told = "L1 (maturity_date 2018-03-11, now 2018-03-10; term_months empty, now 12)"
    assert count.keys == (told,)


def test_a_loan_that_rolled_on_fails_no_rule(month: duckdb.DuckDBPyConnection) -> None:
    lay(month, {})
    counts = measure(month, [*RULES.values()])
    assert {rule_id: count.error for rule_id, count in counts.items() if count.error} == {}
    assert [rule_id for rule_id, count in counts.items() if count.failing_count] == []


def test_in_the_first_month_no_rule_on_last_month_fails(month: duckdb.DuckDBPyConnection) -> None:
    counts = measure(month, [*RULES.values()])
    assert [rule_id for rule_id, count in counts.items() if count.failing_count != 0] == []


def test_a_loan_that_owed_and_has_no_row_vanished_and_one_that_owed_nothing_did_not(
    month: duckdb.DuckDBPyConnection,
) -> None:
    lay(month, {}, {"loan_id": "L2"}, {"loan_id": "L3", "closing_balance": 0})
    assert failing(month, RULES["loan_vanished"]) == 1


@pytest.mark.parametrize(("kept", "expected"), [(50, 0), (49, 1)])
def test_a_tape_that_lost_more_than_half_of_the_loans_is_refused(
    month: duckdb.DuckDBPyConnection, kept: int, expected: int
) -> None:
    lay(month, *({"loan_id": f"L{n}"} for n in range(100)))
    land_rows(month, [{"loan_id": f"L{n}"} for n in range(kept)])
    assert failing(month, RULES["most_loans_vanished"]) == expected


def test_loans_that_were_due_may_all_be_gone(month: duckdb.DuckDBPyConnection) -> None:
    due = {"maturity_date": date(2017, 7, 31)}
    lay(month, *({"loan_id": f"X{n}"} | due for n in range(200)))
    assert failing(month, RULES["most_loans_vanished"]) == 0
    assert failing(month, RULES["loan_vanished"]) == 200


def test_a_loan_that_an_earlier_tape_had_and_the_last_had_not_came_back(
    month: duckdb.DuckDBPyConnection,
) -> None:
    month.execute("insert into closed.returned_loan values ('L1', date '2017-05-31')")
    assert failing(month, RULES["loan_returned"]) == 1


@pytest.mark.parametrize(
    ("made", "expected"), [(date(2017, 6, 1), 0), (date(2017, 5, 31), 1), (None, 0)]
)
def test_a_loan_that_is_new_on_the_tape_was_made_since_last_month(
    month: duckdb.DuckDBPyConnection, made: date | None, expected: int
) -> None:
    lay(month, {"loan_id": "L2"})
    change_row(month, {"origination_date": made})
    assert failing(month, RULES["old_loan_is_new"]) == expected
    nameless = {"loan_id": None, "origination_date": date(2016, 1, 1)}
    land_rows(month, [{"origination_date": made}, nameless])
    assert failing(month, RULES["old_loan_is_new"]) == expected
    month.execute("insert into closed.last_set_aside values ('L1')")
    assert failing(month, RULES["old_loan_is_new"]) == 0


# Rule: rows inside, and rows outside.
GROUP_SIDES: dict[str, tuple[list[Row], list[Row]]] = {
    "loan_id_spelt_twice": (
        [{"loan_id": "L1"}, {"loan_id": "L1"}, {"loan_id": "L2"}],
        [{"loan_id": "L1"}, {"loan_id": "l 1"}],
    ),
    "borrower_contradicts_himself": (
        [{"borrower_age": 30}, {"borrower_age": 31}, {"borrower_age": None}],
        [{"borrower_age": 30}, {"borrower_age": 32}],
    ),
    "borrower_of_too_many_loans": ([{}] * 50, [{}] * 51),
    "loan_under_two_ids": (
        [{}, {"loan_id": "L2", "closing_balance": "900.01"}, {"loan_id": None}, {"loan_id": " "}],
        [{}, {"loan_id": "L2"}],
    ),
    "joined_row_unmatched": ([{"loan_id": "L2"}], [{"unmatched_tables": "person"}]),
    "currencies_mixed": (
        [{"currency_code": None}, {}],
        [{"currency_code": "USD"}, {}],
    ),
}


@pytest.mark.parametrize("rule_id", GROUP_SIDES)
@pytest.mark.parametrize("side", [0, 1], ids=["inside", "outside"])
def test_a_rule_on_rows_against_each_other_decides(
    month: duckdb.DuckDBPyConnection, rule_id: str, side: int
) -> None:
    land_rows(month, GROUP_SIDES[rule_id][side])
    assert failing(month, RULES[rule_id]) == side


@pytest.mark.parametrize(("loan_id", "expected"), [("L1", 0), ("L9", 1)])
def test_a_loan_of_a_notice_of_repurchase_is_on_the_tape(
    month: duckdb.DuckDBPyConnection, loan_id: str, expected: int
) -> None:
    month.execute("insert into deal.repurchase_notice values (?)", [loan_id])
    assert failing(month, RULES["noticed_loan_absent"]) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("table_row_joined", 0), ("table_row_unmatched", 1), ("table_row_ambiguous", 1), ("inferred", 0)],
)  # fmt: skip
def test_a_row_of_a_joined_table_belongs_to_the_tape(
    month: duckdb.DuckDBPyConnection, code: str, expected: int
) -> None:
    month.execute("insert into landed.remark values ('sha', ?, 'person', null, 7)", [code])
    assert failing(month, RULES["joined_table_row_unmatched"]) == expected


# Rule: files inside, and files outside.
FILE_SIDES: dict[str, tuple[list[Row], list[Row]]] = {
    "unknown_column": (
        [{"format_id": "other", "unknown_columns": "Servier"}],
        [{"unknown_columns": "Servier"}],
    ),
    "file_of_another_format": ([{}, {}], [{}, {"format_id": "other"}]),
    "file_cut_at_rows": (
        [{"row_count": 65_536, "control_row_count": 65_536}],
        [{"row_count": 65_536, "control_row_count": None}],
    ),
    "file_cut_at_bytes": (
        [{"byte_count": 3 << 20}, {"byte_count": 32_768, "control_row_count": None}],
        [{"byte_count": 3 << 20, "control_row_count": None}],
    ),
    "part_missing": (
        [{"part_number": 1}, {"part_number": 2}],
        [{"part_number": 1}, {"part_number": 3}],
    ),
}


@pytest.mark.parametrize("rule_id", FILE_SIDES)
@pytest.mark.parametrize("side", [0, 1], ids=["inside", "outside"])
def test_a_rule_on_files_decides(month: duckdb.DuckDBPyConnection, rule_id: str, side: int) -> None:
    land_files(month, *FILE_SIDES[rule_id][side])
    assert failing(month, RULES[rule_id]) == side


def test_a_file_of_a_power_of_two_of_bytes_may_be_cut(month: duckdb.DuckDBPyConnection) -> None:
    land_files(month, {"byte_count": 65_536, "control_row_count": None})
    assert failing(month, RULES["file_cut_at_bytes"]) == 1


@pytest.mark.parametrize(
    ("rule_id", "total"),
    [
        ("row_malformed", {"malformed_row_count": 1}),
        ("final_line_break_missing", {"unended_file_text": "x.csv"}),
    ],
)
def test_the_form_of_the_file_is_warned_of(
    month: duckdb.DuckDBPyConnection, rule_id: str, total: Row
) -> None:
    land_total(month, **({"malformed_row_count": 0} | total))
    assert failing(month, RULES[rule_id]) == 1
    land_total(month, malformed_row_count=0)
    assert failing(month, RULES[rule_id]) == 0


def many(count: int, **changes: Any) -> list[Row]:
    return [{"loan_id": f"L{n}"} | changes for n in range(count)]


# Rule: last month's rows and this month's, inside; then outside.
SIZE_SIDES: dict[str, tuple[tuple[list[Row], list[Row]], tuple[list[Row], list[Row]]]] = {
    "row_count_fell": ((many(100), many(70)), (many(100), many(69))),
    "row_count_jumped": ((many(100), many(150)), (many(100), many(151))),
    "balance_total_moved": (
        (many(100), many(100, closing_balance=1500)),
        (many(100), many(100, closing_balance="1500.01")),
    ),
    "opening_total_differs": (
        (many(100), many(100, opening_balance=900)),
        (many(100), many(100, opening_balance="899.99")),
    ),
    "nothing_paid": (
        (many(100), many(100, scheduled_principal_paid=0)),
        (many(100), many(100, scheduled_principal_paid=0, interest_paid=0)),
    ),
}


@pytest.mark.parametrize("rule_id", SIZE_SIDES)
@pytest.mark.parametrize("side", [0, 1], ids=["inside", "outside"])
def test_a_rule_on_the_size_of_a_delivery_decides(
    month: duckdb.DuckDBPyConnection, rule_id: str, side: int
) -> None:
    before, now = SIZE_SIDES[rule_id][side]
    lay(month, *before)
    land_rows(month, now)
    assert failing(month, RULES[rule_id]) == side


@pytest.mark.parametrize(("before", "expected"), [(1, 0), (2, 1)])
def test_a_delivery_has_as_many_files_as_last_months(
    month: duckdb.DuckDBPyConnection, before: int, expected: int
) -> None:
    lay(month, {})
    for number in range(before):
        month.execute("insert into closed.last_file values (?, 'a')", [f"{number}.csv"])
    assert failing(month, RULES["file_count_changed"]) == expected


@pytest.mark.parametrize(
    ("rule_id", "filled", "expected"),
    [
        ("column_emptied", 0, 0),
        ("column_emptied", 1, 1),
        ("column_thinned", 55, 0),
        ("column_thinned", 56, 1),
    ],
)
def test_a_column_that_was_filled_last_month_is_filled(
    month: duckdb.DuckDBPyConnection, rule_id: str, filled: int, expected: int
) -> None:
    """`star_grade_code` is empty on the tape, `gender_code` is filled in half of the rows."""
    land_rows(month, [{"gender_code": None}, {}])
    column = "star_grade_code" if rule_id == "column_emptied" else "gender_code"
    month.execute("insert into closed.last_column values (?, ?, 100)", [column, filled])
    assert failing(month, RULES[rule_id]) == expected


@pytest.mark.parametrize(
    ("amounts", "expected"), [([None, None], 0), ([1500, 1], 0), ([1500, None], 1)]
)
def test_a_critical_column_is_filled_in_every_row_or_in_none(
    month: duckdb.DuckDBPyConnection, amounts: list[int | None], expected: int
) -> None:
    land_rows(month, [{"contract_amount": amount} for amount in amounts])
    assert failing(month, RULES["critical_column_incomplete"]) == expected


def tell(connection: duckdb.DuckDBPyConnection, column: str, now: str, before: str) -> None:
    """1,000 rows a month, of which `column` is the value of an SQL expression over their number `n`."""
    columns = ", ".join(f"null::{kind} as {name}" for name, kind in NARROW.items())
    connection.execute(
        "create or replace table closed.last_tape as "
        f"select * exclude (n) replace (({before}) as {column}) "
        f"from (select n, {columns} from range(1000) as t(n))"
    )
    connection.execute(
        "create or replace table landed.tape_row as "
        f"select * exclude (n) replace (({now}) as {column}) from landed.tape_row, range(1000) as t(n)"
    )


# Rule: a column and its values now, just inside; then just outside.
SHARE_SIDES = {
    "status_share_moved": (
        "status_code",
        "if(n < 600, 'current', 'overdue')",
        "if(n < 601, 'current', 'overdue')",
    ),
    "product_share_moved": ("product_code", "if(n < 600, 'a', 'b')", "if(n < 601, 'a', 'b')"),
    "region_share_moved": ("region_code", "if(n < 600, 'a', 'b')", "if(n < 601, 'a', 'b')"),
    "code_is_new": ("region_code", "if(n < 10, 'c', 'a')", "if(n < 11, 'c', 'a')"),
}
LAST_VALUES = {
    "status_code": "if(n < 500, 'current', 'overdue')",
    "product_code": "if(n < 500, 'a', 'b')",
    "region_code": "if(n < 500, 'a', 'b')",
}


@pytest.mark.parametrize("rule_id", SHARE_SIDES)
@pytest.mark.parametrize("side", [0, 1], ids=["inside", "outside"])
def test_a_rule_on_the_share_of_codes_decides(
    month: duckdb.DuckDBPyConnection, rule_id: str, side: int
) -> None:
    column, *now = SHARE_SIDES[rule_id]
    tell(month, column, now[side], LAST_VALUES[column])
    assert (failing(month, RULES[rule_id]) > 0) == bool(side)


@pytest.mark.parametrize(("rows", "expected"), [(19, 0), (20, 1)])
def test_a_code_of_some_rows_does_not_go(
    month: duckdb.DuckDBPyConnection, rows: int, expected: int
) -> None:
    tell(month, "status_code", "'current'", f"if(n < {rows}, 'overdue', 'current')")
    assert failing(month, RULES["code_is_gone"]) == expected


@pytest.mark.parametrize(("rows", "expected"), [(499, 0), (500, 2)])
def test_columns_are_compared_from_500_rows(
    month: duckdb.DuckDBPyConnection, rows: int, expected: int
) -> None:
    tell(month, "status_code", f"if(n < {rows}, 'current', null)", "'overdue'")
    assert failing(month, RULES["status_share_moved"]) == expected


DRIFTED = {
    "annual_rate": ("0.19", "0.15"),
    "contract_amount": ("9000", "4000"),
    "closing_balance": ("9000", "4000"),
    "term_months": ("6", "12"),
    "borrower_age": ("22", "31"),
    "credit_score": ("510", "700"),
}


@pytest.mark.parametrize("column", DRIFTED)
@pytest.mark.parametrize(("moved", "expected"), [(239, 0), (240, 1)])
def test_a_distribution_that_moved_is_seen(
    month: duckdb.DuckDBPyConnection, column: str, moved: int, expected: int
) -> None:
    """Half of 1,000 in each of two bins, then 740 and 260: 0.24 ln 1.48 - 0.24 ln 0.52 = 0.2510."""
    one, other = DRIFTED[column]
    tell(month, column, f"if(n < {500 + moved}, {one}, {other})", f"if(n < 500, {one}, {other})")
    assert failing(month, RULES[f"{column}_drifted"]) == expected


def test_every_rule_that_is_no_rule_on_a_row_is_tried() -> None:
    tried = {
        *BOTH_SIDES, *GROUP_SIDES, *FILE_SIDES, *SIZE_SIDES, *SHARE_SIDES,
        *(f"{column}_drifted" for column in DRIFTED), "code_is_gone", "loan_vanished", "most_loans_vanished",
        "loan_returned", "old_loan_is_new", "noticed_loan_absent", "row_malformed",
        "joined_table_row_unmatched",
        "final_line_break_missing", "file_count_changed", "column_emptied", "column_thinned",
        "critical_column_incomplete",
    }  # fmt: skip
    assert {*RULES} - {rule.id for rule in total_rules()} == tried
