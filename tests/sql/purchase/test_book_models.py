"""The originator's book between its deals: who owns what, what is offered, and the tie-out."""

from datetime import date
from decimal import Decimal

import pytest
from duckdb import DuckDBPyConnection

from deals.terms.sections import Book
from expectations.counts import measure
from expectations.rules import book
from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, Row, insert, loan, owned

DEAL, EARLIER, LATER = "small_revolving", "earlier_deal", "later_deal"
JUNE, JULY = date(2017, 6, 30), date(2017, 7, 31)

LOANS = [
    loan("own", 100, 90, scheduled_principal_paid=10),
    loan("own, overpaid", 10, -5, prepaid_principal_paid=15),
    loan("the earlier's", 80, 80),
    loan("the later's", 70, 60, scheduled_principal_paid=10),
    loan("the later's, paid off", 15, 0, prepaid_principal_paid=15, status_code="settled"),
    loan("nobody's", 20, 20),
    loan("nobody's, too large", 501, 501),
    loan("nobody's, quarantined", 30, 29),
    loan("nobody's, overpaid", 0, -7, adjustment_amount=-7),
]
OWN = [owned("own", 100), owned("own, overpaid", 10), owned("own, absent", 30)]
ELSEWHERE = {
    EARLIER: (JULY, {"the earlier's": 80, "the earlier's, absent": 25, "the earlier's, lost": 0}),
    LATER: (JUNE, {"the later's": 70, "the later's, paid off": 15}),
}


@pytest.fixture(scope="module")
def shared_book(builder: Builder) -> Month:
    """July of the second of three deals that share a book, the third closed for June alone."""

    def fill(connection: DuckDBPyConnection) -> None:
        last_month(OWN)(connection)
        for place, (owner, (cut_off, loans)) in zip((1, 3), ELSEWHERE.items(), strict=True):
            pool: Row = {"owner_code": owner, "owner_as_of_date": cut_off}
            run = {"book_code": "small_book", "allocation_order": place, "owner_run_id": owner}
            insert(connection, "deal.book_deal", [pool | run])
            rows = [
                pool | {"loan_id": loan_id, "outstanding_balance": balance}
                for loan_id, balance in loans.items()
            ]
            insert(connection, "closed.owned_elsewhere", rows)

    return builder.build(
        DEAL, "2017-07", LOANS, fill, book=Book("small_book", order=2, loan_count=1)
    )


def test_a_loan_that_another_deal_owns_is_not_offered(shared_book: Month) -> None:
    offered = [row["loan_id"] for row in shared_book.rows("eligibility.loan_eligibility")]
    assert offered == ["nobody's", "nobody's, too large"]
    assert [row["loan_id"] for row in shared_book.rows("purchase.purchased_loan")] == ["nobody's"]


def test_each_owner_has_its_loans_at_their_balance_on_the_tape(shared_book: Month) -> None:
    rows = shared_book.rows("purchase.book_tie_out", "is_on_tape")
    result = {row["owner_code"]: (row["loan_count"], row["outstanding_balance"]) for row in rows}
    assert result == {
        EARLIER: (1, 80),
        # What it kept and what it just bought.
        DEAL: (2, 90 + 20),
        LATER: (1, 60),
        "originator": (1, 501),
    }


def test_the_rows_on_the_tape_sum_to_its_accepted_loans(any_month: Month) -> None:
    rows = any_month.rows("purchase.book_tie_out", "is_on_tape")
    tape = any_month.rows("intake.loan_tape", "closing_balance > 0")
    assert sum(row["loan_count"] for row in rows) == len(tape)
    assert sum(row["outstanding_balance"] for row in rows) == sum(
        row["closing_balance"] for row in tape
    )


def test_what_is_owned_and_not_on_the_tape_has_a_row_of_its_own(shared_book: Month) -> None:
    rows = shared_book.rows("purchase.book_tie_out", "not is_on_tape")
    result = [(row["owner_code"], row["loan_count"], row["outstanding_balance"]) for row in rows]
    assert result == [(EARLIER, 1, 25), (DEAL, 1, 30)]


def test_each_deal_is_told_with_the_pool_that_was_seen_of_it(shared_book: Month) -> None:
    rows = shared_book.rows("purchase.book_tie_out", "is_on_tape")
    seen = ("book_code", "allocation_order", "owner_as_of_date", "owner_run_id")
    assert {row["owner_code"]: tuple(row[name] for name in seen) for row in rows} == {
        EARLIER: ("small_book", 1, JULY, EARLIER),
        DEAL: ("small_book", 2, JULY, "run"),
        LATER: ("small_book", 3, JUNE, LATER),
        "originator": ("small_book", None, None, None),
    }


def test_a_deal_alone_shares_its_book_with_the_originator(closing: Month) -> None:
    rows = closing.rows("purchase.book_tie_out")
    assert [(row["book_code"], row["owner_code"]) for row in rows] == [
        (DEAL, "originator"),
        (DEAL, DEAL),
    ]
    pool = closing.row("purchase.purchase")["closing_pool_balance"]
    own = closing.row("purchase.book_tie_out", f"owner_code = '{DEAL}'")
    assert own["outstanding_balance"] == pool == Decimal(996)


def test_every_month_keeps_the_identities_of_the_book(any_month: Month) -> None:
    assert failed_rules(any_month) == set()


def test_a_shared_book_keeps_its_identities(shared_book: Month) -> None:
    assert failed_rules(shared_book) == set()


def failed_rules(month: Month) -> set[str]:
    counts = measure(month.connection, book.RULES)
    assert not [count.error for count in counts.values() if count.error]
    return {rule_id for rule_id, count in counts.items() if count.failing_count}
