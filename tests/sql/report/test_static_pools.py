"""The dynamic pool, roll rates and static pools of three months, worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest
from duckdb import DuckDBPyConnection

from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, Row, carry, insert, late, loan, owned

JUNE, MARCH, APRIL = "2017-06", date(2017, 3, 15), date(2017, 4, 15)
BOUGHT = {
    ("entry", JUNE): (2, 1000),
    ("origination", "2017-03"): (1, 960),
    ("origination", "2017-04"): (1, 40),
}


def closed_june(connection: DuckDBPyConnection) -> None:
    """A of March and B of April were bought in June; B is 85 days past due."""
    a = owned("A", 960, origination_date=MARCH)
    b = owned("B", 40, origination_date=APRIL, days_past_due=85, status_code="overdue_61_90")
    last_month([a, b], initial_pool=1000, purchased=0)(connection)
    bought = [
        {
            "as_of_date": date(2017, 6, 30),
            "cohort_code": kind,
            "cohort_month": month,
            "purchased_loan_count": count,
            "purchased_balance": balance,
        }
        | dict.fromkeys(("principal_paid", "prepaid_principal_paid"), 0)
        | dict.fromkeys(("default_balance", "recovery_amount", "opening_balance"), 0)
        for (kind, month), (count, balance) in BOUGHT.items()
    ]
    insert(connection, "history.cohort_month", bought)
    june = {"as_of_date": date(2017, 6, 30), "closing_pool_balance": 1000}
    insert(connection, "history.purchase", [june])


@pytest.fixture(scope="module")
def july(builder: Builder) -> Month:
    """A pays 100.00, of which 40.00 early; B defaults; C of June costs 60.00 of the cash."""
    loans = [
        loan(
            "A", 960, 860, scheduled_principal_paid=60, prepaid_principal_paid=40, interest_paid=20
        ),
        late("B", 40, 95, origination_date=APRIL),
        loan("C", 60, 60, origination_date=date(2017, 6, 1)),
    ]
    return builder.build("small_revolving", "2017-07", loans, closed_june)


@pytest.fixture(scope="module")
def august(builder: Builder, july: Month) -> Month:
    """A pays 100.00, C pays itself off, B gives 5.00 back."""
    loans = [
        loan("A", 860, 760, scheduled_principal_paid=100),
        late("B", 40, 126, origination_date=APRIL, recovery_amount=5),
        loan("C", 60, 0, scheduled_principal_paid=60, origination_date=date(2017, 6, 1)),
    ]
    return builder.build("small_revolving", "2017-08", loans, carry(july))


def pools(month: Month) -> dict[tuple[str, str], Row]:
    return {(row["cohort_code"], row["cohort_month"]): row for row in month.rows("report.sp_1")}


def test_a_static_pool_is_followed_from_its_entry_and_from_its_origination(
    july: Month, august: Month
) -> None:
    entered = pools(july)["entry", JUNE]
    assert (entered["months_on_book"], entered["purchased_balance"]) == (1, 1000)
    assert (entered["cumulative_principal_paid"], entered["cumulative_default_balance"]) == (
        100,
        40,
    )
    assert entered["cumulative_prepaid_principal_paid"] == 40
    assert (entered["cohort_default_rate"], entered["outstanding_balance"]) == (
        Decimal("0.04"),
        900,
    )
    later = pools(august)["entry", JUNE]
    assert (later["cumulative_principal_paid"], later["cumulative_recovery_amount"]) == (200, 5)
    assert (later["cohort_net_loss_rate"], later["pool_factor"]) == (
        Decimal("0.035"),
        Decimal("0.8"),
    )
    march, april = (pools(august)["origination", f"2017-{number}"] for number in ("03", "04"))
    assert (march["cohort_default_rate"], march["outstanding_balance"]) == (0, 760)
    assert (april["cohort_default_rate"], april["outstanding_balance"]) == (1, 40)


def test_a_purchase_is_a_pool_of_its_own_and_stays_when_it_is_repaid(
    july: Month, august: Month
) -> None:
    bought = pools(july)["entry", "2017-07"]
    assert (bought["months_on_book"], bought["purchased_loan_count"]) == (0, 1)
    assert (bought["purchased_balance"], bought["outstanding_balance"]) == (60, 60)
    repaid = pools(august)["entry", "2017-07"]
    assert (repaid["cumulative_principal_paid"], repaid["outstanding_balance"]) == (60, 0)
    assert repaid["purchased_balance"] == 60


def test_the_vintage_curve_is_of_the_purchases_that_reached_an_age(august: Month) -> None:
    """At a month June had lost 40 of 1,000 and July nothing of 60; at two months June alone."""
    first, second = sorted(august.rows("report.sp_2"), key=lambda row: row["months_on_book"])
    assert (first["months_on_book"], first["cohort_count"], first["purchased_balance"]) == (
        1,
        2,
        1060,
    )
    assert first["cohort_default_rate"] == Decimal("0.037736")  # 40 / 1,060
    assert (first["lowest_default_rate"], first["highest_default_rate"]) == (0, Decimal("0.04"))
    assert (second["cohort_count"], second["cohort_default_rate"]) == (1, Decimal("0.04"))


def test_without_a_month_since_the_closing_what_was_bought_is_unknown(builder: Builder) -> None:
    def fill(connection: DuckDBPyConnection) -> None:
        closed_june(connection)
        connection.execute("delete from history.cohort_month")

    month = builder.build("small_revolving", "2017-07", [loan("A", 960, 960)], fill)
    row = pools(month)["origination", "2017-03"]
    assert (row["purchased_balance"], row["cohort_default_rate"], row["pool_factor"]) == (None,) * 3
    assert row["outstanding_balance"] == 960
    assert month.rows("report.sp_2") == []


def test_roll_rates_say_where_the_opening_balance_went(july: Month, august: Month) -> None:
    current, late_one = sorted(july.rows("report.rr_1"), key=lambda row: row["line_number"])
    assert (current["opening_status_code"], current["opening_balance"]) == ("current", 960)
    assert current["to_current_share"] == 1
    assert (late_one["opening_status_code"], late_one["opening_loan_count"]) == ("overdue_61_90", 1)
    assert late_one["to_overdue_over_90_share"] == 1
    current, *_ = sorted(august.rows("report.rr_1"), key=lambda row: row["line_number"])
    # C of 60.00 is paid off beside A of 860.00.
    assert current["to_settled_share"] == Decimal("0.065217")
    assert current["to_current_share"] == Decimal("0.934783")


def test_the_dynamic_pool_has_a_row_a_period_with_rates_of_its_opening_balance(
    july: Month, august: Month
) -> None:
    first, second = sorted(august.rows("report.dp_1"), key=lambda row: row["line_number"])
    assert first | {"as_of_date": first["collection_end_date"]} == july.row("report.dp_1")
    assert (first["period_number"], second["period_number"]) == (1, 2)
    assert (first["opening_balance"], first["payment_rate"]) == (1000, Decimal("0.1"))
    for row, month in ((first, july), (second, august)):
        notes = month.column("waterfall.note_balance", "note_code", "opening_balance")
        assert row["notes_opening_balance"] == sum(notes.values()) > 0
    assert first["prepayment_rate"] == Decimal("0.042553")  # 40 / (1,000 - 60)
    expected = 1 - (1 - Decimal("0.04")) ** 12
    assert first["month_default_rate"] == Decimal("0.04")
    assert first["annual_default_rate"] == expected.quantize(Decimal("0.000001"))
    assert (first["loss_severity_rate"], second["loss_severity_rate"]) == (1, Decimal("0.875"))


def test_the_gap_is_of_the_notes_maturity_and_the_pools_average_life(july: Month) -> None:
    row = july.row("report.dp_1")
    assert july.row("deal.period")["expected_maturity_date"].month == 12
    assert row["notes_remaining_months"] == 5
    flows = [line for line in july.rows("report.tr_6") if line["flow_code"] == "month"]
    total = sum(line["principal_due"] for line in flows)
    months = sum(line["principal_due"] * (line["collection_end_date"].month - 7) for line in flows)
    assert row["pool_remaining_months"] == (Decimal(months) / total).quantize(Decimal("0.000001"))
    assert (
        row["duration_gap_months"] == row["notes_remaining_months"] - row["pool_remaining_months"]
    )


def test_yield_excess_spread_and_turnover_are_of_the_opening_pool_and_of_the_initial_one(
    july: Month,
) -> None:
    """20.00 of interest on 1,000.00 are 24 % a year; July bought 60.00 after an initial 1,000.00."""
    row = july.row("report.dp_1")
    rates = july.column("deal.note", "note_code", "annual_rate")
    notes = july.column("waterfall.note_balance", "note_code", "opening_balance")
    coupons = sum(Decimal(notes[note]) * rates[note] for note in notes)
    assert coupons > 0
    assert row["yield_rate"] == Decimal("0.24")
    assert row["excess_spread_rate"] == (Decimal(240 - coupons) / 1000).quantize(
        Decimal("0.000001")
    )
    assert row["turnover_ratio"] == Decimal("0.06")
