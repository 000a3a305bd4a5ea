"""Tape rows for tests: one sound loan, and what a test changes of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

AS_OF_DATE = date(2017, 7, 31)

COLUMNS: dict[str, str] = {
    "tape_sha256": "varchar",
    "row_number": "bigint",
    "as_of_date": "date",
    "loan_id": "varchar",
    "borrower_id": "varchar",
    "currency_code": "varchar",
    "term_months": "integer",
    "adjustment_code": "varchar",
    "past_due_count": "integer",
    "region_code": "varchar",
    "gender_code": "varchar",
    "occupation_code": "varchar",
    "annual_income": "decimal(18,2)",
    "credit_score": "integer",
    "star_grade_code": "varchar",
    "is_renegotiated": "boolean",
    "is_disputed": "boolean",
    "is_pledged": "boolean",
    "origination_date": "date",
    "maturity_date": "date",
    "contract_amount": "decimal(18,2)",
    "annual_rate": "decimal(9,6)",
    "opening_balance": "decimal(18,2)",
    "adjustment_amount": "decimal(18,2)",
    "unexplained_amount": "decimal(18,2)",
    "scheduled_principal_paid": "decimal(18,2)",
    "prepaid_principal_paid": "decimal(18,2)",
    "overdue_principal_paid": "decimal(18,2)",
    "interest_due": "decimal(18,2)",
    "interest_paid": "decimal(18,2)",
    "fee_paid": "decimal(18,2)",
    "total_paid": "decimal(18,2)",
    "recovery_amount": "decimal(18,2)",
    "write_off_amount": "decimal(18,2)",
    "repurchase_price_amount": "decimal(18,2)",
    "closing_balance": "decimal(18,2)",
    "remaining_months": "integer",
    "days_past_due": "integer",
    "max_days_past_due": "integer",
    "five_class_code": "varchar",
    "product_code": "varchar",
    "repayment_method_code": "varchar",
    "status_code": "varchar",
    "borrower_age": "integer",
    "servicer_advance_amount": "decimal(18,2)",
    "servicer_advance_balance": "decimal(18,2)",
    "servicer_advance_method_code": "varchar",
    "modification_codes": "varchar",
    "extended_months": "integer",
    "is_repurchase_demanded": "boolean",
    "demand_status_code": "varchar",
    "demand_resolution_date": "date",
    "repurchaser_name": "varchar",
    "repurchase_reason_codes": "varchar",
    "has_critical_bad_cell": "boolean",
    "critical_bad_columns": "varchar",
    "rounded_columns": "varchar",
    "unmatched_tables": "varchar",
}

SOUND_LOAN: dict[str, Any] = {
    "tape_sha256": "a" * 64,
    "as_of_date": AS_OF_DATE,
    "loan_id": "L1",
    "borrower_id": "B1",
    "currency_code": "CNY",
    "term_months": 12,
    "adjustment_code": None,
    "past_due_count": 0,
    "region_code": "CN-ZJ",
    "gender_code": "female",
    "occupation_code": "employee",
    "annual_income": Decimal("74000.00"),
    "credit_score": 700,
    "star_grade_code": None,
    "is_renegotiated": False,
    "is_disputed": False,
    "is_pledged": False,
    "origination_date": date(2017, 3, 10),
    "maturity_date": date(2018, 3, 10),
    "contract_amount": Decimal("1500.00"),
    "annual_rate": Decimal("0.150000"),
    "opening_balance": Decimal("1000.00"),
    "adjustment_amount": Decimal("0.00"),
    "unexplained_amount": Decimal("0.00"),
    "scheduled_principal_paid": Decimal("100.00"),
    "prepaid_principal_paid": Decimal("0.00"),
    "overdue_principal_paid": Decimal("0.00"),
    "interest_due": Decimal("12.50"),
    "interest_paid": Decimal("12.50"),
    "fee_paid": Decimal("0.00"),
    "total_paid": None,
    "recovery_amount": Decimal("0.00"),
    "write_off_amount": Decimal("0.00"),
    "repurchase_price_amount": None,
    "closing_balance": Decimal("900.00"),
    "remaining_months": 8,
    "days_past_due": 0,
    "max_days_past_due": 0,
    "five_class_code": "normal",
    "product_code": "bill_instalment",
    "repayment_method_code": "equal_instalment",
    "status_code": "current",
    "borrower_age": 30,
    "servicer_advance_amount": None,
    "servicer_advance_balance": None,
    "servicer_advance_method_code": None,
    "modification_codes": None,
    "extended_months": None,
    "is_repurchase_demanded": None,
    "demand_status_code": None,
    "demand_resolution_date": None,
    "repurchaser_name": None,
    "repurchase_reason_codes": None,
    "has_critical_bad_cell": False,
    "critical_bad_columns": None,
    "rounded_columns": None,
    "unmatched_tables": None,
}

SOUND_TOTAL: dict[str, int | str | None] = {
    "row_count": 10,
    "read_row_count": 9,
    "malformed_row_count": 1,
    "left_out_row_count": 0,
    "control_row_count": 10,
    "control_row_text": None,
    "control_difference_count": 0,
    "control_difference_text": None,
    "quarantined_row_count": 1,
    "quarantine_text": None,
    "unended_file_text": None,
}


def land_rows(connection: duckdb.DuckDBPyConnection, changes: Sequence[Mapping[str, Any]]) -> None:
    """Make `landed.tape_row` with one row per change: the sound loan, changed, under its number.

    `landed.bad_cell` has the cells that the changes name under "bad_cell".
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute("create schema if not exists landed")
    connection.execute(f"create or replace table landed.tape_row ({columns})")
    connection.execute(
        "create or replace table landed.bad_cell "
        "(tape_sha256 varchar, row_number bigint, column_name varchar)"
    )
    rows = [
        SOUND_LOAN | {"row_number": row_number} | dict(change)
        for row_number, change in enumerate(changes, start=1)
    ]
    if not rows:
        return
    marks = ", ".join(f"({', '.join('?' for _ in COLUMNS)})" for _ in rows)
    values = [row[name] for row in rows for name in COLUMNS]
    connection.execute(f"insert into landed.tape_row values {marks}", values)
    for row in rows:
        if "bad_cell" in row:
            cell = [row["tape_sha256"], row["row_number"], row["bad_cell"]]
            connection.execute("insert into landed.bad_cell values (?, ?, ?)", cell)


def land_total(connection: duckdb.DuckDBPyConnection, **changes: int | str | None) -> None:
    """Make `landed.tape_total` with the sound totals, changed."""
    total = SOUND_TOTAL | changes
    columns = ", ".join(
        f"?::{'varchar' if name.endswith('_text') else 'bigint'} as {name}" for name in total
    )
    connection.execute("create schema if not exists landed")
    connection.execute("drop table if exists landed.tape_total")
    connection.execute(f"create table landed.tape_total as select {columns}", list(total.values()))
