"""The distributions and statistics of a pool that is counted by hand, and what ties them to the pool."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from expectations.counts import measure
from expectations.rules.report.distributions import (
    COMPARED_TABLES,
    DISTRIBUTION_RULES,
    INITIAL_TABLES,
    PERIOD_TABLES,
)
from tests.sql.conftest import REVOLVING
from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, Row, carry, loan, owned

SETS = """[buckets]
outstanding_balance = "balance_own.v{version}"
past_due_count = "times_own.v1"

[[bucket_sets]]
code = "balance_own.v{version}"
unit = "money"
edges = {{ value = [{edges}], source = "assumed: round" }}

[[bucket_sets]]
code = "times_own.v1"
unit = "times"
edges = {{ value = [0, 1, 3], source = "assumed: round" }}
is_first_apart = true

[default]
"""
PEOPLE: dict[str, Row] = {
    # At an edge, just over it, and at the next; the last has no row on the tape.
    "at": {"borrower_id": "B1", "borrower_age": 30, "annual_income": 1200, "gender_code": "male"},
    "over": {"borrower_id": "B1", "borrower_age": 31, "annual_income": 1200, "past_due_count": 1},
    "next": {"borrower_id": "B2", "borrower_age": 40, "region_code": "CN-JS", "past_due_count": 2,
             "five_class_code": "special_mention", "gender_code": "unknown"},
    "held": {"borrower_id": "B3", "borrower_age": 41},
}  # fmt: skip
POOL = {*owned("any", 0), "borrower_age", "region_code"}
"""What the pool keeps of a loan, also of one without a row on the tape."""
BALANCES = {"at": "50.00", "over": "50.01", "next": "100.00", "held": "99.99"}


def divided(version: int, edges: str) -> tuple[str, str]:
    """The edit that states the deal's own sets."""
    return "[default]\n", SETS.format(version=version, edges=edges)


@pytest.fixture(scope="session")
def july_divided(builder: Builder) -> Month:
    """Four loans of 300.00, one of which is held."""
    kept = [
        owned(name, balance) | {key: value for key, value in PEOPLE[name].items() if key in POOL}
        for name, balance in BALANCES.items()
    ]
    told = [
        loan(name, balance, balance) | PEOPLE[name]
        for name, balance in BALANCES.items()
        if name != "held"
    ]
    return builder.build(
        REVOLVING, "2017-07", told, last_month(kept), edits=[divided(1, "0, 50, 100")]
    )


@pytest.fixture(scope="session")
def august_divided(builder: Builder, july_divided: Month) -> Month:
    """The month after, by another version of the set: two loans have paid something."""
    told = [
        loan("at", "50.00", 20, scheduled_principal_paid=30) | PEOPLE["at"],
        loan("over", "50.01", "50.01") | PEOPLE["over"],
        loan("next", "100.00", 0, prepaid_principal_paid=100, status_code="settled")
        | PEOPLE["next"],
        loan("held", "99.99", "99.99", region_code="CN-JS") | PEOPLE["held"],
    ]
    return builder.build(
        REVOLVING, "2017-08", told, carry(july_divided), edits=[divided(2, "0, 50, 200")]
    )


