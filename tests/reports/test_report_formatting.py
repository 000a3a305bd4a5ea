"""Values become texts: the kind by the column's name, rounding half up, nothing lost unsaid."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.formatting import Kind, check_value, format_number, kind_of
from reports.pack import LANGUAGES, ReportError, Value


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("price_amount", Kind.MONEY),
        ("closing_balance", Kind.MONEY),
        ("interest_due", Kind.MONEY),
        ("cumulative_principal_paid", Kind.MONEY),
        ("principal_paid_per_100", Kind.PER_100),
        ("annual_rate", Kind.ANNUAL_RATE),
        ("wa_annual_rate", Kind.ANNUAL_RATE),
        ("cumulative_default_rate", Kind.RATE),
        ("balance_share", Kind.RATE),
        ("loan_count", Kind.COUNT),
        ("is_interest_deferred", Kind.FLAG),
        ("is_paid", Kind.FLAG),
        ("item_name_zh", Kind.TEXT),
        ("status_code", Kind.CODE),
        ("remark", None),
    ],
)
def test_the_suffix_of_a_column_says_its_kind(column: str, expected: Kind | None) -> None:
    assert kind_of(column) is expected


@pytest.mark.parametrize(
    ("number", "kind", "expected"),
    [
        ("5310000000.00", Kind.MONEY, "5,310,000,000.00"),
        ("-0.50", Kind.MONEY, "-0.50"),
        ("88.123450", Kind.PER_100, "88.1235"),
        ("0.1", Kind.RATE, "10.00%"),
        ("0.000049", Kind.RATE, "0.00%"),
        ("0.00005", Kind.RATE, "0.01%"),
        ("-0.00001", Kind.RATE, "0.00%"),
        ("0.049", Kind.ANNUAL_RATE, "4.90%"),
        ("0.06055", Kind.ANNUAL_RATE, "6.055%"),
        ("0.141875", Kind.ANNUAL_RATE, "14.1875%"),
        ("12", Kind.MONTHS, "12.00"),
        ("1800000", Kind.COUNT, "1,800,000"),
    ],
)
def test_a_number_is_written_as_its_kind_asks_in_both_languages(
    number: str, kind: Kind, expected: str
) -> None:
    assert [format_number(Decimal(number), kind, language) for language in LANGUAGES] == [
        expected
    ] * 2


@given(st.decimals(-(10**12), 10**12, places=2))
def test_written_money_reads_back_to_the_cent(amount: Decimal) -> None:
    assert Decimal(format_number(amount, Kind.MONEY, "en").replace(",", "")) == amount


@given(st.decimals(-100, 100, places=6))
def test_a_written_rate_is_within_half_of_its_last_digit(rate: Decimal) -> None:
    written = Decimal(format_number(rate, Kind.RATE, "en").rstrip("%").replace(",", "")) / 100
    assert abs(written - rate) <= Decimal("0.00005")


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (0.1, Kind.RATE, "is not a Decimal or an integer"),
        (True, Kind.COUNT, "is not a Decimal or an integer"),
        (Decimal("1.005"), Kind.MONEY, "is not in whole cents"),
        (Decimal("1.5"), Kind.COUNT, "is not a whole number"),
        (Decimal("NaN"), Kind.MONEY, "is not a finite number"),
        (Decimal("12345678901234.56"), Kind.MONEY, "is not within 15 significant digits"),
        (Decimal("1E+15"), Kind.MONEY, "is not within 15 significant digits"),
        (datetime(2017, 8, 31), Kind.DATE, "is not a date"),
        ("yes", Kind.FLAG, "is not true or false"),
        (7, Kind.TEXT, "is not text"),
        ("x" * 32_768, Kind.TEXT, "a text of 32,768 characters, expected 32,767 at most"),
    ],
)
def test_a_value_of_another_kind_is_refused(value: Value, kind: Kind, expected: str) -> None:
    with pytest.raises(ReportError, match=expected) as refusal:
        check_value(value, kind, "tr_9 row 1, column x")
    assert str(refusal.value).startswith("tr_9 row 1, column x: ")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Decimal("1.00500"), Kind.PER_100),
        (Decimal("1.50"), Kind.MONEY),
        (Decimal("2.000"), Kind.COUNT),
        (Decimal("1234567890123.45"), Kind.MONEY),
        (date(2017, 8, 31), Kind.DATE),
        ("x" * 32_767, Kind.TEXT),
        (None, Kind.MONEY),
    ],
)
def test_a_value_of_its_kind_passes(value: Value, kind: Kind) -> None:
    assert check_value(value, kind, "here") is None
