"""ABS-EE filings become canonical rows whose sums are the filed ones."""

import calendar
import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tapes import TapeError
from tests.tapes.tape_files import read_file

MAY = date(2017, 5, 31)
ELEMENTS = {
    "assetNumber": "7",
    "reportingPeriodEndingDate": "05-31-2017",
    "originationDate": "01/2016",
    "originalLoanAmount": "12074",
    "originalLoanTerm": "73",
    "loanMaturityDate": "02/2022",
    "paymentTypeCode": "2",
    "obligorCreditScore": "694",
    "obligorGeographicLocation": "FL",
    "reportingPeriodBeginningLoanBalanceAmount": "1000",
    "reportingPeriodInterestRatePercentage": "0.0704",
    "reportingPeriodActualEndBalanceAmount": "900",
    "reportingPeriodScheduledPaymentAmount": "110",
    "totalActualAmountPaid": "110",
    "actualPrincipalCollectedAmount": "100",
    "actualOtherCollectedAmount": "0",
    "currentDelinquencyStatus": "0",
    "repossessedProceedsAmount": "0",
}


def asset(without: str = "", **changes: str) -> str:
    elements = {name: text for name, text in (ELEMENTS | changes).items() if name != without}
    return "<assets>" + "".join(f"<{n}>{text}</{n}>" for n, text in elements.items()) + "</assets>"


def read_assets(folder: Path, *assets: str) -> duckdb.DuckDBPyConnection:
    namespace = "http://www.sec.gov/edgar/document/absee/autoloan/assetdata"
    path = folder / "deal_2017-05.xml"
    path.write_text(f'<assetData xmlns="{namespace}">\n' + "\n".join(assets) + "\n</assetData>\n")
    connection = duckdb.connect()
    read_file(path, connection, MAY)
    return connection


def row_of(folder: Path, columns: str, **changes: str) -> tuple[object, ...]:
    return (
        read_assets(folder, asset(**changes))
        .sql(f"select {columns} from landed.tape_row")
        .fetchall()[0]
    )


def test_a_filing_is_in_us_dollars(tmp_path: Path) -> None:
    connection = read_assets(tmp_path, asset())
    result = connection.sql(
        "select states_currency, currency_code from landed.tape_file, landed.tape_row"
    )
    assert result.fetchall() == [(True, "USD")]


FLOWS = """scheduled_principal_paid, prepaid_principal_paid, interest_paid, fee_paid,
    recovery_amount, write_off_amount, unexplained_amount, closing_balance"""


