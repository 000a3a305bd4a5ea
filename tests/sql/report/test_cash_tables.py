"""TR-7 and TR-8: the sources of the period's cash and where it went, worked out by hand."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, late, loan, owned


def amounts(month: Month, column: str = "current_amount") -> dict[str, Any]:
    return month.column("report.tr_7", "line_code", column)


@pytest.fixture(scope="module")
def paid_in_kinds(builder: Builder) -> Month:
    """A loan of each status at the opening, each paying interest of its own size."""
    kept = [
        owned("normal", 100),
        owned("prepaying", 100),
        owned("overdue", 100, days_past_due=40, status_code="overdue_31_60"),
        owned("defaulted", 100, is_defaulted=True, days_past_due=120),
        owned("cured", 100, is_defaulted=True, days_past_due=0),
        owned("untold", 100, days_past_due=None),
        owned("untold late", 100, days_past_due=None),
    ]
    loans = [
        loan("normal", 100, 90, scheduled_principal_paid=10, interest_paid=1),
        loan("prepaying", 100, 50, scheduled_principal_paid=10, prepaid_principal_paid=40,
             interest_paid=2),
        # Prepays beside: it was past due all the same.
        loan("overdue", 100, 60, overdue_principal_paid=30, prepaid_principal_paid=10,
             interest_paid=4),
        late("defaulted", 100, 150) | {"closing_balance": 80, "overdue_principal_paid": 20,
                                       "interest_paid": 8},
        loan("cured", 100, 95, scheduled_principal_paid=5, interest_paid=16),
        loan("untold", 100, 93, scheduled_principal_paid=7, interest_paid=32),
        loan("untold late", 100, 97, overdue_principal_paid=3, interest_paid=64),
    ]  # fmt: skip
    return builder.build("small_revolving", "2017-07", loans, last_month(kept))


def test_tr_7_splits_interest_by_the_status_at_the_opening_and_the_kind_of_payment(
    paid_in_kinds: Month,
) -> None:
    lines = amounts(paid_in_kinds)
    split = {
        "interest_normal": 1,
        "interest_prepaid": 2,
        "interest_overdue": 4 + 64,
        "interest_defaulted": 8 + 16,
        "interest_unknown": 32,
        "interest_total": 127,
    }
    assert {code: lines[code] for code in split} == split


def test_tr_7_splits_principal_and_keeps_what_defaulted_loans_pay_apart(
    paid_in_kinds: Month,
) -> None:
    lines = amounts(paid_in_kinds)
    split = {
        "principal_scheduled": 10 + 10 + 7,
        "principal_prepaid": 40 + 10,
        "principal_overdue": 30 + 3,
        "principal_defaulted": 20 + 5,
        "principal_collected_total": 135,
    }
    assert {code: lines[code] for code in split} == split
    collected = paid_in_kinds.row("pool.collection")
    assert collected["principal_paid"] == 135
    assert collected["scheduled_principal_paid"] == 10 + 10 + 7 + 5


def test_tr_7_has_no_line_for_an_unknown_status_where_every_one_is_known(july: Month) -> None:
    assert "interest_unknown" not in amounts(july)


def test_tr_7_says_what_each_account_carried_over(split_august: Month, split_july: Month) -> None:
    """July left 13.47 of principal, nothing of income and 20.00 in the reserve."""
    lines = amounts(split_august)
    carried = (lines["income_carried"], lines["principal_carried"], lines["other_carried"])
    assert carried == (0, Decimal("13.47"), 20)
    assert lines["principal_total"] == lines["principal_collected_total"] + Decimal("13.47")
    assert amounts(split_august, "previous_amount") == amounts(split_july)


def test_tr_7_of_the_closing_states_the_proceeds_of_the_notes(closing: Month) -> None:
    lines = amounts(closing)
    assert (lines["paid_in"], lines["collections_total"], lines["available_total"]) == (
        1000,
        0,
        1000,
    )


def test_tr_7_repeats_the_sums_alone_of_a_report_that_did_not_split_them(
    builder: Builder,
) -> None:
    def fill(connection: Any) -> None:
        last_month([owned("normal", 100)])(connection)
        connection.execute(
            "insert into closed.tr_7 (line_code, current_amount) values ('principal_scheduled', 9), "
            "('income_total', 3), ('principal_total', 9)"
        )
        connection.execute(
            "insert into closed.collection (interest_paid, principal_paid, collected_amount) "
            "values (3, 9, 12)"
        )

    month = builder.build("small_revolving", "2017-07", [loan("normal", 100, 100)], fill)
    before = amounts(month, "previous_amount")
    assert {code: amount for code, amount in before.items() if amount is not None} == {
        "interest_total": 3,
        "principal_collected_total": 9,
        "collections_total": 12,
    }


def test_tr_8_ends_with_what_left_the_deal_and_what_is_carried_forward(split_july: Month) -> None:
    """11.53 of income and 50.00 of principal left; 13.47 and the reserve's 20.00 stay."""
    rows = {row["kind_code"]: row for row in split_july.rows("report.tr_8")}
    total, carried = rows["total"], rows["carried_forward"]
    assert (total["paid_amount"], carried["paid_amount"]) == (Decimal("61.53"), Decimal("33.47"))
    assert (total["due_amount"], total["shortfall_amount"]) == (None, None)
    assert total["paid_amount"] + carried["paid_amount"] == amounts(split_july)["available_total"]


