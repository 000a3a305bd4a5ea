"""TR-5 and TR-6: what became of defaulted loans, and what the pool is expected to pay."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, carry, late, loan, owned

STATES = ("not_disposed", "collecting", "cured", "written_off", "written_off_recovering", "settled",
          "repurchased", "total")  # fmt: skip
NAMES = ("silent", "paying", "cured", "lost", "recovering", "paid off", "taken back", "untold")


@pytest.fixture(scope="module")
def defaulted(builder: Builder) -> Month:
    """July: eight loans of 100.00 are 91 days late, and one of them pays 3.00 before it defaults."""
    kept = [owned(name, 100) for name in NAMES]
    loans = [late(name, 100, 91) for name in NAMES[1:]]
    silent = late("silent", 100, 91) | {"closing_balance": 97, "overdue_principal_paid": 3}
    return builder.build("small_revolving", "2017-07", [silent, *loans], last_month(kept))


@pytest.fixture(scope="module")
def disposed(builder: Builder, defaulted: Month) -> Month:
    """August: each of them goes another way."""
    written_off = {"status_code": "written_off"}
    loans = [
        late("silent", 97, 122),
        late("paying", 100, 122)
        | {"closing_balance": 90, "overdue_principal_paid": 10, "interest_paid": 1},
        loan("cured", 100, 40, overdue_principal_paid=60),
        loan("lost", 100, 0, write_off_amount=100, **written_off),
        loan("recovering", 100, 0, write_off_amount=100, recovery_amount=7, **written_off),
        loan("paid off", 100, 0, overdue_principal_paid=100, status_code="settled"),
        loan("taken back", 100, 0, status_code="repurchased", repurchase_price_amount=100),
        loan("untold", 100, 100, days_past_due=None, status_code=None),
    ]
    return builder.build("small_revolving", "2017-08", loans, carry(defaulted))


def states(month: Month, *columns: str) -> dict[str, tuple[Any, ...]]:
    return {
        row["disposal_code"]: tuple(row[column] for column in columns)
        for row in month.rows("report.tr_5")
    }


def test_tr_5_says_where_each_defaulted_loan_stands(disposed: Month) -> None:
    columns = ("loan_count", "default_balance", "outstanding_balance", "recovered_amount")
    assert states(disposed, *columns) == {
        "not_disposed": (1, 97, 97, 0),
        "collecting": (1, 100, 90, 11),
        "cured": (1, 100, 40, 60),
        "written_off": (1, 100, 0, 0),
        "written_off_recovering": (1, 100, 0, 7),
        "settled": (1, 100, 0, 100),
        "repurchased": (1, 100, 0, 0),
        "unknown": (1, 100, 100, 0),
        "total": (8, 797, 327, 178),
    }


def test_tr_5_counts_what_a_loan_paid_before_its_default_as_no_recovery(defaulted: Month) -> None:
    rows = states(defaulted, "loan_count", "recovered_amount")
    assert rows["not_disposed"] == rows["total"] == (8, 0)
    # No loan's days are unknown: that state has no line.
    assert set(rows) == set(STATES)


def test_tr_5_keeps_a_loan_that_left_the_pool_as_it_left(builder: Builder, disposed: Month) -> None:
    month = builder.build("small_revolving", "2017-09", [], carry(disposed))
    rows = states(month, "loan_count", "recovered_amount")
    assert rows["settled"] == (1, 100)
    assert rows["repurchased"] == (1, 0)
    assert rows["total"][0] == 8


def test_tr_5_is_of_the_initial_pool(disposed: Month) -> None:
    """797.00 of the initial 3,000.00; how many loans that was the closing did not tell here."""
    share, count_share = states(disposed, "initial_pool_share", "initial_loan_share")["total"]
    assert (share, count_share) == (Decimal("0.265667"), None)


def test_tr_5_counts_against_the_loans_that_the_first_month_bought(static_first: Month) -> None:
    row = static_first.row("report.tr_5", "disposal_code = 'total'")
    bought = static_first.row("purchase.purchase")["purchased_loan_count"]
    assert (row["loan_count"], bought) == (1, 4)
    assert row["initial_loan_share"] == Decimal("0.25")


@pytest.fixture(scope="module")
def expected(builder: Builder) -> Month:
    """300.00 in equal thirds at 1 % a month, 60.00 overdue with one month left, 50.00 in default, and 20.00
    of unknown days past due."""
    kind = {"repayment_method_code": "equal_principal", "annual_rate": "0.12"}
    loans = [
        loan("thirds", 300, 300, remaining_months=3, **kind),
        late("late", 60, 20) | kind | {"remaining_months": 1},
        late("lost", 50, 120),
        loan("untold", 20, 20, days_past_due=None),
    ]
    kept = [owned("thirds", 300), owned("late", 60), owned("lost", 50), owned("untold", 20)]
    return builder.build("small_revolving", "2017-07", loans, last_month(kept))


def flows(month: Month) -> list[tuple[Any, ...]]:
    names = ("flow_code", "collection_end_date", "opening_balance", "principal_due", "interest_due",
             "principal_and_interest_due", "closing_balance")  # fmt: skip
    rows = sorted(month.rows("report.tr_6"), key=lambda row: row["line_number"])
    return [tuple(row[name] for name in names) for row in rows]


def test_tr_6_states_what_falls_due_month_by_month_and_what_it_leaves_out(expected: Month) -> None:
    """The overdue loan's 60.00 and 0.60 fall due with the first third."""
    assert flows(expected) == [
        ("month", date(2017, 8, 31), 360, 160, Decimal("3.60"), Decimal("163.60"), 200),
        ("month", date(2017, 9, 30), 200, 100, 2, 102, 100),
        ("month", date(2017, 10, 31), 100, 100, 1, 101, 0),
        ("total", None, 360, 360, Decimal("6.60"), Decimal("366.60"), 0),
        ("defaulted", None, 50, None, None, None, None),
        ("unknown", None, 20, None, None, None, None),
    ]


def test_tr_6_of_a_loan_whose_method_is_unknown_leaves_it_out(builder: Builder) -> None:
    untold = [loan("untold", 30, 30, repayment_method_code=None)]
    month = builder.build("small_revolving", "2017-07", untold, last_month([owned("untold", 30)]))
    assert [(code, opening) for code, _, opening, *_ in flows(month)] == [
        ("total", 0),
        ("unknown", 30),
    ]


def test_tr_6_and_what_it_leaves_out_are_the_pool(any_month: Month) -> None:
    pool = sum(
        (row["outstanding_balance"] for row in any_month.rows("purchase.pool_loan")), Decimal()
    )
    rows = flows(any_month)
    assert sum(opening for code, _, opening, *_ in rows if code != "month") == pool
    assert all(row[2] - row[3] == row[6] for row in rows if row[0] == "month")