def table(month: Month, name: str, *columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    rows = month.rows(f"report.{name}", where)
    return [
        tuple(row[column] for column in columns)
        for row in sorted(rows, key=lambda row: row["line_number"])
    ]


def figures(month: Month, name: str, where: str = "true") -> list[tuple[Any, ...]]:
    """Bucket, loans, their share, balance, its share."""
    columns = (
        "bucket_code",
        "loan_count",
        "loan_count_share",
        "outstanding_balance",
        "balance_share",
    )
    return table(month, name, *columns, where=where)


def test_a_bucket_is_open_to_the_left_and_closed_to_the_right(july_divided: Month) -> None:
    assert figures(july_divided, "tr_12_2") == [
        ("[0,50]", 1, Decimal("0.25"), 50, Decimal("0.1667")),
        ("(50,100]", 3, Decimal("0.75"), 250, Decimal("0.8333")),
        (">100", 0, 0, 0, 0),
        ("total", 4, 1, 300, 1),
    ]


def test_a_first_edge_may_stand_apart_and_what_the_tape_does_not_say_is_unknown(
    july_divided: Month,
) -> None:
    lines = figures(july_divided, "tr_12_10", "dimension_code = 'past_due_count'")
    assert [(code, count) for code, count, *_ in lines] == [
        ("0", 1), ("(0,1]", 1), ("(1,3]", 1), (">3", 0), ("unknown", 1), ("total", 4),
    ]  # fmt: skip


def test_codes_stand_in_the_order_of_their_balance_and_ratings_in_their_own(
    july_divided: Month,
) -> None:
    words = table(july_divided, "tr_13_1", "bucket_zh", "bucket_en", "outstanding_balance")
    assert words == [
        ("ZJ", "ZJ", Decimal("100.01")),
        ("江苏", "Jiangsu", 100),
        ("未知", "Unknown", Decimal("99.99")),
        ("合计", "Total", 300),
    ]
    ratings = table(july_divided, "tr_12_7", "bucket_zh", "loan_count")
    assert ratings == [("正常类", 2), ("关注类", 1), ("未知", 1), ("合计", 4)]


def test_a_code_that_says_unknown_is_unknown(july_divided: Month) -> None:
    where = "dimension_code = 'gender_code'"
    lines = table(july_divided, "tr_13_6", "bucket_code", "loan_count", where=where)
    assert lines == [("male", 1), ("unknown", 3), ("total", 4)]


def test_values_that_no_tape_has_are_one_line_of_unknown(static_first: Month) -> None:
    lines = figures(static_first, "tr_13_4")
    assert [code for code, *_ in lines] == ["unknown", "total"]
    assert lines[0][2] == lines[0][4] == 1


def test_income_to_debt_is_of_all_that_a_borrower_owes_the_pool(july_divided: Month) -> None:
    # 1,200 a year over 5 months is 500, over 100.01; the other incomes are not known.
    lines = table(july_divided, "tr_13_5", "bucket_code", "loan_count")
    assert [line for line in lines if line[1]] == [("(2,5]", 2), ("unknown", 2), ("total", 4)]


def test_the_last_report_stands_beside_this_one_line_by_line(
    july_divided: Month, august_divided: Month
) -> None:
    before = figures(july_divided, "tr_13_1")
    lines = table(
        august_divided, "tr_13_1", "bucket_code", "previous_loan_count", "previous_loan_count_share",
        "previous_balance", "previous_balance_share",
    )  # fmt: skip
    assert sorted(line for line in lines if line[1]) == sorted(before)
    now = dict((code, balance) for code, _, _, balance, _ in figures(august_divided, "tr_13_1"))
    assert now == {"CN-JS": Decimal("99.99"), "ZJ": Decimal("70.01"), "unknown": 0, "total": 170}


def test_another_set_leaves_the_last_report_in_the_lines_of_its_own(august_divided: Month) -> None:
    columns = ("bucket_code", "previous_loan_count", "loan_count")
    assert table(august_divided, "tr_12_2", *columns) == [
        ("[0,50]", 1, 1), ("(50,100]", 3, None), ("(50,200]", None, 2), (">200", None, 0), ("total", 4, 3),
    ]  # fmt: skip


def statistics(month: Month) -> dict[str, Decimal | None]:
    return month.column("report.tr_11", "feature_code", "current_value")


def test_tr_11_counts_borrowers_and_weighs_by_balance(july_divided: Month) -> None:
    result = statistics(july_divided)
    expected = {
        "loan_count": 4, "borrower_count": 3, "outstanding_balance": 300,
        "mean_borrower_balance": 100, "max_contract_amount": 600, "max_contract_months": 8,
        "five_borrower_share": 1, "ten_borrower_share": 1,
        # (50 x 30 + 50.01 x 31 + 100 x 40 + 99.99 x 41) / 300, and 50.01 + 100 of 300.
        "wa_borrower_age": Decimal("37.166333"), "thirties_share": Decimal("0.500033"),
        # Not known of the loan that is held, and never told by a tape.
        "normal_share": None, "never_past_due_share": None, "wa_annual_income": None,
        "floating_share": None,
    }  # fmt: skip
    assert {code: result[code] for code in expected} == expected
    assert "issued_amount" not in result


def test_the_initial_pool_is_stated_once_and_kept(
    closing: Month, static_first: Month, static_second: Month, july: Month
) -> None:
    for month in (closing, static_first):
        assert all(month.rows(f"report.{name}") for name in (*INITIAL_TABLES, "off_1"))
    for month in (static_second, july):
        assert all(not month.rows(f"report.{name}") for name in (*INITIAL_TABLES, "off_1"))
    kept = static_second.rows("report.distribution", "scope_code = 'initial'")
    stated = static_first.rows("report.distribution", "scope_code = 'initial'")
    assert [row | {"as_of_date": date(2017, 5, 31)} for row in kept] == stated


def test_every_distribution_foots_in_every_month(any_month: Month) -> None:
    counts = measure(any_month.connection, DISTRIBUTION_RULES)
    assert {
        rule: (count.failing_count, count.error)
        for rule, count in counts.items()
        if count.failing_count or count.error
    } == {}


def test_shares_sum_to_exactly_one(any_month: Month) -> None:
    for name in PERIOD_TABLES:
        sums: dict[str, Decimal] = {}
        for row in any_month.rows(
            f"report.{name}", "bucket_code != 'total' and balance_share is not null"
        ):
            key = row.get("dimension_code", "")
            sums[key] = sums.get(key, Decimal(0)) + row["balance_share"]
        assert set(sums.values()) <= {1}


def test_new_purchases_stand_against_the_pool_after_them(limited: Month) -> None:
    bought = limited.row("purchase.purchase")
    for name in COMPARED_TABLES:
        totals = limited.rows(f"report.{name}", "bucket_code = 'total'")
        assert {row["purchased_balance"] for row in totals} == {bought["purchased_balance"]}
        assert {row["outstanding_balance"] for row in totals} == {bought["closing_pool_balance"]}
        # What an earlier release closed did not state the initial pool.
        assert {row["initial_balance"] for row in totals} == {None}


def test_a_month_without_a_purchase_compares_nothing(july_over: Month, closing: Month) -> None:
    for month in (july_over, closing):
        assert all(not month.rows(f"report.{name}") for name in (*COMPARED_TABLES, "pp_3_1"))
