"""TR-4-3 and TR-4-4: a row for every period since the closing, worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest
from duckdb import DuckDBPyConnection

from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, carry, insert, loan, owned

JULY, AUGUST = date(2017, 7, 31), date(2017, 8, 31)


def test_tr_4_3_lists_the_periods_with_both_denominators_and_the_trigger(
    july_over: Month, august: Month
) -> None:
    """July: 350.01 of 6,000.00, and of 7,000.00 with the purchases; 190.00 of 655.00 is seriously overdue
    or of unknown days. The fixture of August leaves 1.00 of July's defaults on record."""
    first, second = sorted(august.rows("report.tr_4_3"), key=lambda row: row["line_number"])
    assert {
        "line_number": 1,
        "period_number": 1,
        "collection_end_date": JULY,
        "cumulative_default_balance": Decimal("350.01"),
        "initial_pool_balance": 6000,
        "cumulative_purchased_balance": 1000,
        "cumulative_default_rate": Decimal("0.050001"),
        "cumulative_default_rate_initial": Decimal("0.058335"),
        "cumulative_default_rate_purchased": Decimal("0.050001"),
        "serious_overdue_balance": 190,
        "serious_overdue_rate": Decimal("0.290076"),
        "trigger_threshold_rate": Decimal("0.05"),
        "is_triggered": True,
    }.items() <= first.items()
    (reported,) = july_over.rows("report.tr_4_3")
    assert first | {"as_of_date": JULY} == reported
    assert (second["line_number"], second["period_number"]) == (2, 2)
    assert (second["collection_end_date"], second["is_triggered"]) == (AUGUST, True)
    assert second["cumulative_default_rate_initial"] == Decimal("0.000167")  # 1 / 6,000


def test_tr_4_3_of_the_closing_has_no_rate_but_of_the_pool_that_it_bought(closing: Month) -> None:
    row = closing.row("report.tr_4_3")
    assert (row["period_number"], row["initial_pool_balance"]) == (0, 996)
    assert (row["cumulative_default_rate"], row["cumulative_default_rate_initial"]) == (0, 0)
    assert (row["serious_overdue_rate"], row["is_triggered"]) == (None, None)


def test_tr_4_4_of_the_closing_has_no_row(closing: Month) -> None:
    assert closing.rows("report.tr_4_4") == []


@pytest.fixture(scope="module")
def prepaying(builder: Builder) -> Month:
    """1,000.00 of which 100.00 are scheduled and 90.00 prepaid, after two months of 5 % and 0 %."""

    def fill(connection: DuckDBPyConnection) -> None:
        last_month([owned("A", 600), owned("B", 400)])(connection)
        for day, opening, scheduled, prepaid in (
            (date(2017, 7, 31), 1000, 0, 50),
            (date(2017, 8, 31), 900, 10, 0),
        ):
            place = {"as_of_date": day}
            balance = {"opening_balance": opening, "closing_balance": opening}
            paid = {"scheduled_principal_paid": scheduled, "prepaid_principal_paid": prepaid}
            insert(connection, "history.pool_balance", [place | balance])
            insert(connection, "history.collection", [place | paid])

    loans = [
        loan("A", 600, 500, scheduled_principal_paid=100),
        loan("B", 400, 310, prepaid_principal_paid=90),
    ]
    return builder.build("small_revolving", "2017-09", loans, fill)


def test_tr_4_4_states_the_prepayment_rates_of_month_and_year(prepaying: Month) -> None:
    """90 / (1,000 - 100) is 10 %, and 1 - 0.9^12 = 0.717570463519; 90 / 1,000 is 9 %, 1 - 0.91^12 =
    0.677525…"""
    *_, row = sorted(prepaying.rows("report.tr_4_4"), key=lambda row: row["line_number"])
    assert (row["period_number"], row["collection_end_date"]) == (3, date(2017, 9, 30))
    assert (row["opening_balance"], row["prepaid_principal_paid"]) == (1000, 90)
    assert (row["prepayment_rate"], row["prepayment_rate_opening"]) == (
        Decimal("0.1"),
        Decimal("0.09"),
    )
    assert row["annual_prepayment_rate"] == Decimal("0.717570")
    expected = 1 - (1 - Decimal("0.09")) ** 12
    assert row["annual_prepayment_rate_opening"] == expected.quantize(Decimal("0.000001"))


def test_tr_4_4_repeats_the_periods_before_and_their_mean(prepaying: Month) -> None:
    """1 - 0.95^12 = 0.459639912… and 0: the mean with 0.717570 is 0.392403."""
    rows = sorted(prepaying.rows("report.tr_4_4"), key=lambda row: row["line_number"])
    assert [row["period_number"] for row in rows] == [1, 2, 3]
    assert [row["annual_prepayment_rate"] for row in rows[:2]] == [Decimal("0.459640"), 0]
    assert [row["annual_prepayment_rate_3m"] for row in rows] == [None, None, Decimal("0.392403")]


def test_tr_4_4_of_a_pool_without_a_balance_to_prepay_does_not_state_a_rate(
    builder: Builder,
) -> None:
    gone = [loan("A", 60, 0, scheduled_principal_paid=60, status_code="settled")]
    month = builder.build("small_revolving", "2017-07", gone, last_month([owned("A", 60)]))
    row = month.row("report.tr_4_4")
    assert (row["prepayment_rate"], row["annual_prepayment_rate"]) == (None, None)
    assert row["prepayment_rate_opening"] == 0
    later = builder.build("small_revolving", "2017-08", [], carry(month))
    (_, row) = sorted(later.rows("report.tr_4_4"), key=lambda row: row["line_number"])
    assert (row["prepayment_rate"], row["prepayment_rate_opening"]) == (None, None)
