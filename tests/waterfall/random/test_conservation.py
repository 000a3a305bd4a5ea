"""What holds over the life of any deal, and settlements that do not tie."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.terms.deal import Terms
from deals.terms.payments import FixedAmount
from tests.waterfall.small_deal import (
    cash,
    fen,
    settle_year,
    small_terms,
    split_accounts,
    step,
    support,
)
from waterfall.books import State
from waterfall.pay.conservation import assert_conservation
from waterfall.pay.settle import Settlement, WaterfallError, opening_state, settle_issue


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=12))
def test_over_the_life_sources_are_uses_and_every_note_ends_where_its_payments_lead(amounts):
    terms = small_terms(support=support("A", limit_fen=5000))
    state = settle_issue(terms, opening_state(terms), fen(99_000)).state
    sources, uses, principal = 1_000, 0, 0
    for amount in amounts:
        result = settle_year(terms, state, cash(principal=amount, interest=amount // 10))
        state = result.state
        sources += int(result.inflow["collection"][0] + result.support_paid[0])
        uses += sum(int(item.paid[0]) for item in result.payments)
        principal += sum(int(item.paid[0]) for item in result.payments if item.kind == "principal")

    assert sources == uses + int(state.account_balance["collection"][0])
    assert 100_000 - principal == sum(int(balance[0]) for balance in state.note_balance.values())
    assert int(state.support_drawn[0]) <= 5000


TERMS = small_terms(support=support("A", limit_fen=5000))
SETTLED = settle_year(
    TERMS, settle_issue(TERMS, opening_state(TERMS), None).state, cash(principal=4000)
)


def with_state(**changes: Any) -> Settlement:
    return replace(SETTLED, state=replace(SETTLED.state, **changes))


def with_states(**changes: Any) -> Settlement:
    """The same amounts before and after, so that every movement still ties."""
    return replace(with_state(**changes), opening=replace(SETTLED.opening, **changes))


def with_payment(number: int, change: Callable[[Any], dict[str, Any]]) -> Settlement:
    payments = list(SETTLED.payments)
    payments[number - 1] = payments[number - 1]._replace(**change(payments[number - 1]))
    return replace(SETTLED, payments=tuple(payments))


def with_support_moved(amount: int) -> Settlement:
    """Part of the provider's money said to have paid the tax instead of the interest of A."""
    tax, servicer, interest, *others = SETTLED.payments
    tax = tax._replace(supported=tax.supported + amount)
    interest = interest._replace(supported=interest.supported - amount)
    tax, servicer = (
        item._replace(account_balance_after=item.account_balance_after + amount)
        for item in (tax, servicer)
    )
    return replace(SETTLED, payments=(tax, servicer, interest, *others))


@pytest.mark.parametrize(
    ("tampered", "message"),
    [
        (
            with_state(account_balance={"collection": fen(1)}),
            r"account collection is 0\.01 .* movements give 0\.00",
        ),
        (
            replace(SETTLED, inflow={"collection": fen(4001)}),
            r"step 1 \(fee tax\): the account after it is 40\.00 .* movements give 40\.01",
        ),
        (replace(SETTLED, support_paid=fen(0)), r"the support paid is 0\.00"),
        (with_state(support_drawn=fen(0)), r"the support drawn is 0\.00"),
        (
            with_payment(3, lambda item: {"supported": fen(0)}),
            r"step 3 .*the account after it is 0\.00",
        ),
        (
            with_state(note_balance={**SETTLED.state.note_balance, "A": fen(88499)}),
            r"the balance of note A is 884\.99 .* movements give 885\.00",
        ),
        (
            with_state(interest_unpaid={**SETTLED.state.interest_unpaid, "M": fen(0)}),
            r"the unpaid interest of note M is 0\.00 .* movements give 1\.95",
        ),
        (
            with_state(fee_unpaid={**SETTLED.state.fee_unpaid, "servicer": fen(9)}),
            r"the unpaid fee servicer is 0\.09 .* movements give 0\.00",
        ),
        (
            with_payment(4, lambda item: {"due": item.due + 1}),
            r"step 4 \(interest M\): due is 1\.96",
        ),
        (
            with_payment(
                4, lambda item: {"due": item.due - 200, "shortfall": item.shortfall - 200}
            ),
            r"step 4 \(interest M\): the shortfall is -0\.05 in scenario 0; expected zero or more",
        ),
        (
            with_payment(2, lambda item: {"account_balance_after": fen(3901)}),
            r"step 2 \(fee servicer\): the account after it is 39\.01 .* movements give 39\.00",
        ),
    ],
)
def test_a_settlement_that_does_not_tie_is_refused_with_its_place_and_both_amounts(
    tampered, message
):
    with pytest.raises(WaterfallError, match=message):
        assert_conservation(TERMS, tampered)


@pytest.mark.parametrize(
    ("tampered", "message"),
    [
        (with_support_moved(-1), r"step 1 \(fee tax\): the support is -0\.01"),
        (with_support_moved(1), r"step 1 \(fee tax\): the cash paid is -0\.01"),
        (with_support_moved(-4001), r"step 1 \(fee tax\): the account after it is -0\.01"),
        (with_states(fee_unpaid={"tax": fen(-1), "servicer": fen(0)}), r"unpaid fee tax is -0\.01"),
    ],
)
def test_amounts_below_zero_are_refused_even_where_their_sum_ties(tampered, message):
    with pytest.raises(WaterfallError, match=message):
        assert_conservation(TERMS, tampered)


