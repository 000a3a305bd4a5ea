"""The identities of one settlement, checked from its records alone, in every run.

No money appears or vanishes: per account, note, accrual, deficiency and support limit, and nothing
goes below zero. A failure is a fault of the engine or of a corrupted state, never of a month's data.
"""

from collections.abc import Iterator
from functools import reduce
from operator import or_

import numpy as np

from deals.terms.deal import Terms
from waterfall.books import Payment, Settlement
from waterfall.money import (
    Fen,
    WaterfallError,
    format_fen,
    is_any_negative,
    refuse_negative,
    zero_fen,
)

Name = tuple[str | Payment, str]
"""Two parts of a text: a payment and what of it, or a ledger and its code."""
Identity = tuple[Name, Fen, Fen]
"""Name, the amount that follows from the movements, the amount recorded."""
Paid = dict[tuple[str, str], Fen]
"""By kind of step and target."""


def assert_conservation(terms: Terms, settlement: Settlement) -> None:
    """Raise WaterfallError naming the step or ledger that does not tie, with both amounts.

    Every settlement of every scenario comes through here, so the amounts are folded into one array
    first (x ^ y is zero where x = y), and only a failure is looked for one by one, and named.
    """
    identities = list(_identities(settlement))
    if reduce(or_, (expected ^ recorded for _, expected, recorded in identities)).any():
        for name, *amounts in identities:
            _assert_equal(_say(name), *amounts)
    floors = list(_floors(terms, settlement))
    if is_any_negative(amounts for _, amounts in floors):
        for name, amounts in floors:
            refuse_negative(amounts, _say(name))


def _assert_equal(name: str, expected: Fen, recorded: Fen) -> None:
    if np.array_equal(expected, recorded):
        return
    scenario = int(np.argmax(expected != recorded))
    raise WaterfallError(
        f"{name} is {format_fen(recorded[scenario])} in scenario {scenario}; its movements give"
        f" {format_fen(expected[scenario])}; nothing may be published: report this as a fault"
    )


def _identities(settlement: Settlement) -> Iterator[Identity]:
    paid = _sum_paid(settlement)
    yield from _account_identities(settlement)
    yield from _support_identities(settlement, paid)
    yield from _debt_identities(settlement, paid)


def _account_identities(settlement: Settlement) -> Iterator[Identity]:
    """Every account after every payment, and at the end; every due."""
    accounts = {
        code: balance + settlement.inflow[code]
        for code, balance in settlement.opening.account_balance.items()
    }
    for payment in settlement.payments:
        code = payment.account_code
        yield (payment, "due"), payment.paid + payment.shortfall, payment.due
        if not code:
            yield (payment, "the account after it"), 0 * payment.paid, payment.account_balance_after
            continue
        accounts[code] = accounts[code] - payment.paid + payment.supported
        yield (payment, "the account after it"), accounts[code], payment.account_balance_after
        if payment.to_account_code:
            accounts[payment.to_account_code] = accounts[payment.to_account_code] + payment.paid
    for code, balance in accounts.items():
        yield ("account", code), balance, settlement.state.account_balance[code]


def _support_identities(settlement: Settlement, paid: Paid) -> Iterator[Identity]:
    opening, state = settlement.opening, settlement.state
    nothing = zero_fen(opening.scenarios)
    supported = sum((payment.supported for payment in settlement.payments), nothing)
    yield ("the support", "paid"), supported, settlement.support_paid
    drawn = opening.support_drawn + settlement.support_paid
    yield ("the support", "drawn"), drawn, state.support_drawn
    repaid = paid.get(("support_repayment", ""), nothing)
    yield ("the support", "repaid"), opening.support_repaid + repaid, state.support_repaid


def _debt_identities(settlement: Settlement, paid: Paid) -> Iterator[Identity]:
    """What is owed on notes and fees, and what the deficiency ledgers say is lost."""
    opening, state = settlement.opening, settlement.state
    nothing = zero_fen(opening.scenarios)
    for code, balance in opening.note_balance.items():
        balance = balance + settlement.note_issued[code] - paid.get(("principal", code), nothing)
        balance = balance - paid.get(("write_off", code), nothing)
        yield ("the balance of note", code), balance, state.note_balance[code]
        unpaid = opening.interest_unpaid[code] + opening.late_interest_unpaid[code]
        unpaid = (
            unpaid
            + settlement.interest_accrued[code]
            + settlement.late_interest_accrued[code]
            - paid.get(("interest", code), nothing)
        )
        recorded = state.interest_unpaid[code] + state.late_interest_unpaid[code]
        yield ("the unpaid interest of note", code), unpaid, recorded
    for code, unpaid in opening.fee_unpaid.items():
        unpaid = unpaid + settlement.fee_accrued[code] - paid.get(("fee", code), nothing)
        yield ("the unpaid fee", code), unpaid, state.fee_unpaid[code]
    for code, lost in opening.deficiency.items():
        lost = lost + settlement.defaulted[code] - paid.get(("deficiency", code), nothing)
        lost = np.maximum(lost - paid.get(("write_off", code), nothing), 0)
        yield ("the deficiency of note", code), lost, state.deficiency[code]


def _sum_paid(settlement: Settlement) -> Paid:
    """Paid by kind of step and target; a target may stand in the list more than once."""
    paid: Paid = {}
    for payment in settlement.payments:
        key = (payment.kind, payment.target_code)
        paid[key] = paid[key] + payment.paid if key in paid else payment.paid
    return paid


def _floors(terms: Terms, settlement: Settlement) -> Iterator[tuple[Name, Fen]]:
    """Amounts that may not be negative, with their names."""
    for payment in settlement.payments:
        yield (payment, "the shortfall"), payment.shortfall
        yield (payment, "the account after it"), payment.account_balance_after
        yield (payment, "the support"), payment.supported
        yield (payment, "the cash paid"), payment.paid - payment.supported
    state = settlement.state
    ledgers = (
        ("account", state.account_balance),
        ("the balance of note", state.note_balance),
        ("the unpaid interest of note", state.interest_unpaid),
        ("the interest on unpaid interest of note", state.late_interest_unpaid),
        ("the unpaid fee", state.fee_unpaid),
        ("the deficiency of note", state.deficiency),
    )
    for name, ledger in ledgers:
        for code, amounts in ledger.items():
            yield (name, code), amounts
    outstanding = state.support_drawn - state.support_repaid
    yield ("the support", "outstanding"), outstanding
    per_date = terms.support.limit_per_date_fen if terms.support else None
    if per_date is not None:
        yield ("the support", "left of the date's limit"), per_date - settlement.support_paid
    if terms.support is not None and terms.support.limit_fen is not None:
        used = outstanding if terms.support.kind == "revolving" else state.support_drawn
        yield ("the support", "left"), terms.support.limit_fen - used


def _say(name: Name) -> str:
    subject, rest = name
    if isinstance(subject, str):
        return f"{subject} {rest}"
    step = f"{subject.kind} {subject.target_code}".rstrip()
    return f"step {subject.step_number} ({step}): {rest}"
