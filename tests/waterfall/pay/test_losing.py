"""Losses: deficiency ledgers, what makes them good, write-offs, and interest that is put off."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from deals.terms.payments import Fee, ShareOf, Step
from tests.waterfall.small_deal import (
    YEAR,
    account,
    cash,
    fen,
    note,
    paid,
    pool_of,
    settle_year,
    small_terms,
    split_accounts,
    step,
)
from waterfall.pay.settle import (
    Settlement,
    State,
    WaterfallError,
    opening_state,
    settle,
    settle_issue,
)

ACCOUNTS = split_accounts("principal")
NOTES = (note("A", 800, "0.1"), note("M", 150), note("S", 50))


def terms_of(*listed: Step, ledgers: tuple[str, ...] = ("S", "M", "A")) -> Any:
    return small_terms(
        notes=NOTES,
        fees=(),
        accounts=ACCOUNTS,
        deficiency_notes=ledgers,
        priority={"allocation": listed},
    )


def lose(
    defaulted: int, *listed: Step, state: State | None = None, interest: int = 0, **others: Any
) -> Settlement:
    """A year in which so much defaults, by these steps."""
    terms = terms_of(*listed, **others)
    issued = settle_issue(terms, opening_state(terms), None).state
    return settle_year(terms, state or issued, cash(defaulted=defaulted, interest=interest))


def deficiencies(state: State) -> dict[str, int]:
    return {code: int(amounts[0]) for code, amounts in state.deficiency.items()}


@pytest.mark.parametrize(
    ("defaulted", "expected"),
    [
        (49, {"S": 49, "M": 0, "A": 0}),
        (50, {"S": 50, "M": 0, "A": 0}),
        (51, {"S": 50, "M": 1, "A": 0}),
        (1000, {"S": 50, "M": 150, "A": 800}),
        (1001, {"S": 50, "M": 150, "A": 800}),
    ],
)
def test_defaults_fill_the_ledgers_from_the_lowest_note_up_each_to_its_balance(defaulted, expected):
    assert deficiencies(lose(defaulted).state) == expected


def test_a_loss_that_is_not_made_good_stays_and_the_next_one_goes_on_from_it():
    first = lose(30)
    second = lose(30, state=first.state)

    assert deficiencies(second.state) == {"S": 50, "M": 10, "A": 0}
    assert second.defaulted["S"].tolist() == [20]


MAKE_GOOD = step("deficiency A M S", account="income", to="principal")


@pytest.mark.parametrize(
    ("recovery", "expected"),
    [(0, 60), (25, 35), (60, 0), (61, 0), (-5, 65)],
)
def test_a_ledger_of_net_losses_takes_on_what_defaulted_less_what_was_recovered(recovery, expected):
    terms = small_terms(
        notes=NOTES,
        fees=(),
        deficiency_notes=("M",),
        deficiency_basis="net_loss",
        priority={"allocation": ()},
    )
    state = opening_state(terms)
    state = replace(
        state,
        note_balance=state.note_balance | {"M": fen(150)},
        account_balance={"collection": fen(5)},
    )
    made = settle_year(terms, state, cash(defaulted=60, recovery=recovery))

    assert deficiencies(made.state)["M"] == expected


def test_losses_and_recoveries_are_quantities_of_the_period_and_since_the_closing():
    quantities = {
        "recoveries": 20,
        "cumulative_recoveries": 70,
        "defaulted": 50,
        "cumulative_defaulted": 100,
        "net_loss": 30,
        "cumulative_net_loss": 30,
    }
    terms = small_terms(
        fees=tuple(
            Fee(code=it, name_zh="", name_en="", basis=it, rate=Decimal(1)) for it in quantities
        ),  # type: ignore[arg-type]
        priority={"allocation": ()},
    )
    pool = pool_of(1_000, cumulative_defaulted=100, cumulative_recovered=70)
    flows = cash(defaulted=50, recovery=20)
    made = settle(terms, YEAR, "allocation", opening_state(terms), flows, pool, None)

    assert {code: int(fen[0]) for code, fen in made.fee_accrued.items()} == quantities


def test_recoveries_that_are_not_known_are_no_zero():
    fee = Fee(code="tax", name_zh="", name_en="", basis="cumulative_net_loss", rate=Decimal(1))
    terms = small_terms(fees=(fee,), priority={"allocation": ()})
    with pytest.raises(WaterfallError, match="recoveries since the closing are not known; give"):
        settle_year(terms, opening_state(terms), cash(defaulted=50))


@pytest.mark.parametrize(
    ("interest", "expected"),
    [
        (9, {"S": 50, "M": 150, "A": 1}),
        (10, {"S": 50, "M": 150, "A": 0}),
        (161, {"S": 49, "M": 0, "A": 0}),
    ],
)
def test_income_makes_losses_good_from_the_senior_ledger_down(interest, expected):
    result = lose(210, MAKE_GOOD, interest=interest)

    assert deficiencies(result.state) == expected
    assert account(result.state, "principal") == [interest]
    assert account(result.state, "income") == [0]


def test_what_makes_a_loss_good_pays_principal_on_the_same_date():
    repay = step("principal A", account="principal")
    result = lose(60, MAKE_GOOD, repay, interest=1000)

    assert paid(result)["principal A"] == 60
    assert account(result.state, "income") == [940]


def write_off(*notes: str) -> Step:
    return step(f"write_off {' '.join(notes)}", cap=ShareOf("defaulted"))


@pytest.mark.parametrize(
    ("defaulted", "expected"),
    [(49, (1, 150, 800)), (50, (0, 150, 800)), (51, (0, 149, 800)), (201, (0, 0, 799))],
)
def test_a_loss_is_written_off_the_notes_in_reverse_order_of_seniority(defaulted, expected):
    result = lose(defaulted, write_off("S", "M", "A"))

    balances = {code: int(amount[0]) for code, amount in result.state.note_balance.items()}
    assert (balances["S"], balances["M"], balances["A"]) == expected
    assert account(result.state, "principal") == [0]


def test_a_write_off_moves_no_cash_and_leaves_nothing_due():
    row = lose(51, write_off("S"), interest=7).payments[0]

    assert (row.account_code, row.to_account_code) == ("", "")
    assert (row.due[0], row.paid[0], row.shortfall[0]) == (50, 50, 0)


def test_what_is_written_off_is_no_longer_a_loss_to_be_made_good():
    result = lose(30, replace(write_off("S"), cap=ShareOf("deficiency")), MAKE_GOOD, interest=100)

    assert deficiencies(result.state) == {"S": 0, "M": 0, "A": 0}
    assert paid(result)["deficiency S"] == 0


def test_a_note_that_was_written_down_earns_on_what_is_left_of_it():
    first = lose(200, write_off("A"))
    second = lose(0, state=first.state)

    assert first.interest_accrued["A"].tolist() == [80]
    assert second.interest_accrued["A"].tolist() == [60]


def test_a_loss_may_be_written_off_two_notes_pro_rata():
    together = replace(write_off("A", "M"), split="pro_rata")
    result = lose(10, together)

    assert paid(result) == {"write_off A": 8, "write_off M": 2}  # 8.42, 1.58


def test_mezzanine_interest_that_is_put_off_waits_behind_the_senior_principal_and_is_not_lost():
    deferring = (step("interest A"), step("principal A"), step("interest M"))
    terms = small_terms(fees=(), priority={"allocation": deferring})
    state = settle_issue(terms, opening_state(terms), None).state
    waiting = settle_year(terms, state, cash(principal=88_500 + 4691))
    paying = settle_year(terms, waiting.state, cash(principal=2 * 195))

    assert paid(waiting, "shortfall")["interest M"] == 195
    assert paid(paying)["interest M"] == 2 * 195
    assert paying.state.interest_unpaid["M"].tolist() == [0]


def test_a_ledger_that_the_state_already_holds_above_its_note_takes_nothing_more():
    terms = terms_of()
    state = settle_issue(terms, opening_state(terms), None).state
    state = replace(state, deficiency={"S": fen(60), "M": fen(0), "A": fen(0)})

    assert deficiencies(lose(10, state=state).state) == {"S": 60, "M": 10, "A": 0}