def flows(*amounts: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def test_a_loan_that_pays_its_instalment_has_scheduled_principal_only(tmp_path: Path) -> None:
    assert row_of(tmp_path, FLOWS) == flows(100, 0, 10, 0, 0, 0, 0, 900)


def test_principal_above_the_instalment_is_prepaid(tmp_path: Path) -> None:
    result = row_of(
        tmp_path,
        FLOWS,
        totalActualAmountPaid="215",
        actualPrincipalCollectedAmount="200",
        actualOtherCollectedAmount="5",
        reportingPeriodActualEndBalanceAmount="800",
    )
    assert result == flows(100, 100, 10, 5, 0, 0, 0, 800)


def test_a_loan_that_closes_at_zero_by_payment_is_settled_and_prepaid(tmp_path: Path) -> None:
    result = row_of(
        tmp_path,
        f"status_code, {FLOWS}",
        totalActualAmountPaid="1010",
        actualPrincipalCollectedAmount="1000",
        reportingPeriodActualEndBalanceAmount="0",
    )
    assert result == ("settled", *flows(0, 1000, 10, 0, 0, 0, 0, 0))


def test_a_zero_that_principal_did_not_bring_down_is_a_write_off(tmp_path: Path) -> None:
    result = row_of(
        tmp_path,
        f"status_code, {FLOWS}",
        totalActualAmountPaid="0",
        actualPrincipalCollectedAmount="0",
        reportingPeriodActualEndBalanceAmount="0",
        repossessedProceedsAmount="-300",
    )
    assert result == ("written_off", *flows(0, 0, 0, 0, -300, 1000, 0, 0))


def test_a_balance_that_rises_without_cash_is_unexplained(tmp_path: Path) -> None:
    result = row_of(tmp_path, FLOWS, reportingPeriodActualEndBalanceAmount="950")
    assert result == flows(100, 0, 10, 0, 0, 0, 50, 950)


def test_a_balance_a_tenth_lower_than_its_principal_tells_is_unexplained(tmp_path: Path) -> None:
    result = row_of(tmp_path, FLOWS, reportingPeriodActualEndBalanceAmount="810")
    assert result == flows(100, 0, 10, 0, 0, 0, -90, 810)


REPURCHASED = {
    "reportingPeriodActualEndBalanceAmount": "0",
    "totalActualAmountPaid": "0",
    "actualPrincipalCollectedAmount": "0",
    "zeroBalanceCode": "3",
    "repurchaseAmount": "1005.50",
}


def test_a_repurchase_is_its_price_in_cash_and_no_write_off(tmp_path: Path) -> None:
    result = row_of(tmp_path, f"status_code, repurchase_price_amount, {FLOWS}", **REPURCHASED)
    assert result == ("repurchased", Decimal("1005.50"), *flows(0, 0, 0, 0, 0, 0, 0, 0))


def test_a_repurchase_price_within_the_total_paid_is_counted_once(tmp_path: Path) -> None:
    """Some filers add the price to totalActualAmountPaid."""
    changes = REPURCHASED | {"totalActualAmountPaid": "1005.50"}
    result = row_of(tmp_path, f"status_code, repurchase_price_amount, {FLOWS}", **changes)
    assert result == ("repurchased", Decimal("1005.50"), *flows(0, 0, 0, 0, 0, 0, 0, 0))


def test_the_price_of_a_repurchase_that_is_not_filed_is_unknown(tmp_path: Path) -> None:
    changes = REPURCHASED | {"repurchaseAmount": ""}
    result = row_of(tmp_path, "status_code, repurchase_price_amount, write_off_amount", **changes)
    assert result == ("repurchased", None, Decimal(0))


def test_a_charge_off_of_a_part_is_the_amount_that_is_filed(tmp_path: Path) -> None:
    result = row_of(
        tmp_path,
        f"status_code, {FLOWS}",
        totalActualAmountPaid="0",
        actualPrincipalCollectedAmount="0",
        chargedoffPrincipalAmount="400",
        reportingPeriodActualEndBalanceAmount="600",
        currentDelinquencyStatus="125",
    )
    assert result == ("overdue", *flows(0, 0, 0, 0, 0, 400, 0, 600))


@pytest.mark.parametrize(
    ("code", "write_off", "unexplained", "status"),
    [
        ("", 1000, 0, "written_off"),
        ("4", 1000, 0, "written_off"),
        ("2", 1000, 0, "written_off"),
        ("99", 1000, 0, "written_off"),
        ("1", 0, -1000, "settled"),
        ("5", 0, -1000, "settled"),
    ],
)
def test_the_zero_balance_code_decides_what_a_zero_without_cash_is(
    tmp_path: Path, code: str, write_off: int, unexplained: int, status: str
) -> None:
    columns = "write_off_amount, unexplained_amount, status_code"
    changes = REPURCHASED | {"zeroBalanceCode": code, "repurchaseAmount": ""}
    result = row_of(tmp_path, columns, **changes)
    assert result == (write_off, unexplained, status)


@pytest.mark.parametrize(
    ("filed", "closing", "adjustment", "unexplained"),
    [("50", "850", -50, 0), ("-50", "850", -50, 0), ("50", "950", 50, 0), ("50", "949", 50, -1)],
)
def test_an_adjustment_that_is_filed_has_the_sign_by_which_the_balances_roll(
    tmp_path: Path, filed: str, closing: str, adjustment: int, unexplained: int
) -> None:
    result = row_of(
        tmp_path,
        "adjustment_amount, unexplained_amount, write_off_amount",
        otherPrincipalAdjustmentAmount=filed,
        reportingPeriodActualEndBalanceAmount=closing,
    )
    assert result == (adjustment, unexplained, 0)


@pytest.mark.parametrize(
    ("total", "interest", "other", "fee"),
    [("150", "50", "0", 0), ("175", "50", "0", 25), ("175", "50", "25", 25), ("150", "60", "0", 0)],
)
def test_interest_that_is_filed_is_the_interest_and_the_rest_other_income(
    tmp_path: Path, total: str, interest: str, other: str, fee: int
) -> None:
    result = row_of(
        tmp_path,
        "interest_paid, fee_paid, total_paid",
        totalActualAmountPaid=total,
        actualInterestCollectedAmount=interest,
        actualOtherCollectedAmount=other,
    )
    assert result == (int(interest), fee, int(total))


def test_eight_decimals_are_rounded_once_and_noted(tmp_path: Path) -> None:
    result = row_of(
        tmp_path,
        "annual_rate, interest_paid, closing_balance, rounded_columns, has_critical_bad_cell",
        reportingPeriodInterestRatePercentage="0.06640050",
        totalActualAmountPaid="110.00499999",
        actualPrincipalCollectedAmount="100.00000001",
        reportingPeriodActualEndBalanceAmount="899.995",
    )
    rounded = (
        "reportingPeriodInterestRatePercentage, reportingPeriodActualEndBalanceAmount, "
        "totalActualAmountPaid, actualPrincipalCollectedAmount"
    )
    expected = (Decimal("0.066401"), Decimal("10.00"), Decimal("900.00"), rounded, False)
    assert result == expected


def test_a_ninth_decimal_is_a_bad_cell(tmp_path: Path) -> None:
    result = row_of(tmp_path, "critical_bad_columns", originalLoanAmount="12074.123456789")
    assert result == ("originalLoanAmount",)


def test_dates_codes_and_unknowns_are_mapped(tmp_path: Path) -> None:
    columns = """as_of_date, loan_id, product_code, origination_date, maturity_date,
        contract_amount, annual_rate, region_code, credit_score, borrower_id, interest_due,
        is_renegotiated"""
    result = row_of(tmp_path, columns, obligorCreditScore="None")
    expected = (MAY, "7", "auto_loan", date(2016, 1, 1), date(2022, 2, 28), Decimal(12074))
    assert result == (*expected, Decimal("0.0704"), "US-FL", None, None, None, None)


@pytest.mark.parametrize(
    ("days", "expected"), [("0", ("current", 0)), ("1", ("overdue", 1)), ("", (None, None))]
)
def test_the_status_follows_the_days_past_due_and_is_unknown_without_them(
    tmp_path: Path, days: str, expected: tuple[object, object]
) -> None:
    result = row_of(tmp_path, "status_code, days_past_due", currentDelinquencyStatus=days)
    assert result == expected


def test_a_bad_source_cell_is_named_as_the_filing_names_it(tmp_path: Path) -> None:
    connection = read_assets(tmp_path, asset(), asset(originalLoanAmount="12,074"))
    result = connection.sql("select row_number, column_name, cell_text from landed.bad_cell")
    assert result.fetchall() == [(2, "originalLoanAmount", "12,074")]
    marked = connection.sql("select row_number, has_critical_bad_cell from landed.tape_row")
    assert marked.fetchall() == [(1, False), (2, True)]


def test_a_loan_with_an_element_twice_is_malformed_and_the_next_keeps_its_number(
    tmp_path: Path,
) -> None:
    twice = asset().replace("<assetNumber>", "<assetNumber>6</assetNumber><assetNumber>")
    connection = read_assets(tmp_path, asset(), twice, asset(assetNumber="8"))
    rows = connection.sql("select row_number, loan_id from landed.tape_row").fetchall()
    assert rows == [(1, "7"), (3, "8")]
    malformed = connection.sql("select row_number, reason from landed.malformed_row").fetchall()
    assert malformed == [(2, "element assetNumber is there twice")]


def test_an_element_that_no_loan_has_is_named_when_it_is_required(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="no row has the element totalActualAmountPaid"):
        read_assets(tmp_path, asset(without="totalActualAmountPaid"))


def test_a_filing_without_loans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="no rows"):
        read_assets(tmp_path)


