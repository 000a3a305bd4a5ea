"""The draw, the purchase and the pool afterwards."""

from datetime import date
from decimal import Decimal
from hashlib import md5

from tests.sql.small_month import Month, Row

SEED = 7


def draw_key(loan_id: str, payment_date: date) -> tuple[int, str]:
    """The place in the draw by Python's own MD5, read as a number with its lowest byte first."""
    digest = md5(f"{SEED}|{payment_date}|{loan_id}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest, "little"), loan_id


def expected_draw(month: Month, payment_date: date) -> list[str]:
    """The loans that a plain loop takes: each in turn, if the cash still holds it."""
    left = month.row("purchase.purchase")["available_amount"]
    eligible: list[Row] = month.rows("eligibility.loan_eligibility", "is_eligible")
    taken = []
    for row in sorted(eligible, key=lambda row: draw_key(row["loan_id"], payment_date)):
        if row["outstanding_balance"] <= left:
            left -= row["outstanding_balance"]
            taken.append(row["loan_id"])
    return taken


def drawn(month: Month) -> list[str]:
    rows = month.rows("purchase.purchased_loan")
    return [row["loan_id"] for row in sorted(rows, key=lambda row: row["draw_number"])]


def test_the_initial_pool_is_drawn_by_seed_date_and_loan_and_nothing_else(closing: Month) -> None:
    assert drawn(closing) == expected_draw(closing, date(2017, 7, 12))


def test_the_next_purchase_date_draws_in_an_order_of_its_own(july: Month) -> None:
    assert drawn(july) == expected_draw(july, date(2017, 8, 10))


def test_the_draw_takes_a_loan_that_fits_after_one_that_does_not(july: Month) -> None:
    numbers = [row["draw_number"] for row in july.rows("purchase.purchased_loan")]
    assert sorted(numbers) == [1, 2, 3, 5]


def test_the_initial_purchase_is_within_the_proceeds_of_the_notes(closing: Month) -> None:
    result = closing.row("purchase.purchase")
    expected = {"purchase_number": 0, "available_amount": 1000, "eligible_loan_count": 19,
                "eligible_balance": 1266, "purchased_loan_count": 13, "purchased_balance": 996,
                "price_amount": 996, "remaining_amount": 4, "initial_pool_balance": 996,
                "cumulative_purchased_balance": 0, "closing_pool_balance": 996}  # fmt: skip
    assert {column: result[column] for column in expected} == expected


def test_a_purchase_spends_no_more_than_is_left_after_the_steps_before_it(july: Month) -> None:
    result = july.row("purchase.purchase")
    expected = {"purchase_number": 1, "available_amount": Decimal("201.31"),
                "eligible_balance": 265, "price_amount": 185,
                "remaining_amount": Decimal("16.31"), "initial_pool_balance": 3000,
                "cumulative_purchased_balance": 1185, "closing_pool_balance": 685 + 185}  # fmt: skip
    assert {column: result[column] for column in expected} == expected


def test_unspent_cash_stays_in_the_account_for_the_next_purchase(july: Month) -> None:
    account = july.row("waterfall.account_balance")
    assert account["closing_balance"] == july.row("purchase.purchase")["remaining_amount"]
    # 12.34 left of last month, 196.50 collected, 7.53 paid before the purchase.
    assert Decimal("12.34") + Decimal("196.50") - Decimal("7.53") == Decimal("201.31")


def test_nothing_is_bought_once_revolving_has_ended(july_over: Month) -> None:
    result = july_over.row("purchase.purchase")
    assert (result["available_amount"], result["purchased_loan_count"]) == (0, 0)
    assert result["cumulative_purchased_balance"] == 1000
    assert result["closing_pool_balance"] == 655


def test_a_static_deal_buys_its_whole_tape_at_the_balance_before_the_first_payments(
    static_first: Month,
) -> None:
    result = static_first.row("purchase.purchase")
    expected = {"purchase_number": 0, "is_at_opening": True, "available_amount": 300,
                "price_amount": Decimal("299.99"), "remaining_amount": Decimal("0.01"),
                "closing_pool_balance": 180}  # fmt: skip
    assert {column: result[column] for column in expected} == expected


def test_bought_loans_join_the_pool_at_their_cut_off_balance_and_status(july: Month) -> None:
    bought = july.row("purchase.pool_loan", "loan_id = 'new 50, late 3'")
    expected = {"entry_batch": 1, "entry_date": date(2017, 7, 31), "outstanding_balance": 50,
                "status_code": "overdue_1_30", "is_defaulted": False,
                "borrower_id": "B-new 50, late 3"}  # fmt: skip
    assert {column: bought[column] for column in expected} == expected
    assert july.row("purchase.pool_loan", "loan_id = 'new 100'")["status_code"] == "current"


def test_loans_paid_off_leave_and_loans_written_off_stay(july: Month) -> None:
    left = {row["loan_id"] for row in july.rows("purchase.pool_loan")}
    assert left.isdisjoint({"prepaid", "overpaid", "paid off late"})
    assert {"written off", "written off in part", "recovering", "lost", "absent"} <= left


def test_the_loans_of_the_pool_sum_to_its_balance_after_the_purchase(any_month: Month) -> None:
    loans = any_month.rows("purchase.pool_loan")
    expected = any_month.row("purchase.purchase")["closing_pool_balance"]
    assert sum(row["outstanding_balance"] for row in loans) == expected
    assert len({row["loan_id"] for row in loans}) == len(loans)


def test_a_loan_keeps_the_batch_that_it_came_with(july_over: Month, august: Month) -> None:
    batch = july_over.column("purchase.pool_loan", "loan_id", "entry_batch")
    later = august.column("purchase.pool_loan", "loan_id", "entry_batch")
    assert later == {loan_id: batch[loan_id] for loan_id in later}


def test_what_was_prepaid_buys_new_loans_on_the_same_payment_date(july: Month) -> None:
    prepaid = july.row("pool.collection")["prepaid_principal_paid"]
    # Without the prepayments the cash would not have bought what it did.
    result = july.row("purchase.purchase")
    cash = result["available_amount"]
    assert cash - prepaid < result["price_amount"] <= cash
    left = {row["loan_id"] for row in july.rows("purchase.pool_loan")}
    assert "prepaid" not in left
    assert {row["loan_id"] for row in july.rows("purchase.purchased_loan")} <= left
    # No note is repaid by a prepayment while the pool revolves.
    paid = july.column("waterfall.note_balance", "note_code", "principal_paid")
    assert set(paid.values()) == {0}
