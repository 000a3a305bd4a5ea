"""The servicer's status beside the one that balance, payments and days past due give, by transition."""

from datetime import date

import duckdb

from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Row, insert, late, loan

DEAL = "small_revolving"
LAST = [
    {"loan_id": "written off before", "status_code": "written_off", "days_past_due": 200},
    {"loan_id": "blank and ageing", "status_code": "overdue", "days_past_due": 59},
    {"loan_id": "defaulted but overdue", "status_code": "overdue", "days_past_due": 70},
]
SAME = [
    loan("current", 100, 90, scheduled_principal_paid=10),
    loan("paid in part", 100, 100, interest_due=2, interest_paid="0.01"),
    loan("nothing was due", 100, 100),
    late("overdue", 100, 30),
    late("at the bound", 100, 90),
    late("defaulted", 100, 91, status_code="defaulted"),
    loan("settled", 10, 0, prepaid_principal_paid=10, status_code="settled"),
    loan("written off", 10, 0, write_off_amount=10, status_code="written_off"),
    loan("written off before", 0, 0, status_code="written_off"),
    loan("recovered", 0, 0, recovery_amount=1, status_code="written_off"),
    loan("taken back", 100, 0, status_code="repurchased", repurchase_price_amount=100),
    loan(
        "says nothing", 100, 90, scheduled_principal_paid=10, status_code=None, days_past_due=None
    ),
]
OTHER = [
    loan("unpaid but current", 100, 100, interest_due=2),
    loan("unpaid but current too", 50, 50, interest_due=1),
    late("defaulted but overdue", 100, 91),
    late("early but defaulted", 100, 90, status_code="defaulted"),
    loan("written off but settled", 10, 0, write_off_amount=10, status_code="settled"),
    loan("blank and ageing", 40, 40, status_code="current", days_past_due=None),
]


def test_a_status_that_the_payments_do_not_give_is_told_by_transition(builder: Builder) -> None:
    carry_pool = last_month([])

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        carry_pool(connection)
        before: Row = {"as_of_date": date(2017, 6, 30)}
        insert(connection, "closed.last_tape", [before | row for row in LAST])

    month = builder.build(DEAL, "2017-07", [*SAME, *OTHER], fill)
    result = {
        (
            row["previous_status_code"],
            row["status_code"],
            row["recomputed_status_code"],
            row["loan_count"],
            int(row["closing_balance"]),
        )
        for row in month.rows("intake.status_difference")
    }
    assert result == {
        ("none", "current", "overdue", 2, 150),
        ("overdue", "overdue", "defaulted", 1, 100),
        ("none", "defaulted", "overdue", 1, 100),
        ("none", "settled", "written_off", 1, 0),
        # 59 days and the 31 of July, and nothing paid.
        ("overdue", "current", "overdue", 1, 40),
    }
