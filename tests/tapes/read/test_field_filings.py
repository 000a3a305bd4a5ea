"""ABS-EE filings from the field, small and invented: each loan as its items state it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.tapes.tape_files import read_file

CUT_OFF = date(2019, 9, 30)
LAST_LOAN = "90000005"


def last_loan(shared: Path, tmp_path: Path, case: str, columns: str) -> tuple[object, ...]:
    (source,) = (shared / "field" / case).glob("*.xml")
    path = tmp_path / "deal_2019-09.xml"
    path.write_bytes(source.read_bytes())
    connection = duckdb.connect()
    read_file(path, connection, CUT_OFF)
    assert connection.sql("from landed.bad_cell").fetchall() == []
    query = f"select {columns} from landed.tape_row where loan_id = '{LAST_LOAN}'"
    return connection.sql(query).fetchall()[0]


@pytest.mark.parametrize(
    ("case", "columns", "expected"),
    [
        (
            "fc01-abs-repurchased",
            "status_code, repurchase_price_amount, write_off_amount, unexplained_amount, fee_paid",
            ("repurchased", "10050.00", "0.00", "0.00", "0.00"),
        ),
        (
            "fc02-abs-partial-chargeoff",
            "status_code, write_off_amount, unexplained_amount, closing_balance",
            ("overdue", "4000.00", "0.00", "6000.00"),
        ),
        (
            "fc04-abs-eight-decimals",
            "annual_rate, closing_balance, rounded_columns",
            (
                "0.066400",
                "9800.00",
                "reportingPeriodInterestRatePercentage, reportingPeriodScheduledPaymentAmount",
            ),
        ),
        (
            "fc05-abs-interest-filed",
            "interest_paid, fee_paid, scheduled_principal_paid + prepaid_principal_paid",
            ("50.00", "25.00", "200.00"),
        ),
    ],
)
def test_a_loan_of_a_filing_is_read_as_its_items_state_it(
    shared: Path, tmp_path: Path, case: str, columns: str, expected: tuple[str, ...]
) -> None:
    result = last_loan(shared, tmp_path, case, columns)
    assert tuple(str(v) if isinstance(v, Decimal) else v for v in result) == expected
