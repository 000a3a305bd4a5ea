"""The report tables that are stated once: what was registered and offered."""

from datetime import date
from decimal import Decimal

import pytest

from tests.sql.small_month import Builder, Month, late, loan

STATED_ONCE = (
    "reg_0",
    "reg_1",
    "reg_2",
    "reg_3",
    "reg_4",
    "reg_5",
    "off_4",
    "off_5",
    "off_6",
    "off_7",
    "off_8",
    "off_9",
)


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


def test_off_4_of_a_pool_that_was_drawn_is_what_tr_6_says_of_it(closing: Month) -> None:
    """The first month states the pool after its purchase in both."""
    assert closing.rows("report.off_4") == closing.rows("report.tr_6")


def test_off_4_of_a_tape_that_was_taken_whole_is_the_pool_as_it_opened(builder: Builder) -> None:
    """Two thirds are left on a first tape a month after the cut-off; what the settled loan had to run is not
    known."""
    thirds = loan(
        "thirds", 150, 100, scheduled_principal_paid=50, remaining_months=2,
        repayment_method_code="equal_principal", annual_rate="0.12",
    )  # fmt: skip
    gone = loan("gone", "99.99", 0, prepaid_principal_paid="99.99", status_code="settled")
    month = builder.build("small_static", "2017-05", [thirds, gone, late("lost", 50, 120)])
    names = ("flow_code", "collection_end_date", "opening_balance", "principal_due", "interest_due")
    lines = sorted(month.rows("report.off_4"), key=lambda row: row["line_number"])
    assert [tuple(line[name] for name in names) for line in lines] == [
        ("month", date(2017, 5, 31), 150, 50, Decimal("1.50")),
        ("month", date(2017, 6, 30), 100, 50, 1),
        ("month", date(2017, 7, 31), 50, 50, Decimal("0.50")),
        ("total", None, 150, 150, 3),
        ("defaulted", None, 50, None, None),
        ("unknown", None, Decimal("99.99"), None, None),
    ]


@pytest.fixture(scope="module")
def book(builder: Builder) -> Month:
    """The first tape of a book of five loans, one of no known date and one of no known status."""
    loans = [
        loan("old", 100, 90, origination_date=date(2017, 3, 1), scheduled_principal_paid=10),
        late("old late", 40, 45, origination_date=date(2017, 3, 31), five_class_code="doubtful"),
        loan("new", 500, 500, origination_date=date(2017, 6, 2), contract_amount="500.00"),
        loan("untold", 20, 20, origination_date=date(2017, 6, 3), days_past_due=None),
        loan("undated", 30, 18, origination_date=None, prepaid_principal_paid=12),
    ]
    return builder.build("small_revolving", "2017-06", loans)


@pytest.fixture(scope="module")
def dated_book(builder: Builder) -> Month:
    """One of two loans with dates, of one of which the class is not told."""
    loans = [
        loan("told", 10, 8, prepaid_principal_paid=2),
        loan("untold", 10, 10, five_class_code=None, origination_date=date(2017, 6, 1)),
    ]
    return builder.build("small_revolving", "2017-06", loans)


def test_reg_2_states_the_book_by_month_of_origination_and_reg_1_its_sum(book: Month) -> None:
    names = ("origination_month", "loan_count", "outstanding_balance", "current_balance",
             "overdue_31_60_balance", "unknown_status_balance")  # fmt: skip
    lines = sorted(book.rows("report.reg_2"), key=lambda row: row["line_number"])
    assert [tuple(line[name] for name in names) for line in lines] == [
        ("2017-03", 2, 130, 90, 40, 0),
        ("2017-06", 2, 520, 500, 0, 20),
        (None, 1, 18, 18, 0, 0),
    ]
    whole = book.row("report.reg_1")
    assert (whole["loan_count"], whole["outstanding_balance"]) == (5, 668)
    assert (whole["new_loan_count"], whole["new_loan_amount"]) == (2, 1100)
    assert (whole["non_performing_balance"], whole["non_performing_share"]) == (
        40,
        Decimal("0.059880"),
    )


def test_a_loan_of_no_known_date_is_counted_beside_the_new_ones(
    book: Month, dated_book: Month
) -> None:
    assert book.row("report.reg_1")["undated_loan_count"] == 1
    moved = book.row("report.reg_4")
    assert (moved["opening_balance"], moved["new_balance"]) == (None, None)
    assert dated_book.row("report.reg_1")["undated_loan_count"] == 0
    moved = dated_book.row("report.reg_4")
    assert (moved["opening_balance"], moved["new_balance"]) == (10, 10)


def test_reg_3_states_the_rates_of_a_month_and_what_one_tape_does_not_tell_is_unknown(
    book: Month,
) -> None:
    names = ("months_on_book", "overdue_30_share", "overdue_60_share", "overdue_90_share",
             "prepayment_rate", "cumulative_default_rate")  # fmt: skip
    lines = sorted(book.rows("report.reg_3"), key=lambda row: row["line_number"])
    assert [tuple(line[name] for name in names) for line in lines] == [
        (3, Decimal("0.307692"), 0, 0, 0, None),
        (0, None, None, None, 0, None),
        (None, 0, 0, 0, Decimal("0.4"), None),
    ]


def test_reg_4_states_what_moved_of_the_book(book: Month) -> None:
    moved = book.row("report.reg_4")
    names = ("scheduled_principal_paid", "prepaid_principal_paid", "outstanding_balance",
             "overdue_31_60_balance", "unknown_status_balance", "new_default_balance")  # fmt: skip
    assert tuple(moved[name] for name in names) == (10, 12, 668, 40, 20, None)
    # 12 of 690 at the start, of which 10 were scheduled.
    assert moved["prepayment_rate"] == Decimal("0.017647")


def test_a_class_that_is_not_told_of_one_loan_leaves_what_performs_unknown(
    dated_book: Month,
) -> None:
    whole = dated_book.row("report.reg_1")
    assert (whole["non_performing_balance"], whole["non_performing_share"]) == (None, None)


def test_a_tape_that_was_taken_whole_is_no_book(static_first: Month) -> None:
    for table in ("reg_1", "reg_2", "reg_3", "reg_4"):
        assert static_first.rows(f"report.{table}") == []
