"""The kinds of step that a deal's priority list may name.

A kind is one function from the step whose turn has come and one of its targets to a Demand: what is
due, how much of it is wanted now, which ledgers the payment reduces. How the money then moves is the
same for all of them: payments.py.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from deals.terms.payments import Step, SupportedDebt
from waterfall.money import Fen, WaterfallError
from waterfall.pay.formulas import evaluate, look_up
from waterfall.pay.open_books import Open, OpenBooks


class Demand(NamedTuple):
    """What one target of a step asks for."""

    due: Fen
    wanted: Fen
    """Of the due, what the step would pay now if the cash were there."""
    ledgers: tuple[Open, ...] = ()
    """Reduced by what is paid, one after the other."""
    is_supported: bool = False
    is_cash_limited: bool = False
    """Nothing is due beyond the cash that there is: the due becomes what is paid."""


class Turn(NamedTuple):
    """A step whose turn has come, and what its formulas come to now."""

    books: OpenBooks
    number: int
    step: Step
    cap: Fen | None
    keep: Fen | None
    down_to: Fen | None
    is_due: NDArray[np.bool_] | None
    """Of a step with conditions, where they hold."""

    @property
    def moves_cash(self) -> bool:
        return self.step.kind != "write_off"

    def spendable_cash(self) -> Fen:
        """The cash of the step's account, less what the step must keep there."""
        cash = look_up(self.books.cash, self.step.account)
        if self.is_due is not None:
            cash = np.where(self.is_due, cash, 0)
        return cash if self.keep is None else np.maximum(cash - self.keep, 0)


def take_turn(books: OpenBooks, number: int, step: Step) -> Turn:
    """Measure the step's formulas, before it pays anything."""
    cap = None if step.cap is None else evaluate(step.cap, books)
    keep = None if step.keep is None else evaluate(step.keep, books)
    down_to = None if step.down_to is None else evaluate(step.down_to, books)
    is_due = _find_due(books, step) if step.is_conditional else None
    return Turn(books, number, step, cap, keep, down_to, is_due)


def _find_due(books: OpenBooks, step: Step) -> NDArray[np.bool_]:
    """Where all conditions of the step hold, of shape (scenarios,)."""
    is_due = np.ones(books.scenarios, dtype=np.bool_)
    for code in step.once_repaid:
        is_due &= look_up(books.opening.note_balance, code) == 0
    if step.while_acting:
        is_due &= _is_any_acting(books, step.while_acting)
    if step.unless_acting:
        is_due &= ~_is_any_acting(books, step.unless_acting)
    return is_due


def _is_any_acting(books: OpenBooks, codes: tuple[str, ...]) -> NDArray[np.bool_]:
    acting = [books.acting[code] for code in codes if code in books.acting]
    if len(acting) < len(codes):
        known = ", ".join(books.acting) or "(none)"
        raise WaterfallError(f"triggers {', '.join(codes)} are not all tested; expected {known}")
    return np.logical_or.reduce(acting)


def ask(turn: Turn, target: str) -> Demand:
    """What the target asks for; nothing where the step is not due."""
    demand = STEP_KINDS[turn.step.kind](turn, target)
    if turn.is_due is None:
        return demand
    due, wanted = (np.where(turn.is_due, amount, 0) for amount in (demand.due, demand.wanted))
    return demand._replace(due=due, wanted=wanted)


def _demand_fee(turn: Turn, target: str) -> Demand:
    due = look_up(turn.books.fee_owed, target)
    return Demand(due, due, (turn.books.fee_owed,))


def _demand_interest(turn: Turn, target: str) -> Demand:
    """Interest on unpaid interest is paid before the interest itself."""
    books = turn.books
    due = look_up(books.interest_owed, target) + books.late_interest_owed[target]
    ledgers = (books.late_interest_owed, books.interest_owed)
    return Demand(due, due, ledgers, is_supported=_is_covered(books, target, "interest"))


def _demand_principal(turn: Turn, target: str) -> Demand:
    """Before the expected maturity a note is due what cash there is; from then on, all of it.

    So the provider, who pays what the cash does not, pays no principal before that date. A step with
    a target balance is due what is above it, and no more.
    """
    books = turn.books
    due = look_up(books.note_balance, target)
    lowest = _scheduled_balance(books, target) if turn.step.is_to_target else turn.down_to
    if lowest is not None:
        due = np.maximum(due - lowest, 0)
    return Demand(
        due,
        due,
        (books.note_balance,),
        is_supported=books.is_matured and _is_covered(books, target, "principal"),
        is_cash_limited=not books.is_matured,
    )


