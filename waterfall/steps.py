"""The kinds of step that a deal's priority list may name.

A kind is one function from the open books and the step to a Demand: what is due, how much of it is
wanted now, which ledger the payment reduces, and whether the support provider stands behind it.
Moving the money is the same for all of them, in `pay_step`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from deals.terms import Step
from waterfall.books import Payment, State
from waterfall.money import Fen, WaterfallError, format_fen, zero_fen

ACCOUNT_CODE = "collection"


@dataclass(eq=False)
class OpenBooks:
    """The books of one payment date while its steps are being paid."""

    cash: Fen
    note_balance: dict[str, Fen]
    interest_owed: dict[str, Fen]
    fee_owed: dict[str, Fen]
    support_left: Fen
    """What the provider may still pay over the life of the deal; zero without a provider."""
    covered_notes: frozenset[str]
    is_matured: bool
    """The payment date is the expected maturity or later."""
    purchase_price: Fen | None
    """None spends the whole budget."""

    def closed(self, support_drawn: Fen) -> State:
        """What the next payment date opens with."""
        return State(
            account_balance=self.cash,
            note_balance=self.note_balance,
            interest_unpaid=self.interest_owed,
            fee_unpaid=self.fee_owed,
            support_drawn=support_drawn,
        )


class Demand(NamedTuple):
    """What one step asks for."""

    due: Fen
    wanted: Fen
    ledger: dict[str, Fen] | None = None
    is_supported: bool = False


def _demand_fee(books: OpenBooks, step: Step) -> Demand:
    due = _look_up(books.fee_owed, step)
    return Demand(due, due, books.fee_owed)


def _demand_interest(books: OpenBooks, step: Step) -> Demand:
    due = _look_up(books.interest_owed, step)
    return Demand(due, due, books.interest_owed, step.target in books.covered_notes)


def _demand_principal(books: OpenBooks, step: Step) -> Demand:
    """Before the expected maturity a note is due what cash there is; from then on, all of it.

    So the provider, who pays what the cash does not, pays no principal before that date.
    """
    due = _look_up(books.note_balance, step)
    if not books.is_matured:
        due = np.minimum(due, books.cash)
    return Demand(due, due, books.note_balance, step.target in books.covered_notes)


def _demand_purchase(books: OpenBooks, step: Step) -> Demand:
    budget = books.cash
    price = budget if books.purchase_price is None else books.purchase_price
    if (price > budget).any():
        scenario = int(np.argmax(price > budget))
        raise WaterfallError(
            f"the price {format_fen(price[scenario])} is above the cash in the account,"
            f" {format_fen(budget[scenario])} (scenario {scenario}); buy for no more than that"
        )
    return Demand(budget, price)


def _demand_residual(books: OpenBooks, step: Step) -> Demand:
    return Demand(books.cash, books.cash)


STEP_KINDS: Mapping[str, Callable[[OpenBooks, Step], Demand]] = {
    "fee": _demand_fee,
    "interest": _demand_interest,
    "purchase": _demand_purchase,
    "principal": _demand_principal,
    "residual": _demand_residual,
}


def pay_step(books: OpenBooks, step_number: int, step: Step) -> Payment:
    """Pay one step from the account, then from the provider where it stands behind the step.

    Changes `books`. Raises WaterfallError; the caller adds deal, date and step to it.
    """
    if step.kind not in STEP_KINDS:
        raise WaterfallError(f"kind {step.kind!r} is unknown; expected {', '.join(STEP_KINDS)}")
    demand = STEP_KINDS[step.kind](books, step)
    from_account = np.minimum(demand.wanted, books.cash)
    supported = zero_fen(books.cash.size)
    if demand.is_supported:
        supported = np.minimum(demand.wanted - from_account, books.support_left)
        books.support_left = books.support_left - supported
    books.cash = books.cash - from_account
    paid = from_account + supported
    if demand.ledger is not None:
        demand.ledger[step.target] = demand.ledger[step.target] - paid
    return Payment(
        step_number=step_number,
        kind=step.kind,
        target_code=step.target,
        clause=step.clause,
        account_code=ACCOUNT_CODE,
        due=demand.due,
        paid=paid,
        shortfall=demand.due - paid,
        supported=supported,
        account_balance_after=books.cash,
    )


def _look_up(ledger: Mapping[str, Fen], step: Step) -> Fen:
    if step.target not in ledger:
        raise WaterfallError(f"{step.target!r} is unknown; expected one of {', '.join(ledger)}")
    return ledger[step.target]
