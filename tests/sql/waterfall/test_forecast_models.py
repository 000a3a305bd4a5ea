"""The forecast that a close makes, and the next month beside it; amounts worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.sql.small_month import Builder, Month, Row, carry, loan

STATIC = "small_static"
ASSUMED = {
    "cpr": 0.0,
    "cdr": 0.0,
    "delinquency": 0.0,
    "delinquency_months": 1,
    "roll": 0.0,
    "recovery": 0.0,
    "recovery_lag": 0,
}
JUNE, JULY = date(2017, 6, 30), date(2017, 7, 31)


def assuming(**changes: Any) -> list[tuple[str, str]]:
    """The edit of a deal's file that states a forecast: nothing prepaid, nothing lost, unless said."""
    lines = "".join(
        f'{name} = {{ value = {value}, source = "assumed: by the test" }}\n'
        for name, value in (ASSUMED | changes).items()
    )
    return [("[schedule]\n", f"[forecast]\n{lines}\n[schedule]\n")]


def equal_thirds(opening: Any, closing: Any, **changes: Any) -> Row:
    """A loan of 300.00 that repays 100.00 a month, at 1 % a month."""
    kind = {"repayment_method_code": "equal_principal", "annual_rate": "0.12"}
    return loan("thirds", opening, closing, **(kind | changes))


@pytest.fixture(scope="module")
def may(builder: Builder) -> Month:
    """The first month: interest came, no principal; three months remain."""
    first = equal_thirds(300, 300, interest_paid=3, remaining_months=3)
    return builder.build(STATIC, "2017-05", [first], edits=assuming())


@pytest.fixture(scope="module")
def june(builder: Builder, may: Month) -> Month:
    """The month after: 90 of the 100 that were due, and 2.50 of the 3.00 of interest."""
    second = equal_thirds(300, 210, scheduled_principal_paid=90, interest_paid="2.50")
    return builder.build(STATIC, "2017-06", [second], carry(may), edits=assuming())


def forecast_of(month: Month, target: date) -> dict[tuple[str, str], Decimal]:
    rows = month.rows("waterfall.forecast", f"target_date = date '{target}'")
    return {(row["measure_code"], row["note_code"]): row["forecast_amount"] for row in rows}


def test_the_forecast_of_the_pool_is_what_falls_due(may: Month) -> None:
    expected = {JUNE: (200, 100, "3.00"), JULY: (100, 100, "2.00")}
    for target, (balance, principal, interest) in expected.items():
        result = forecast_of(may, target)
        assert result["pool_balance", ""] == balance
        assert result["principal", ""] == principal
        assert result["interest", ""] == Decimal(interest)
        assert {result[name, ""] for name in ("defaulted", "recovery", "purchased")} == {0}


def test_the_forecast_of_the_notes_is_what_the_priority_pays_from_it(may: Month) -> None:
    """From 15 June to Monday 17 July, 32 days of 30/360: the fee takes 0.32 % of 300.00, A's interest
    0.32 % of its balance, its principal the rest."""
    before = may.column("waterfall.note_balance", "note_code", "closing_balance")["A"]
    interest = round(before * Decimal("0.0032"), 2)

    result = forecast_of(may, JUNE)

    assert result["note_interest", "A"] == interest
    assert result["note_balance", "A"] == before - (Decimal(103) - Decimal("0.96") - interest)
    assert result["note_balance", "equity"] == 50


def test_assumed_defaults_and_prepayments_are_in_the_forecast(builder: Builder) -> None:
    first = equal_thirds(300, 300, interest_paid=3, remaining_months=3)
    edits = assuming(cpr=1.0, cdr=0.0, recovery=0.5)
    month = builder.build(STATIC, "2017-05", [first], edits=edits)
    assert forecast_of(month, JUNE)["principal", ""] == 300

    edits = assuming(cdr=1.0, recovery=0.5)
    result = forecast_of(builder.build(STATIC, "2017-05", [first], edits=edits), JUNE)
    assert (result["defaulted", ""], result["recovery", ""]) == (300, 150)


def test_the_month_after_stands_beside_its_forecast(june: Month) -> None:
    rows = {(row["measure_code"], row["note_code"]): row for row in june.rows("report.fc_1")}
    actual = june.column("waterfall.note_balance", "note_code", "closing_balance")

    shown = {
        name: (row["forecast_amount"], row["actual_amount"], row["difference_amount"])
        for (name, note), row in rows.items()
        if not note
    }
    assert shown == {
        "pool_balance": (200, 210, -10),
        "principal": (100, 90, 10),
        "interest": (3, Decimal("2.50"), Decimal("0.50")),
        "defaulted": (0, 0, 0),
        "recovery": (0, 0, 0),
        "purchased": (0, 0, 0),
    }
    senior = rows["note_balance", "A"]
    assert senior["actual_amount"] == actual["A"]
    assert senior["difference_amount"] == Decimal("-10.50")
    assert {row["forecast_date"] for row in rows.values()} == {date(2017, 5, 31)}


def test_the_forecasts_of_one_three_and_six_months_before_stand_side_by_side(
    builder: Builder, may: Month
) -> None:
    """90.00 came: 100 is a ninth more, 99 a tenth, 81 a tenth less. Two months before is left out."""

    def fill(connection) -> None:
        carry(may)(connection)
        for day, amount in (("2017-04-30", 95), ("2017-03-31", 99), ("2016-12-31", 81)):
            connection.execute(
                "insert into closed.forecast values "
                f"('small_static', '{day}', '2017-06-30', 'principal', '', {amount})"
            )

    second = equal_thirds(300, 210, scheduled_principal_paid=90, interest_paid="2.50")
    month = builder.build(STATIC, "2017-06", [second], fill, edits=assuming())
    row = month.row("report.fc_1", "measure_code = 'principal'")

    assert (row["forecast_amount"], row["error_rate"]) == (100, Decimal("0.111111"))
    assert (row["three_months_forecast_amount"], row["three_months_error_rate"]) == (
        99,
        Decimal("0.1"),
    )
    assert (row["six_months_forecast_amount"], row["six_months_error_rate"]) == (
        81,
        Decimal("-0.1"),
    )
    lines = sorted(row["line_number"] for row in month.rows("report.fc_1"))
    assert lines == list(range(1, len(lines) + 1))


def test_a_forecast_of_nothing_that_came_has_no_error_in_per_cent(june: Month) -> None:
    row = june.row("report.fc_1", "measure_code = 'recovery'")
    assert (row["forecast_amount"], row["actual_amount"], row["error_rate"]) == (0, 0, None)


def test_a_deal_that_assumes_nothing_forecasts_nothing(static_first: Month) -> None:
    assert static_first.rows("waterfall.forecast") == []
    assert static_first.rows("report.fc_1") == []


def test_a_loan_that_cannot_be_projected_leaves_the_close_whole(builder: Builder) -> None:
    unknown = equal_thirds(300, 300, repayment_method_code=None)
    month = builder.build(STATIC, "2017-05", [unknown], edits=assuming())

    assert month.row("pool.pool_balance")["closing_balance"] == 300
    assert month.rows("waterfall.forecast") == []
    assert month.row("deal.term")["has_forecast"]