def _scheduled_balance(books: OpenBooks, target: str) -> Fen:
    if target not in books.note_targets:
        raise WaterfallError(f"note {target!r} has no target balances; give it some in the terms")
    return books.nothing + books.note_targets[target]


def _demand_reserve(turn: Turn, target: str) -> Demand:
    """What the reserve, the target of the step, lacks of its own target."""
    held = look_up(turn.books.cash, target)
    due = np.maximum(_reserve_target(turn.books, target) - held, 0)
    return Demand(due, due)


def _demand_release(turn: Turn, target: str) -> Demand:
    """What the reserve, the account of the step, holds above its target."""
    held = look_up(turn.books.cash, turn.step.account)
    due = np.maximum(held - _reserve_target(turn.books, turn.step.account), 0)
    return Demand(due, due)


def _reserve_target(books: OpenBooks, code: str) -> Fen:
    target = books.terms.reserve_targets.get(code)
    if target is None:
        raise WaterfallError(f"account {code!r} has no target; give it one in the terms")
    return evaluate(target, books)


def _demand_transfer(turn: Turn, target: str) -> Demand:
    """The amount that the step states, or all the cash of its account."""
    due = turn.spendable_cash() if turn.cap is None else turn.cap
    return Demand(due, due)


def _demand_deficiency(turn: Turn, target: str) -> Demand:
    due = look_up(turn.books.deficiency, target)
    return Demand(due, due, (turn.books.deficiency,))


def _demand_support_repayment(turn: Turn, target: str) -> Demand:
    due = turn.books.support_drawn - turn.books.support_repaid
    return Demand(due, due)


def _demand_purchase(turn: Turn, target: str) -> Demand:
    """A budget, and of it what is left of the price; without one all that the terms let a date spend."""
    books = turn.books
    budget = np.minimum(turn.spendable_cash(), _funds_for_purchase(turn))
    if turn.cap is not None:
        budget = np.minimum(budget, turn.cap)
    books.purchase_budget = np.maximum(books.purchase_budget, books.bought + budget)
    most = _most_for_purchase(books) if books.price_left is None else books.price_left
    return Demand(budget, budget if most is None else np.minimum(most, budget))


def _most_for_purchase(books: OpenBooks) -> Fen | None:
    """What the terms' largest amount leaves to spend on the payment date; None is no bound."""
    purchase = books.terms.purchase
    if purchase is None or purchase.max_amount_fen is None:
        return None
    return np.maximum(purchase.max_amount_fen * len(purchase.dates) - books.bought, 0)


def _funds_for_purchase(turn: Turn) -> Fen:
    """What a purchase may spend of the cash (guideline, art. 3): what the account carried over, and
    the period's principal, or principal and interest, less what was bought for before on the date;
    with excess spread the cash is the bound."""
    books, purchase = turn.books, turn.books.terms.purchase
    funding = "all_remaining" if purchase is None else purchase.funding
    if funding == "all_remaining":
        return books.cash[turn.step.account]
    funds = look_up(books.opening.account_balance, turn.step.account)
    funds = funds + books.collections.principal_total()
    if funding == "principal_and_interest":
        funds = funds + books.collections.interest
    return np.maximum(funds - books.bought, 0)


def _demand_write_off(turn: Turn, target: str) -> Demand:
    """A loss: the note is owed less, and no cash moves. The cap says how much is lost in all."""
    due = look_up(turn.books.note_balance, target)
    return Demand(due, due, (turn.books.note_balance,), is_cash_limited=True)


def _demand_residual(turn: Turn, target: str) -> Demand:
    cash = turn.spendable_cash()
    return Demand(cash, cash)


STEP_KINDS: Mapping[str, Callable[[Turn, str], Demand]] = {
    "fee": _demand_fee,
    "interest": _demand_interest,
    "principal": _demand_principal,
    "reserve": _demand_reserve,
    "release": _demand_release,
    "transfer": _demand_transfer,
    "deficiency": _demand_deficiency,
    "support_repayment": _demand_support_repayment,
    "purchase": _demand_purchase,
    "write_off": _demand_write_off,
    "residual": _demand_residual,
}


def _is_covered(books: OpenBooks, target: str, debt: SupportedDebt) -> bool:
    support = books.terms.support
    return support is not None and support.pays(target, debt, books.payment_date)
