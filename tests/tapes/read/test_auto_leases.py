"""Invented auto leases in the names of the SEC's schema: a class of ABS-EE that a TOML alone reads."""

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest

from tapes.recognise.load import load_formats
from tests.tapes.formats.mini import read_files, rows

NAMESPACE = "http://www.sec.gov/edgar/document/absee/autolease/assetdata"
LEASE = {
    "assetNumber": "L-1",
    "reportingPeriodEndDate": "03-31-2024",
    "originationDate": "05/2022",
    "scheduledTerminationDate": "05/2025",
    "originalLeaseTermNumber": "36",
    "acquisitionCost": "41250.5",
    "baseResidualValue": "22100",
    "securitizationDiscountRate": "0.0725",
    "reportingPeriodSecuritizationValueAmount": "30000.12345678",
    "reportingPeriodEndActualSecuritizationAmount": "29600.12",
    "reportingPeriodScheduledPaymentAmount": "560",
    "totalActualAmountPaid": "585",
    "actualOtherCollectedAmount": "25",
    "remainingTermNumber": "14",
    "currentDelinquencyStatus": "0",
    "lesseeGeographicLocation": "NJ",
    "lesseeCreditScore": "771",
}
UNPAID = {
    "totalActualAmountPaid": "0",
    "actualOtherCollectedAmount": "0",
    "currentDelinquencyStatus": "31",
}
ENDED = {"reportingPeriodEndActualSecuritizationAmount": "0", "currentDelinquencyStatus": "12"}
COLUMNS = (
    "status_code, opening_balance, scheduled_principal_paid, prepaid_principal_paid, interest_paid, "
    "fee_paid, write_off_amount, unexplained_amount, repurchase_price_amount, closing_balance"
)


def amounts(*texts: str) -> tuple[D, ...]:
    return tuple(map(D, texts))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("current", *amounts("30000.12", "400", "0", "160", "25", "0", "0", "0", "29600.12"))),
        # Paid by the sale of the vehicle, less than its value: the rest is charged off.
        (
            ENDED | {"liquidationProceedsAmount": "28000", "chargedOffAmount": "1500"},
            ("written_off", *amounts("30000.12", "0", "28500.12", "59.88", "25", "1500", "0", "0", "0")),
        ),
        (
            ENDED | {"liquidationProceedsAmount": "31000", "zeroBalanceCode": "1"},
            ("settled", *amounts("30000.12", "0", "30000.12", "1559.88", "25", "0", "0", "0", "0")),
        ),
        (
            ENDED | {"repurchaseAmount": "30100", "zeroBalanceCode": "2"},
            ("repurchased", *amounts("30000.12", "0", "0", "560", "25", "0", "0", "30100", "0")),
        ),
        # Code 3 of a lease is a charge-off, which that of an auto loan is not; what no cash covers is lost.
        (
            ENDED | {"zeroBalanceCode": "3", "liquidationProceedsAmount": "20000"},
            ("written_off", *amounts("30000.12", "0", "20585", "0", "0", "9415.12", "0", "0", "0")),
        ),
        (
            ENDED | {"zeroBalanceCode": "2"},
            ("repurchased", *amounts("30000.12", "0", "0", "560", "25", "0", "0"), None, D(0)),
        ),
        # A value that falls without cash is said, and not made a payment.
        (
            UNPAID,
            ("overdue", *amounts("30000.12", "0", "0", "0", "0", "0", "-400", "0", "29600.12")),
        ),
    ],
    ids=["paying", "sold at a loss", "sold", "repurchased", "charged off", "at an unknown price", "unpaid"],
)  # fmt: skip
def test_a_lease_is_read_by_its_securitization_value(
    tmp_path: Path, changes: dict[str, str], expected: tuple[object, ...]
) -> None:
    cells = "".join(f"<{name}>{text}</{name}>" for name, text in (LEASE | changes).items())
    text = f'<assetData xmlns="{NAMESPACE}"><assets>{cells}</assets></assetData>'
    # Told from auto loans, whose root element has the same name, by the namespace.
    formats = {name: load_formats()[name] for name in ("sec_abs_ee_auto", "sec_abs_ee_auto_lease")}
    connection, count = read_files(tmp_path, formats, {"x.xml": text.encode()}, date(2024, 3, 31))
    assert (count.row_count, count.bad_cell_count) == (1, 0)
    assert rows(connection, COLUMNS) == [expected]
    terms = rows(
        connection, "loan_id, term_months, maturity_date, annual_rate, region_code, rounded_columns"
    )
    assert terms == [
        (
            "L-1",
            36,
            date(2025, 5, 31),
            D("0.0725"),
            "US-NJ",
            "reportingPeriodSecuritizationValueAmount",
        )
    ]
    rolled = (
        "opening_balance + unexplained_amount - scheduled_principal_paid - prepaid_principal_paid"
    )
    if expected[0] != "repurchased":
        assert rows(connection, f"{rolled} - write_off_amount - closing_balance") == [(0,)]
    noted = dict(connection.sql("select item_name, row_count from landed.remark").fetchall())
    assert ("interest_paid" in noted) == (changes.get("totalActualAmountPaid") != "0")


def test_the_servicing_items_of_a_lease_are_read_by_the_codes_of_leases(tmp_path: Path) -> None:
    changes = {
        "servicerAdvancedAmount": "10.5",
        "servicingAdvanceMethodCode": "2",
        "modificationTypeCode": "1</modificationTypeCode><modificationTypeCode>2",
        "leaseExtended": "3",
        "assetSubjectDemandIndicator": "false",
        "repurchaseOrReplacementReasonCode": "98",
    }
    cells = "".join(f"<{name}>{text}</{name}>" for name, text in (LEASE | changes).items())
    text = f'<assetData xmlns="{NAMESPACE}"><assets>{cells}</assets></assetData>'
    formats = {"sec_abs_ee_auto_lease": load_formats()["sec_abs_ee_auto_lease"]}
    connection, _ = read_files(tmp_path, formats, {"x.xml": text.encode()}, date(2024, 3, 31))
    columns = (
        "servicer_advance_amount, servicer_advance_method_code, modification_codes, extended_months, "
        "is_repurchase_demanded, repurchase_reason_codes"
    )
    expected = (D("10.50"), "interest", "payment, term", 3, False, "other")
    assert rows(connection, columns) == [expected]
