"""The identities of one settlement, checked from its records alone, in every run.

No money appears or vanishes: per account, note, accrual, deficiency and support limit, and nothing
goes below zero. A failure is a fault of the engine or of a corrupted state, never of a month's data.
"""

from collections.abc import Iterator
from functools import reduce

import numpy as np

from deals.terms import Terms
from waterfall.books import Payment, Settlement
from waterfall.money import Fen, WaterfallError, format_fen, refuse_negative, zero_fen

Identity = tuple[str, Fen, Fen]
"""Name, the amount that follows from the movements, the amount recorded."""


def assert_conservation(terms: Terms, settlement: Settlement) -> None:
    """Raise WaterfallError naming the step or ledger that does not tie, with both amounts.

    Every settlement of every scenario comes through here, so the amounts are folded into one array
    first (x ^ y is zero where x = y), and only a failure is looked for one by one.
    """
    identities = list(_identities(settlement))
    if reduce(np.bitwise_or, (expected ^ recorded for _, expected, recorded in identities)).any():
        for identity in identities:
            _assert_equal(*identity)
    floors = list(_floors(terms, settlement))
    if (reduce(np.minimum, (amounts for _, amounts in floors)) < 0).any():
        for name, amounts in floors:
            refuse_negative(amounts, name)


def _assert_equal(name: str, expected: Fen, recorded: Fen) -> None:
    if np.array_equal(expected, recorded):
        return
    scenario = int(np.argmax(expected != recorded))
    raise WaterfallError(
        f"{name} is {format_fen(recorded[scenario])} in scenario {scenario}; its movements give"
        f" {format_fen(expected[scenario])}; nothing may be published: report this as a fault"
    )


def _identities(settlement: Settlement) -> Iterator[Identity]:
    yield from _account_identities(settlement)
    yield from _support_identities(settlement)
    yield from _debt_identities(settlement)


def _account_identities(settlement: Settlement) -> Iterator[Identity]:
    """Every account after every payment, and at the end; every due."""
    accounts = {
        code: balance + settlement.inflow[code]
        for code, balance in settlement.opening.account_balance.items()
    }
    for payment in settlement.payments:
        name, code = _name(payment), payment.account_code
        yield f"{name}: due", payment.paid + payment.shortfall, payment.due
        if not code:
            continue
        accounts[code] = accounts[code] - payment.paid + payment.supported
        yield f"{name}: the account after it", accounts[code], payment.account_balance_after
        if payment.to_account_code:
            accounts[payment.to_account_code] = accounts[payment.to_account_code] + payment.paid
    for code, balance in accounts.items():
        yield f"account {code}", balance, settlement.state.account_balance[code]


def _support_identities(settlement: Settlement) -> Iterator[Identity]:
    opening, state = settlement.opening, settlement.state
    nothing = zero_fen(opening.scenarios)
    supported = sum((payment.supported for payment in settlement.payments), nothing)
    yield "the support paid", supported, settlement.support_paid
    yield (
        "the support drawn",
        opening.support_drawn + settlement.support_paid,
        state.support_drawn,
    )
    repaid = _sum_paid(settlement).get(("support_repayment", ""), nothing)
    yield "the support repaid", opening.support_repaid + repaid, state.support_repaid


def _debt_identities(settlement: Settlement) -> Iterator[Identity]:
    """What is owed on notes and fees, and what the deficiency ledgers say is lost."""
    opening, state = settlement.opening, settlement.state
    paid = _sum_paid(settlement)
    nothing = zero_fen(opening.scenarios)
    for code, balance in opening.note_balance.items():
        balance = balance + settlement.note_issued[code] - paid.get(("principal", code), nothing)
        balance = balance - paid.get(("write_off", code), nothing)
        yield f"the balance of note {code}", balance, state.note_balance[code]
        unpaid = opening.interest_unpaid[code] + opening.late_interest_unpaid[code]
        unpaid = (
            unpaid
            + settlement.interest_accrued[code]
            + settlement.late_interest_accrued[code]
            - paid.get(("interest", code), nothing)
        )
        recorded = state.interest_unpaid[code] + state.late_interest_unpaid[code]
        yield f"the unpaid interest of note {code}", unpaid, recorded
    for code, unpaid in opening.fee_unpaid.items():
        unpaid = unpaid + settlement.fee_accrued[code] - paid.get(("fee", code), nothing)
        yield f"the unpaid fee {code}", unpaid, state.fee_unpaid[code]
    for code, lost in opening.deficiency.items():
        lost = lost + settlement.defaulted[code] - paid.get(("deficiency", code), nothing)
        lost = np.maximum(lost - paid.get(("write_off", code), nothing), 0)
        yield f"the deficiency of note {code}", lost, state.deficiency[code]


def _sum_paid(settlement: Settlement) -> dict[tuple[str, str], Fen]:
    """Paid by kind of step and target; a target may stand in the list more than once."""
    paid: dict[tuple[str, str], Fen] = {}
    for payment in settlement.payments:
        key = (payment.kind, payment.target_code)
        paid[key] = paid[key] + payment.paid if key in paid else payment.paid
    return paid


def _floors(terms: Terms, settlement: Settlement) -> Iterator[tuple[str, Fen]]:
    """Amounts that may not be negative, with their names."""
    for payment in settlement.payments:
        name = _name(payment)
        yield f"{name}: the shortfall", payment.shortfall
        yield f"{name}: the account after it", payment.account_balance_after
        yield f"{name}: the support", payment.supported
        yield f"{name}: the cash paid", payment.paid - payment.supported
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
            yield f"{name} {code}", amounts
    outstanding = state.support_drawn - state.support_repaid
    yield "the support outstanding", outstanding
    if terms.support is not None and terms.support.limit_fen is not None:
        used = outstanding if terms.support.kind == "revolving" else state.support_drawn
        yield "the support left", terms.support.limit_fen - used


def _name(payment: Payment) -> str:
    return f"step {payment.step_number} ({payment.kind} {payment.target_code}".rstrip() + ")"
