"""The report tables that are stated once: what was registered and offered."""

from datetime import date
from decimal import Decimal

import pytest

from tests.sql.small_month import Month

STATED_ONCE = ("reg_0", "reg_5", "off_5", "off_6", "off_7", "off_8", "off_9")


@pytest.mark.parametrize("table", STATED_ONCE)
def test_a_later_month_states_nothing_of_it_again(
    closing: Month, july: Month, static_second: Month, table: str
) -> None:
    assert closing.rows(f"report.{table}")
    assert july.rows(f"report.{table}") == []
    assert static_second.rows(f"report.{table}") == []


def test_the_notes_of_off_5_sum_to_the_issue_and_their_shares_to_one(
    closing: Month, static_first: Month
) -> None:
    for month in (closing, static_first):
        lines = month.rows("report.off_5")
        issue = sum(note["notional_amount"] for note in month.rows("report.tr_3_1"))
        assert sum(line["notional_amount"] for line in lines) == issue
        assert sum(line["notional_share"] for line in lines) == 1


def test_off_5_states_dates_and_what_supports_a_note(closing: Month) -> None:
    senior = closing.row("report.off_5", "note_code = 'senior'")
    assert (senior["accrual_start_date"], senior["legal_final_date"]) == (
        date(2017, 7, 12),
        date(2018, 2, 1),
    )
    assert closing.column("report.off_5", "note_code", "enhancement_share") == {
        "senior": Decimal("0.2"),
        "mezzanine": Decimal("0.05"),
        "equity": 0,
    }


def test_reg_5_states_what_the_criteria_made_of_the_loans_on_offer(
    closing: Month, static_first: Month
) -> None:
    lines = closing.column("report.reg_5", "criterion_en", "limit_text")
    assert lines["the annual rate is within the limits"] == "1% – 24%"
    assert lines["the balance is within the limits"] == "1.00 – 500.00"
    assert lines["no more is outstanding than the contract amount"] == "contract_amount"
    late = closing.row("report.reg_5", "failed_count > 0")
    assert (late["offered_count"], late["passed_count"], late["undecidable_count"]) == (20, 19, 0)
    # A pool that is the whole tape is not chosen.
    assert static_first.rows("report.reg_5") == []


def test_each_clause_that_is_paid_by_is_a_step_of_off_7(
    closing: Month, july: Month, static_first: Month
) -> None:
    def paid(month: Month) -> set[str]:
        return {row["clause_name"] for row in month.rows("report.tr_8") if row["clause_name"]}

    for offered, paying in ((closing, july), (static_first, static_first)):
        clauses = {row["clause_name"] for row in offered.rows("report.off_7")}
        assert paid(paying) and paid(paying) <= clauses


def test_off_8_states_the_notes_behind_each_note_and_then_the_other_measures(
    closing: Month,
) -> None:
    lines = closing.rows("report.off_8")
    assert [(line["enhancement_code"], line["enhancement_amount"]) for line in lines] == [
        ("subordination", 200),
        ("subordination", 50),
        ("excess_spread", None),
        ("outside_support", None),
        ("outside_support", None),
    ]
    assert lines[0]["enhancement_en"] == "Senior is supported by the notes behind it"


def test_a_static_deal_has_no_arrangement_of_purchases(static_first: Month) -> None:
    assert static_first.rows("report.off_9") == []
    assert static_first.row("report.reg_0")["has_continued_purchase"] is False
