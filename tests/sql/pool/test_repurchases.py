"""What the originator takes back: by a notice with evidence, or because a later tape breaks a warranty."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deals.terms.eligibility import WARRANTABLE, Warranty
from expectations.counts import measure
from expectations.rules import eligibility, pool, purchase, report, waterfall
from flows.home import DBT_PROJECT
from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, carry, late, loan, owned

DEAL = "small_revolving"
WARRANTED = Warranty(
    ("is_product_allowed", "is_term_allowed", "is_seasoned", "is_not_pledged"),
    "balance_and_interest",
)
NOTICED = {
    "forged": "the signature is forged",
    "late": "the signature is forged",
    "absent": "no contract",
    "paid off": "no contract",
    "recovering": "no contract",
}

LOANS = [
    loan("sound", 100, 90, scheduled_principal_paid=10, interest_due=4),
    loan("forged", 60, 50, scheduled_principal_paid=10, interest_due=3, interest_paid=1),
    late("late", 40, 120, interest_due=2),
    loan("paid off", 30, 0, prepaid_principal_paid=30, status_code="settled"),
    loan("recovering", 0, 0, recovery_amount=7, status_code="written_off"),
    loan("pledged", 80, 70, scheduled_principal_paid=10, is_pledged=True),
    loan("another product", 20, 20, product_code="bill_instalment"),
    loan("pledged, written off in part", 50, 30, write_off_amount=20, is_pledged=True),
    loan("pledged, paid off", 25, 0, prepaid_principal_paid=25, is_pledged=True),
    loan("disputed", 15, 15, is_disputed=True),
    loan("renegotiated", 15, 15, is_renegotiated=True, term_months=3),
    loan("of another term", 14, 14, term_months=3),
    # The deal asks for a loan of 1 to 12 months; the purchase was a month ago.
    loan("too new at its purchase", 13, 13, origination_date=date(2017, 6, 1)),
    loan("just not too old at its purchase", 16, 16, origination_date=date(2016, 6, 1)),
    loan("too old at its purchase", 17, 17, origination_date=date(2016, 5, 31)),
    loan("of an unknown pledge", 12, 12, is_pledged=None),
    loan("pledged, of an unknown product", 11, 11, is_pledged=True, product_code=None),
    loan("new", 35, 35),
    loan("new, pledged", 35, 35, is_pledged=True),
]
OWNED = {"sound": 100, "forged": 60, "late": 40, "absent": 30, "paid off": 30, "pledged": 80,
         "another product": 20, "pledged, written off in part": 50, "pledged, paid off": 25,
         "disputed": 15, "renegotiated": 15, "of another term": 14, "too new at its purchase": 13,
         "just not too old at its purchase": 16, "too old at its purchase": 17,
         "of an unknown pledge": 12, "pledged, of an unknown product": 11}  # fmt: skip
UNPAID = {"forged": 4, "absent": 5}
RECOVERING = owned("recovering", 0, is_defaulted=True, is_written_off=True)

REPURCHASED = {
    "forged": 50,
    "late": 40,
    "absent": 30,
    "pledged": 70,
    "another product": 20,
    "pledged, written off in part": 30,
    "of another term": 14,
    "too new at its purchase": 13,
    "too old at its purchase": 17,
    "pledged, of an unknown product": 11,
}
TOTAL = sum(REPURCHASED.values())
INTEREST = {"forged": 6, "late": 2, "absent": 5}
PRICE = TOTAL + sum(INTEREST.values())
KEPT = {
    "sound",
    "recovering",
    "disputed",
    "renegotiated",
    "just not too old at its purchase",
    "of an unknown pledge",
}


@pytest.fixture(scope="module")
def taken_back(builder: Builder) -> Month:
    """A revolving month in which loans are noticed and warranties fail; absent loans are lost."""
    loans = [
        *(
            owned(name, balance, interest_unpaid=UNPAID.get(name, 0))
            for name, balance in OWNED.items()
        ),
        RECOVERING,
    ]
    return builder.build(
        DEAL,
        "2017-07",
        LOANS,
        last_month(loans),
        noticed=NOTICED,
        warranty=WARRANTED,
        unreported_loan="write_off",
    )


@pytest.fixture(scope="module")
def month_after(builder: Builder, taken_back: Month) -> Month:
    """The month after, a repurchase at the balance alone: what was taken back is on the originator's
    tape as any other loan."""
    loans = [
        loan("sound", 90, 92, interest_due=1, adjustment_amount=2),
        loan("forged", 50, 45, scheduled_principal_paid=5),
    ]
    return builder.build(
        DEAL,
        "2017-08",
        loans,
        carry(taken_back),
        noticed={"sound": "no contract"},
        warranty=Warranty((), "balance"),
    )


def test_what_is_noticed_or_breaks_a_warranty_is_repurchased_at_what_is_left_at_the_cut_off(
    taken_back: Month,
) -> None:
    amounts = taken_back.column("pool.loan_month", "loan_id", "repurchase_amount")
    assert {loan_id: amount for loan_id, amount in amounts.items() if amount} == REPURCHASED


def test_a_repurchased_loan_owes_the_deal_nothing_and_says_so(taken_back: Month) -> None:
    for loan_id in REPURCHASED:
        result = taken_back.row("pool.loan_month", f"loan_id = '{loan_id}'")
        assert (result["closing_balance"], result["status_code"]) == (0, "repurchased")


def test_a_noticed_loan_that_owes_nothing_any_more_costs_nothing(taken_back: Month) -> None:
    statuses = taken_back.column("pool.loan_month", "loan_id", "status_code")
    assert (statuses["paid off"], statuses["recovering"]) == ("settled", "written_off")
    amounts = taken_back.column("pool.repurchase", "loan_id", "price_amount")
    assert (amounts["paid off"], amounts["recovering"]) == (0, 0)


def test_what_is_not_warranted_or_not_disproved_stays(taken_back: Month) -> None:
    kept = {row["loan_id"] for row in taken_back.rows("purchase.pool_loan")}
    assert kept == {*KEPT, "new"}


def test_a_warranty_that_the_tape_leaves_open_is_told_unless_another_one_fails(
    taken_back: Month,
) -> None:
    rows = {row["loan_id"]: row for row in taken_back.rows("pool.warranty_breach")}
    codes = {
        loan_id: row["criterion_code"] for loan_id, row in rows.items() if not row["is_disproved"]
    }
    assert codes == {"of an unknown pledge": "is_not_pledged", "renegotiated": "is_term_allowed"}
    assert rows["pledged, of an unknown product"]["criterion_code"] == "is_not_pledged"
    assert rows["another product"]["criterion_code"] == "is_product_allowed"
    assert rows.keys().isdisjoint({"sound", "pledged, paid off", "absent", "disputed"})


def test_a_warranty_is_judged_at_the_cut_off_of_the_purchase_and_not_today(
    taken_back: Month,
) -> None:
    rows = taken_back.rows("pool.warranty_breach", "criterion_code = 'is_seasoned'")
    # Today the first is old enough, and the one that was just not too old is too old.
    assert [row["loan_id"] for row in rows] == [
        "too new at its purchase",
        "too old at its purchase",
    ]


def test_the_price_is_the_balance_and_the_interest_that_was_not_paid(taken_back: Month) -> None:
    rows = taken_back.rows("pool.repurchase")
    assert {row["loan_id"]: row["interest_amount"] for row in rows if row["interest_amount"]} == (
        INTEREST
    )
    assert all(
        row["price_amount"] == row["balance_amount"] + row["interest_amount"] for row in rows
    )


def test_a_price_without_interest_is_the_balance_alone(month_after: Month) -> None:
    # 4 unpaid in July and 1 in August, of which 2 were added to the balance.
    unpaid = month_after.column("pool.loan_month", "loan_id", "interest_unpaid")
    assert unpaid["sound"] == 3
    (result,) = month_after.rows("pool.repurchase")
    assert (result["loan_id"], result["interest_amount"], result["price_amount"]) == (
        "sound",
        0,
        92,
    )


def test_a_loan_taken_back_is_no_default_but_for_what_was_written_off(taken_back: Month) -> None:
    defaults = taken_back.column("pool.loan_month", "loan_id", "default_balance")
    assert (defaults["late"], defaults["pledged, written off in part"]) == (0, 20)


def test_a_noticed_loan_that_the_tape_lacks_is_paid_for_and_not_written_off(
    taken_back: Month,
) -> None:
    result = taken_back.row("pool.loan_month", "loan_id = 'absent'")
    assert (result["is_unreported"], result["write_off_amount"]) == (True, 0)


def test_the_price_is_cash_of_its_own_kind_and_goes_through_the_waterfall(
    taken_back: Month,
) -> None:
    collection = taken_back.row("pool.collection")
    assert collection["repurchase_price_amount"] == PRICE
    assert collection["principal_paid"] == 10 + 10 + 30 + 10 + 25
    assert collection["collected_amount"] == collection["principal_paid"] + 1 + 7 + PRICE
    account = taken_back.row("waterfall.account_balance")
    assert account["inflow_amount"] == collection["collected_amount"]
    assert taken_back.row("purchase.purchase")["available_amount"] > PRICE - 50


def test_each_repurchase_tells_its_ground_and_its_evidence(taken_back: Month) -> None:
    rows = {row["loan_id"]: row for row in taken_back.rows("pool.repurchase")}
    assert rows.keys() == NOTICED.keys() | REPURCHASED.keys()
    columns = (
        "cause_code",
        "criterion_code",
        "notice_reason",
        "evidence_file_name",
        "notice_sha256",
    )
    forged = tuple(rows["forged"][column] for column in columns)
    assert forged == ("evidence", None, "the signature is forged", "letter.pdf", "notice")
    pledged = tuple(rows["pledged"][column] for column in columns)
    assert pledged == ("warranty", "is_not_pledged", None, None, None)


def test_tr_14_states_the_loans_taken_back_by_reason(taken_back: Month) -> None:
    rows = sorted(taken_back.rows("report.tr_14"), key=lambda row: row["line_number"])
    columns = ("cause_code", "reason_en", "loan_count", "repurchase_amount", "interest_amount")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("evidence", "no contract", 1, 30, 5),
        ("evidence", "the signature is forged", 2, 90, 8),
        ("warranty", "warranty broken: not pledged", 3, 111, 0),
        ("warranty", "warranty broken: the contract term is one that the deal buys", 1, 14, 0),
        (
            "warranty",
            "warranty broken: the months since origination are within the limits",
            2,
            30,
            0,
        ),
        ("warranty", "warranty broken: the product is one that the deal buys", 1, 20, 0),
        ("total", None, 10, TOTAL, 13),
    ]
    assert [row["reason_zh"] for row in rows[1:3]] == [
        "the signature is forged",
        "违反保证：未设定担保负担",
    ]
    assert rows[-1]["price_amount"] == PRICE
    opening = taken_back.row("pool.pool_balance")["opening_balance"]
    assert rows[-1]["pool_share"] == (TOTAL / opening).quantize(Decimal("0.000001"))
    assert {row["repurchase_date"] for row in rows} == {date(2017, 7, 31)}


def test_tr_14_of_a_month_without_repurchases_is_a_total_of_nothing(july: Month) -> None:
    (row,) = july.rows("report.tr_14")
    assert (row["cause_code"], row["loan_count"], row["price_amount"]) == ("total", 0, 0)


def test_tr_7_states_the_price_among_the_principal(taken_back: Month) -> None:
    amounts = taken_back.column("report.tr_7", "line_code", "current_amount")
    assert amounts["principal_repurchased"] == PRICE
    assert amounts["principal_total"] == 85 + PRICE


def test_a_loan_taken_back_is_not_offered_in_that_month(taken_back: Month) -> None:
    offered = [row["loan_id"] for row in taken_back.rows("eligibility.loan_eligibility")]
    assert offered == ["new", "new, pledged"]


def test_a_loan_taken_back_is_not_eligible_later_and_its_cash_is_not_the_deals(
    month_after: Month,
) -> None:
    result = month_after.row("eligibility.loan_eligibility", "loan_id = 'forged'")
    assert result["failed_codes"] == ["is_not_repurchased"]
    assert month_after.row("pool.collection")["principal_paid"] == 0
    assert len(month_after.rows("pool.repurchased_loan")) == len(REPURCHASED) + 1


@pytest.mark.parametrize("stop", [pool, eligibility, purchase, waterfall, report])
def test_every_identity_holds_in_both_months(
    taken_back: Month, month_after: Month, stop: Any
) -> None:
    for month in (taken_back, month_after):
        counts = measure(month.connection, stop.RULES)
        failing = {name for name, count in counts.items() if count.failing_count or count.error}
        assert failing == set()


def test_the_originator_may_warrant_what_the_terms_say_and_no_other_criterion() -> None:
    text = (DBT_PROJECT / "macros" / "criteria.sql").read_text(encoding="utf-8")
    declared = re.findall(r"'code': '(\w+)', 'is_warrantable': true", text)
    assert declared == list(WARRANTABLE)