def test_an_external_entity_is_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("4242")
    namespace = "http://www.sec.gov/edgar/document/absee/autoloan/assetdata"
    path = tmp_path / "deal_2017-05.xml"
    body = asset(assetNumber="&x;")
    path.write_text(
        f'<!DOCTYPE assetData [<!ENTITY x SYSTEM "{secret.as_uri()}">]>\n'
        f'<assetData xmlns="{namespace}">{body}</assetData>'
    )
    connection = duckdb.connect()
    read_file(path, connection, MAY)
    assert connection.sql("select loan_id from landed.tape_row").fetchall() == [(None,)]


@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_a_filing_that_is_cut_short_is_refused(shared: Path, tmp_path: Path, kept: float) -> None:
    source = shared / "tapes/sec-auto-ally/abs-ee-xml/AART2017-3_201705.xml.gz"
    packed = source.read_bytes()
    unpacked = gzip.decompress(packed)
    for name, data in (("deal_2017-05.xml.gz", packed), ("deal_2017-05.xml", unpacked)):
        path = tmp_path / name
        path.write_bytes(data[: int(len(data) * kept)])
        with pytest.raises(TapeError, match="cut short or damaged"):
            read_file(path, duckdb.connect(), MAY)


FILED = [
    (5, 3513, "63403312.70", "2138751.09", "2508803.91"),
    (6, 3454, "61667328.12", "1736821.86", "2087617.17"),
    (7, 3411, "59918602.15", "1749001.98", "2080918.34"),
    (8, 3366, "58183591.17", "1675412.43", "2002002.13"),
    (9, 3310, "56469991.92", "1682859.31", "1989744.95"),
    (10, 3254, "54636669.50", "1803974.89", "2118777.70"),
]


@pytest.mark.parametrize(("month", "rows", "closing", "principal", "paid"), FILED)
def test_a_filed_month_is_read_whole_and_every_loan_rolls_forward(
    shared: Path, tmp_path: Path, month: int, rows: int, closing: str, principal: str, paid: str
) -> None:
    source = shared / f"tapes/sec-auto-ally/abs-ee-xml/AART2017-3_2017{month:02}.xml.gz"
    path = tmp_path / source.name
    path.write_bytes(source.read_bytes())
    connection = duckdb.connect()
    month_end = date(2017, month, calendar.monthrange(2017, month)[1])
    count = read_file(path, connection, month_end)
    assert (count.row_count, count.malformed_row_count, count.bad_cell_count) == (rows, 0, 0)
    result = connection.sql("""
        select
            sum(closing_balance),
            sum(scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid),
            sum(scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid
                + interest_paid + fee_paid),
            count(*) filter (
                opening_balance + unexplained_amount - scheduled_principal_paid
                - prepaid_principal_paid - write_off_amount is distinct from closing_balance
            ),
            min(least(scheduled_principal_paid, prepaid_principal_paid, interest_paid)),
        from landed.tape_row""").fetchall()
    assert result == [(Decimal(closing), Decimal(principal), Decimal(paid), 0, Decimal(0))]
