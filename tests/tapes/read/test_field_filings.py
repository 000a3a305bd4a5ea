"""ABS-EE filings from the field, small and invented: each loan as its items state it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.read.test_reading_xml import REPURCHASED, row_of
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


SERVICING = (
    "servicer_advance_amount, servicer_advance_method_code, modification_codes, extended_months, "
    "is_repurchase_demanded, demand_status_code, demand_resolution_date, repurchaser_name, "
    "repurchase_reason_codes"
)
DEMAND = {
    "assetSubjectDemandIndicator": "true",
    "assetSubjectDemandStatusCode": "1",
    "demandResolutionDate": "05-29-2017",
    "repurchaserName": "Acme Bank",
}


def test_what_was_advanced_modified_and_demanded_is_read_as_filed(tmp_path: Path) -> None:
    result = row_of(
        tmp_path,
        SERVICING,
        servicingAdvanceMethodCode="4",
        servicerAdvancedAmount="12.34500000",
        modificationTypeCode="4",
        paymentExtendedNumber="2",
        repurchaseReplacementReasonCode="4",
        **DEMAND,
    )
    assert result == (
        Decimal("12.35"),
        "principal_and_interest",
        "extension",
        2,
        True,
        "repurchased",
        date(2017, 5, 29),
        "Acme Bank",
        "warranty_breach",
    )


def test_what_a_filing_leaves_out_of_them_is_unknown(tmp_path: Path) -> None:
    assert row_of(tmp_path, SERVICING) == (None,) * 9


@pytest.mark.parametrize(
    ("item", "column", "filed", "expected"),
    [
        ("modificationTypeCode", "modification_codes", ["3", "4"], "term, extension"),
        ("modificationTypeCode", "modification_codes", ["1", "7"], "rate, 7"),
        ("modificationTypeCode", "modification_codes", ["98"], "other"),
        ("repurchaseReplacementReasonCode", "repurchase_reason_codes", ["99", "2"], "early_payment_default"),
        ("repurchaseReplacementReasonCode", "repurchase_reason_codes", ["99"], None),
        ("servicingAdvanceMethodCode", "servicer_advance_method_code", ["1"], "no_advance"),
        ("servicingAdvanceMethodCode", "servicer_advance_method_code", ["99"], None),
        ("servicingAdvanceMethodCode", "servicer_advance_method_code", ["8"], "8"),
        ("assetSubjectDemandStatusCode", "demand_status_code", ["3"], "withdrawn"),
        # The item's name in filings that were made by an earlier schema.
        ("DemandResolutionDate", "demand_resolution_date", ["05-01-2017"], date(2017, 5, 1)),
    ],
)  # fmt: skip
def test_codes_of_servicing_stand_in_words_and_one_of_no_list_as_filed(
    tmp_path: Path, item: str, column: str, filed: list[str], expected: object
) -> None:
    # The schema lets the first two items stand several times.
    texts = f"</{item}><{item}>".join(filed)
    assert row_of(tmp_path, column, **{item: texts}) == (expected,)


def test_a_demand_that_was_met_is_a_repurchase_without_a_zero_balance_code(tmp_path: Path) -> None:
    changes = REPURCHASED | DEMAND | {"zeroBalanceCode": "", "repurchaseAmount": ""}
    columns = "status_code, write_off_amount, repurchase_price_amount"
    assert row_of(tmp_path, columns, **changes) == ("repurchased", Decimal(0), None)
    # What is not settled is no repurchase.
    changes |= {"assetSubjectDemandStatusCode": "0"}
    assert row_of(tmp_path, columns, **changes)[0] == "written_off"
