"""The identities of one settlement, checked from its records alone, in every run.

No money appears or vanishes: per account, note, accrual and support limit, and nothing goes below
zero. A failure is a fault of the engine or of a corrupted state, never of a month's data.
"""

from collections.abc import Iterator
from functools import reduce

import numpy as np

from deals.terms import Terms
from waterfall.books import Payment, Settlement
from waterfall.money import Fen, WaterfallError, format_fen, refuse_negative, zero_fen


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


def _identities(settlement: Settlement) -> Iterator[tuple[str, Fen, Fen]]:
    """Name, the amount that follows from the movements, the amount recorded."""
    opening, state = settlement.opening, settlement.state
    paid = _sum_paid(settlement)
    nothing = zero_fen(opening.account_balance.size)
    sources = opening.account_balance + settlement.inflow + settlement.support_paid
    yield "the account", sources - sum(paid.values(), nothing), state.account_balance
    supported = sum((payment.supported for payment in settlement.payments), nothing)
    yield "the support paid", supported, settlement.support_paid
    drawn = opening.support_drawn + settlement.support_paid
    yield "the support drawn", drawn, state.support_drawn
    account = opening.account_balance + settlement.inflow
    for payment in settlement.payments:
        account = account - payment.paid + payment.supported
        yield f"{_name(payment)}: the account after it", account, payment.account_balance_after
        yield f"{_name(payment)}: due", payment.paid + payment.shortfall, payment.due
    for code, balance in opening.note_balance.items():
        balance = balance + settlement.note_issued[code] - paid.get(("principal", code), nothing)
        yield f"the balance of note {code}", balance, state.note_balance[code]
    for code, unpaid in opening.interest_unpaid.items():
        unpaid = unpaid + settlement.interest_accrued[code] - paid.get(("interest", code), nothing)
        yield f"the unpaid interest of note {code}", unpaid, state.interest_unpaid[code]
    for code, unpaid in opening.fee_unpaid.items():
        unpaid = unpaid + settlement.fee_accrued[code] - paid.get(("fee", code), nothing)
        yield f"the unpaid fee {code}", unpaid, state.fee_unpaid[code]


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
        ("the balance of note", state.note_balance),
        ("the unpaid interest of note", state.interest_unpaid),
        ("the unpaid fee", state.fee_unpaid),
    )
    for name, ledger in ledgers:
        for code, amounts in ledger.items():
            yield f"{name} {code}", amounts
    if terms.support is not None and terms.support.limit_fen is not None:
        yield "the support left", terms.support.limit_fen - state.support_drawn


def _name(payment: Payment) -> str:
    return f"step {payment.step_number} ({payment.kind} {payment.target_code}".rstrip() + ")"
