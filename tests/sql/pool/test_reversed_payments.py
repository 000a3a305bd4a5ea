"""A reversed payment: cash that went back is taken off the collections, and the loan owes it again."""

from decimal import Decimal
from pathlib import Path

import pytest

from expectations.counts import measure
from expectations.rules import pool, report, waterfall
from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, loan, owned
from waterfall.money import WaterfallError

DEAL, MONTH = "small_revolving", "2017-07"
PAYING = loan("paying", 300, 250, scheduled_principal_paid=50, interest_due=6, interest_paid=6)
# Of July's tape: June's instalment of 60.00 and its interest came back unpaid.
REVERSED = loan(
    "reversed", 340, 400, scheduled_principal_paid=-60, interest_paid="-4.50", fee_paid=-1
)
PREPAID = loan("prepayment reversed", 80, 110, prepaid_principal_paid=-30)
# More would be owed than the 600.00 that were lent.
TOO_MUCH = loan("more than lent", 580, 610, scheduled_principal_paid=-30)
LOANS = [PAYING, REVERSED, PREPAID, TOO_MUCH]
OWNED = [
    owned("paying", 300),
    owned("reversed", 340, interest_unpaid=2),
    owned("prepayment reversed", 80),
    owned("more than lent", 580),
]


@pytest.fixture(scope="module")
def month(builder: Builder) -> Month:
    loans = [*LOANS, loan("paying more", 200, 100, scheduled_principal_paid=100)]
    return builder.build(DEAL, MONTH, loans, last_month([*OWNED, owned("paying more", 200)]))


def test_what_went_back_is_taken_off_each_kind_of_collection(month: Month) -> None:
    found = month.row("pool.collection")
    kinds = ("scheduled_principal_paid", "prepaid_principal_paid", "interest_paid", "fee_paid")
    assert {kind: found[kind] for kind in kinds} == {
        "scheduled_principal_paid": 50 + 100 - 60,
        "prepaid_principal_paid": -30,
        "interest_paid": Decimal("1.50"),
        "fee_paid": -1,
    }
    assert found["collected_amount"] == 90 - 30 + Decimal("1.50") - 1


def test_the_loan_owes_again_what_went_back(month: Month) -> None:
    found = month.row("pool.loan_month", "loan_id = 'reversed'")
    assert (found["opening_balance"], found["closing_balance"]) == (340, 400)
    assert found["interest_unpaid"] == 2 + Decimal("4.50")


def test_a_loan_cannot_owe_more_than_was_lent_by_a_reversal(month: Month) -> None:
    [reasons] = [row["all_reason_codes"] for row in month.rows("intake.quarantined_row")]
    assert reasons == "flow_negative"
    held = month.row("pool.loan_month", "loan_id = 'more than lent'")
    assert (held["closing_balance"], held["scheduled_principal_paid"]) == (580, 0)


def test_what_went_back_of_the_fees_is_paid_by_the_interest_and_all_identities_hold(
    month: Month,
) -> None:
    rules = (*pool.RULES, *waterfall.RULES, *report.RULES)
    counts = measure(month.connection, rules)
    assert {rule.id for rule in rules if counts[rule.id].failing_count} == set()
    paid_in = month.rows("report.tr_9")
    assert (
        sum(row["inflow_amount"] for row in paid_in)
        == month.row("pool.collection")["collected_amount"]
    )


BIG = loan("paying more", 200, 100, scheduled_principal_paid=100)


@pytest.mark.parametrize(
    ("loans", "expected"),
    [
        (LOANS, r"principal_paid of the pool: -40\.00, more was rev"),
        (
            [PAYING | {"interest_due": 0, "interest_paid": 0}, REVERSED, BIG],
            r"interest_paid and fee_paid together of the pool: -5\.50, more was rev",
        ),
    ],
)
def test_a_month_in_which_more_went_back_than_came_in_is_refused(
    tmp_path: Path, loans: list, expected: str
) -> None:
    kept = last_month([*OWNED, owned("paying more", 200)])
    with pytest.raises(WaterfallError, match=expected):
        Builder(tmp_path).build(DEAL, MONTH, loans, kept)