def test_support_beyond_its_limit_is_refused():
    terms = replace(TERMS, support=support("A", limit_fen=790))
    with pytest.raises(WaterfallError, match=r"the support left is -0\.01"):
        assert_conservation(terms, SETTLED)


LOSING_TERMS = small_terms(
    fees=(),
    accounts=split_accounts(),
    deficiency_notes=("S",),
    support=support("A", limit_fen=5000),
    priority={
        "allocation": (
            step("interest A", account="income", cover=("collection",)),
            step("write_off S", cap=FixedAmount(30)),
            step("deficiency S", account="income", to="collection"),
            step("support_repayment", account="collection"),
        )
    },
)
LOSING = settle_year(
    LOSING_TERMS,
    replace(
        settle_issue(LOSING_TERMS, opening_state(LOSING_TERMS), None).state, support_drawn=fen(70)
    ),
    cash(principal=100, interest=4681, defaulted=50),
)
"""10 covered, 30 written off, 20 not made good, 70 repaid."""


def losing_with(**changes: Any) -> Settlement:
    return replace(LOSING, state=replace(LOSING.state, **changes))


def losing_but(number: int, **changes: Any) -> Settlement:
    payments = list(LOSING.payments)
    payments[number - 1] = payments[number - 1]._replace(**changes)
    return replace(LOSING, payments=tuple(payments))


@pytest.mark.parametrize(
    ("tampered", "message"),
    [
        (
            losing_with(deficiency={"S": fen(19)}),
            r"the deficiency of note S is 0\.19 .* give 0\.20",
        ),
        (
            replace(LOSING, defaulted={"S": fen(51)}),
            r"the deficiency of note S is 0\.20 .* give 0\.21",
        ),
        (losing_with(support_repaid=fen(69)), r"the support repaid is 0\.69 .* give 0\.70"),
        (
            losing_with(note_balance={**LOSING.state.note_balance, "S": fen(8500)}),
            r"the balance of note S is 85\.00 .* movements give 84\.70",
        ),
        (
            losing_but(1, to_account_code=""),
            r"step 1 \(interest A\): the account after it is 0\.00 .* movements give -0\.10",
        ),
        (
            losing_with(
                late_interest_unpaid={**LOSING.state.late_interest_unpaid, "M": fen(-1)},
                interest_unpaid={**LOSING.state.interest_unpaid, "M": fen(196)},
            ),
            r"the interest on unpaid interest of note M is -0\.01",
        ),
        (
            replace(
                losing_with(support_drawn=fen(60)),
                opening=replace(LOSING.opening, support_drawn=fen(60)),
            ),
            r"the support outstanding is -0\.10",
        ),
    ],
)
def test_losses_covers_and_repayments_that_do_not_tie_are_refused(tampered, message):
    with pytest.raises(WaterfallError, match=message):
        assert_conservation(LOSING_TERMS, tampered)


STATED = (
    "inflow", "fee_accrued", "interest_accrued", "late_interest_accrued", "defaulted", "note_issued",
)  # fmt: skip
PAID = ("due", "paid", "shortfall", "supported", "account_balance_after")


def one_fen_more(settlement: Settlement) -> Iterator[tuple[str, Settlement]]:
    """The settlement with each amount of its ledgers and payments one fen higher, one at a time."""
    for when in ("opening", "state"):
        state = getattr(settlement, when)
        for item in fields(State):
            for code, more in raised(getattr(state, item.name)):
                changed = replace(state, **{item.name: more})
                yield f"{when}.{item.name} {code}", replace(settlement, **{when: changed})
    for name in STATED:
        for code, more in raised(getattr(settlement, name)):
            yield f"{name} {code}", replace(settlement, **{name: more})
    for place, payment in enumerate(settlement.payments):
        for name in PAID:
            changed = payment._replace(**{name: getattr(payment, name) + 1})
            payments = (*settlement.payments[:place], changed, *settlement.payments[place + 1 :])
            yield f"step {place + 1} {name}", replace(settlement, payments=payments)


def raised(amounts: Any) -> Iterator[tuple[str, Any]]:
    """An amount, or each amount of a ledger in turn, one fen higher."""
    if not isinstance(amounts, Mapping):
        yield "", amounts + 1
        return
    for code, amount in amounts.items():
        yield code, {**amounts, code: amount + 1}


@pytest.mark.parametrize(
    ("terms", "settlement"), [(TERMS, SETTLED), (LOSING_TERMS, LOSING)], ids=["plain", "losing"]
)
def test_a_settlement_ties_and_one_fen_more_anywhere_in_it_does_not(terms, settlement):
    missed = [name for name, wrong in one_fen_more(settlement) if ties(terms, wrong)]

    assert ties(terms, settlement)
    assert missed == []


def ties(terms: Terms, settlement: Settlement) -> bool:
    try:
        assert_conservation(terms, settlement)
    except WaterfallError:
        return False
    return True
