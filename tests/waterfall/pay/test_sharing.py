"""Several targets of one step, caps, amounts to keep, and accounts that cover for another."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from deals.terms.payments import Account, Combined, FixedAmount, ShareOf, Step
from tests.waterfall.small_deal import (
    account,
    cash,
    fen,
    note,
    paid,
    settle_year,
    small_terms,
    split_accounts,
    step,
)
from waterfall.pay.settle import Settlement, State, WaterfallError, opening_state, settle_issue

NOTES = (note("A", 300), note("M", 500), note("S", 500))
PRINCIPAL, INCOME, SPARE = "collection", "income", "spare"
ACCOUNTS = (
    *split_accounts(PRINCIPAL, INCOME),
    Account(SPARE, "", "", (), initial=FixedAmount(30)),
)


def pay(*listed: Step, principal: int = 0, interest: int = 0, **changes: Any) -> Settlement:
    """A year of notes of 3.00, 5.00 and 5.00, by these steps; 0.30 is in the account `spare`."""
    terms = small_terms(
        notes=NOTES, fees=(), accounts=ACCOUNTS, priority={"allocation": listed}, **changes
    )
    return settle_year(terms, issued(terms), cash(principal=principal, interest=interest))


def issued(terms: Any) -> State:
    return settle_issue(terms, opening_state(terms), None).state


@pytest.mark.parametrize(
    ("principal", "split", "expected"),
    [
        (8, "sequential", (8, 0, 0)),
        (300, "sequential", (300, 0, 0)),
        (301, "sequential", (300, 1, 0)),
        (13, "pro_rata", (3, 5, 5)),
        (1299, "pro_rata", (300, 500, 499)),  # 299.77, 499.62, 499.62
        (1300, "pro_rata", (300, 500, 500)),
        (1, "pro_rata", (0, 1, 0)),  # 0.23, 0.38, 0.38: the earlier of equals
        (2, "pro_rata", (0, 1, 1)),  # 0.46, 0.77, 0.77
        (3, "pro_rata", (1, 1, 1)),  # 0.69, 1.15, 1.15
    ],
)
def test_notes_are_paid_one_after_the_other_or_by_balance_with_the_largest_remainders_first(
    principal, split, expected
):
    result = pay(step("principal A M S", split=split), principal=principal)

    assert tuple(paid(result).values()) == expected


def test_interest_is_paid_pro_rata_to_what_is_due():
    notes = (note("A", 6000, "0.1"), note("M", 3000, "0.1"), note("S", 1))
    listed = (step("interest A M", split="pro_rata"),)
    terms = small_terms(notes=notes, fees=(), priority={"allocation": listed})
    result = settle_year(terms, issued(terms), cash(interest=450))

    assert paid(result) == {"interest A": 300, "interest M": 150}
    assert paid(result, "shortfall") == {"interest A": 300, "interest M": 150}


def test_cash_below_a_cap_is_split_by_what_is_due_and_not_by_parts_of_the_cap():
    listed = step("principal A M", split="pro_rata", cap=FixedAmount(4))

    assert paid(pay(listed, principal=3)) == {"principal A": 1, "principal M": 2}  # 1.125, 1.875


@pytest.mark.parametrize(("cap", "expected"), [(299, (299, 0)), (300, (300, 0)), (301, (300, 1))])
def test_a_cap_bounds_all_the_targets_of_a_step_together(cap, expected):
    result = pay(step("principal A M", cap=FixedAmount(cap)), principal=1000)

    assert tuple(paid(result).values()) == expected
    assert account(result.state) == [1000 - cap]


@pytest.mark.parametrize(("cap", "above", "below"), [(99, 99, 1), (100, 100, 0), (101, 100, 0)])
def test_a_fee_is_paid_up_to_its_cap_and_the_rest_lower_down(cap, above, below):
    listed = (
        step("fee servicer", cap=FixedAmount(cap)),
        step("interest A"),
        step("fee servicer"),
    )
    terms = small_terms(priority={"allocation": listed})
    first, coupon, last = settle_year(terms, issued(terms), cash(principal=5000)).payments

    assert (first.due[0], first.paid[0], first.shortfall[0]) == (100, above, 100 - above)
    assert coupon.paid[0] == 4691
    assert (last.due[0], last.paid[0]) == (100 - above, below)


def test_what_a_cap_leaves_unpaid_stays_due_until_there_is_cash_for_it_lower_down():
    listed = (
        step("fee servicer", cap=FixedAmount(60)),
        step("interest A"),
        step("fee servicer"),
    )
    terms = small_terms(priority={"allocation": listed})
    first = settle_year(terms, issued(terms), cash(principal=60))
    second = settle_year(terms, first.state, cash(principal=60 + 2 * 4691 + 80))

    assert first.state.fee_unpaid["servicer"].tolist() == [40]
    assert [item.paid[0] for item in second.payments] == [60, 2 * 4691, 80]
    assert second.state.fee_unpaid["servicer"].tolist() == [0]


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", 3), ("down", 2)])
def test_a_cap_that_is_a_share_is_rounded_once_as_the_terms_say(rounding, expected):
    cap = ShareOf("principal_collections", Decimal("0.025"))
    result = pay(step("principal A", cap=cap), principal=100, rounding=rounding)

    assert paid(result) == {"principal A": expected}


@pytest.mark.parametrize(
    ("operation", "expected"), [("sum", 9), ("least", 2), ("greatest", 4), ("minus", 0)]
)
def test_amounts_are_taken_together_as_the_terms_say(operation, expected):
    cap = Combined(operation, (FixedAmount(4), FixedAmount(2), FixedAmount(3)))

    assert paid(pay(step("principal A", cap=cap), principal=100)) == {"principal A": expected}


def test_a_share_of_net_collections_below_zero_is_nothing():
    terms = small_terms(
        priority={"allocation": (step("fee servicer", cap=ShareOf("collections")),)}
    )
    state = replace(issued(terms), account_balance={"collection": fen(500)})
    result = settle_year(terms, state, cash(recovery=-10))

    assert paid(result) == {"fee servicer": 0}
    assert account(result.state) == [490]


def test_the_amounts_of_a_step_are_measured_when_its_turn_comes_and_not_again():
    half_of_the_notes = ShareOf("note_balance", Decimal("0.5"))
    listed = (
        step("principal A", cap=FixedAmount(100)),
        step("principal M S", down_to=half_of_the_notes),
    )
    result = pay(*listed, principal=10_000)

    assert paid(result) == {"principal A": 100, "principal M": 0, "principal S": 0}
    listed = (
        step("principal A"),
        step("principal M S", down_to=ShareOf("note_balance", Decimal("0.2"))),
    )
    assert paid(pay(*listed, principal=10_000))["principal S"] == 500 - 200


@pytest.mark.parametrize(("keep", "expected"), [(0, 70), (30, 70), (31, 69), (100, 0), (101, 0)])
def test_a_step_pays_what_the_account_holds_above_what_it_must_keep(keep, expected):
    listed = step("principal A", keep=FixedAmount(keep), cap=FixedAmount(70))
    result = pay(listed, principal=100)

    assert paid(result) == {"principal A": expected}
    assert account(result.state) == [100 - expected]


def test_a_transfer_without_a_cap_moves_what_the_account_need_not_keep():
    result = pay(step(f"transfer {INCOME}", keep=FixedAmount(40)), principal=100)

    assert paid(result) == {"transfer income": 60}
    assert paid(result, "shortfall") == {"transfer income": 0}
    assert account(result.state, INCOME) == [60]


@pytest.mark.parametrize(
    ("interest", "from_income", "from_principal", "short"),
    [(300, 0, 0, 0), (299, 1, 0, 0), (200, 50, 50, 0), (199, 50, 50, 1)],
)
def test_what_an_account_is_short_of_comes_from_its_covers_in_their_order(
    interest, from_income, from_principal, short
):
    listed = step("principal A", account=INCOME, cover=(SPARE, PRINCIPAL))
    terms = small_terms(notes=NOTES, fees=(), accounts=ACCOUNTS, priority={"allocation": (listed,)})
    state = replace(
        issued(terms), account_balance={PRINCIPAL: fen(0), INCOME: fen(0), SPARE: fen(50)}
    )
    result = settle_year(terms, state, cash(principal=50, interest=interest))
    first, second, payment = result.payments

    assert (first.kind, first.account_code, first.to_account_code) == ("cover", SPARE, INCOME)
    assert (first.due[0], first.paid[0]) == (300 - interest, from_income)
    assert (second.account_code, second.paid[0]) == (PRINCIPAL, from_principal)
    assert payment.paid[0] == 300 - short
    assert account(result.state, INCOME) == [0]


def test_a_cover_pays_the_step_and_not_what_the_account_must_keep():
    listed = step(
        "principal A", account=INCOME, keep=FixedAmount(100), cap=FixedAmount(50),
        cover=(SPARE, PRINCIPAL),
    )  # fmt: skip
    result = pay(listed, principal=500, interest=40)

    assert paid(result) == {"cover income": 50, "principal A": 50}
    assert account(result.state, SPARE) == [0]
    assert account(result.state, PRINCIPAL) == [500 - 20]
    assert account(result.state, INCOME) == [40]


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        (step("principal A", cover=("pocket",)), "'pocket' is unknown; expected one of collection"),
        (step("principal A", account="pocket"), "'pocket' is unknown; expected one of collection"),
        (step("transfer pocket"), "'pocket' is unknown; expected one of collection"),
        (step("principal A", cap=FixedAmount(-1)), r"an amount of the step is -0\.01"),
        (
            step("principal A", cap=ShareOf("defaulted", Decimal(-1))),
            "share -1 of defaulted is below",
        ),
        (
            step("principal A", cap=ShareOf("note_balance", codes=("Z",))),
            "'Z' is unknown; expected one of A, M, S",
        ),
        (
            step("principal A", cap=ShareOf("turnover")),  # type: ignore[arg-type]
            "quantity 'turnover' is unknown",
        ),
    ],
)
def test_a_step_that_names_what_the_deal_has_not_is_refused_with_its_place(listed, message):
    with pytest.raises(WaterfallError, match=rf"step 1 \({listed.kind} .*\): .*{message}"):
        pay(listed)


def test_cash_that_no_account_receives_is_refused():
    terms = small_terms(accounts=(Account("collection", "", "", ("principal",)),))
    message = r"the accounts receive 0\.10 of the 0\.15 collected \(scenario 0\)"
    with pytest.raises(WaterfallError, match=message):
        settle_year(terms, issued(terms), cash(principal=10, interest=5))
