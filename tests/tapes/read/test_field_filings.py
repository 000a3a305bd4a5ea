"""ABS-EE filings from the field, small and invented: each loan as its items state it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.tape_files import read_file

CUT_OFF = date(2019, 9, 30)
LAST_LOAN = "90000005"
RATE = 'reportingPeriodInterestRatePercentage = { type = "rate", decimals = 8'


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


def test_rates_in_per_cent_are_beyond_every_rate_and_are_read_where_the_format_says_so(
    shared: Path, tmp_path: Path
) -> None:
    path = tmp_path / "deal_2019-09.xml"
    path.write_bytes((shared / "field/fc07-abs-percent/percent.xml").read_bytes())
    connection = duckdb.connect()
    read_file(path, connection, CUT_OFF)
    rates = "select distinct annual_rate from landed.tape_row order by all"
    # The rule `annual_rate_out_of_range` sets every one of these rows aside.
    assert all(rate > 1 for (rate,) in connection.sql(rates).fetchall())
    text = (FORMATS_FOLDER / "sec_abs_ee_auto.toml").read_text(encoding="utf-8")
    assert RATE in text
    (tmp_path / "sec_abs_ee_auto.toml").write_text(
        text.replace(RATE, f'{RATE}, unit = "percent"'), encoding="utf-8"
    )
    read_file(path, connection, CUT_OFF, load_formats(tmp_path))
    assert connection.sql(rates).fetchall() == [(Decimal("0.060000"),)]