def test_tr_8_repeats_the_sums_of_the_last_period(split_august: Month) -> None:
    rows = {row["kind_code"]: row for row in split_august.rows("report.tr_8")}
    assert rows["total"]["previous_paid_amount"] == Decimal("61.53")
    assert rows["carried_forward"]["previous_paid_amount"] == Decimal("33.47")


def test_tr_8_says_of_a_purchase_what_it_may_spend_and_that_nothing_is_unpaid(
    split_july: Month,
) -> None:
    purchase = split_july.row("report.tr_8", "kind_code = 'purchase'")
    assert (purchase["due_amount"], purchase["paid_amount"]) == (Decimal("63.47"), 50)
    assert purchase["shortfall_amount"] is None


def test_the_cash_of_every_month_comes_from_somewhere_and_goes_somewhere(any_month: Month) -> None:
    kept = any_month.row("report.tr_8", "kind_code = 'carried_forward'")["paid_amount"]
    left = any_month.row("report.tr_8", "kind_code = 'total'")["paid_amount"]
    lines = amounts(any_month)
    assert left + kept == lines["available_total"]
    assert kept == sum(row["closing_balance"] for row in any_month.rows("report.tr_9"))


def test_the_servicers_tape_and_what_came_from_elsewhere_are_the_trustees_inflow(
    any_month: Month,
) -> None:
    """Of each account in every month: issued, revolving, waiting, called, supported."""
    lines = any_month.rows("report.rc_1")
    assert len(lines) == 4 * len(any_month.rows("report.tr_9"))
    told = [line for line in lines if line["servicer_amount"] is not None]
    assert {line["figure_code"] for line in told} == {"inflow"}
    assert {line["servicer_difference_amount"] for line in told} == {0}


def test_the_custodian_is_compared_with_the_trustee_and_what_it_leaves_out_is_unknown(
    july: Month, closing: Month
) -> None:
    (account,) = july.rows("report.tr_9")
    lines = {row["figure_code"]: row for row in july.rows("report.rc_1")}
    assert {code: line["reconciliation_code"] for code, line in lines.items()} == {
        "opening": "agrees",
        "inflow": "differs",
        "outflow": "unknown",
        "closing": "unknown",
    }
    off_by = 100 - account["inflow_amount"]
    assert lines["inflow"]["custodian_difference_amount"] == off_by != 0
    assert lines["outflow"]["custodian_difference_amount"] is None
    assert lines["outflow"]["trustee_amount"] == account["outflow_amount"]
    unstated = closing.rows("report.rc_1")
    assert {line["reconciliation_code"] for line in unstated} == {"unknown"}
    assert {line["custodian_amount"] for line in unstated} == {None}
