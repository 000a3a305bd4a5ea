"""The kinds of step that a deal's priority list may name.

A kind is one function from the open books, the step and one of its targets to a Demand: what is due,
how much of it is wanted now, which ledgers the payment reduces. How the money then moves is the same
for all of them: paying.py.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from deals.paying import Step
from waterfall.amounts import evaluate
from waterfall.money import Fen, WaterfallError, format_fen
from waterfall.open_books import Open, OpenBooks


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
    moves_cash: bool = True


def _demand_fee(books: OpenBooks, step: Step, target: str) -> Demand:
    due = look_up(books.fee_owed, target)
    return Demand(due, due, (books.fee_owed,))


def _demand_interest(books: OpenBooks, step: Step, target: str) -> Demand:
    """Interest on unpaid interest is paid before the interest itself."""
    due = look_up(books.interest_owed, target) + books.late_interest_owed[target]
    ledgers = (books.late_interest_owed, books.interest_owed)
    return Demand(due, due, ledgers, is_supported=_is_covered(books, target))


def _demand_principal(books: OpenBooks, step: Step, target: str) -> Demand:
    """Before the expected maturity a note is due what cash there is; from then on, all of it.

    So the provider, who pays what the cash does not, pays no principal before that date. A step with
    a target balance is due what is above it, and no more.
    """
    due = np.maximum(look_up(books.note_balance, target) - _target_balance(books, step, target), 0)
    return Demand(
        due,
        due,
        (books.note_balance,),
        is_supported=books.is_matured and _is_covered(books, target),
        is_cash_limited=not books.is_matured,
    )


def _target_balance(books: OpenBooks, step: Step, target: str) -> Fen:
    if step.is_to_target and target in books.note_targets:
        return books.nothing + books.note_targets[target]
    return books.nothing if step.down_to is None else evaluate(step.down_to, books)


def _demand_reserve(books: OpenBooks, step: Step, target: str) -> Demand:
    """What the reserve, the target of the step, lacks of its own target."""
    due = np.maximum(_reserve_target(books, target) - look_up(books.cash, target), 0)
    return Demand(due, due)


def _demand_release(books: OpenBooks, step: Step, target: str) -> Demand:
    """What the reserve, the account of the step, holds above its target."""
    held = look_up(books.cash, step.account)
    due = np.maximum(held - _reserve_target(books, step.account), 0)
    return Demand(due, due)


def _reserve_target(books: OpenBooks, code: str) -> Fen:
    targets = {account.code: account.target for account in books.terms.accounts}
    target = targets.get(code)
    if target is None:
        raise WaterfallError(f"account {code!r} has no target; give it one in the terms")
    return evaluate(target, books)


def _demand_transfer(books: OpenBooks, step: Step, target: str) -> Demand:
    """The amount that the step states, or all the cash of its account."""
    due = look_up(books.cash, step.account) if step.cap is None else evaluate(step.cap, books)
    return Demand(due, due)


def _demand_deficiency(books: OpenBooks, step: Step, target: str) -> Demand:
    due = look_up(books.deficiency, target)
    return Demand(due, due, (books.deficiency,))


def _demand_support_repayment(books: OpenBooks, step: Step, target: str) -> Demand:
    due = books.support_drawn - books.support_repaid
    return Demand(due, due)


def _demand_purchase(books: OpenBooks, step: Step, target: str) -> Demand:
    budget = np.minimum(spendable_cash(books, step), _funds_for_purchase(books, step))
    price = budget if books.purchase_price is None else books.purchase_price
    if (price > budget).any():
        scenario = int(np.argmax(price > budget))
        raise WaterfallError(
            f"the price {format_fen(price[scenario])} is above the cash in the account,"
            f" {format_fen(budget[scenario])} (scenario {scenario}); buy for no more than that"
        )
    books.purchase_budget = books.purchase_budget + budget
    return Demand(budget, price)


def _funds_for_purchase(books: OpenBooks, step: Step) -> Fen:
    """What a purchase may spend of the cash (guideline, art. 3): what the account carried over, and
    the period's principal, or principal and interest; with excess spread the cash is the bound."""
    purchase = books.terms.purchase
    funding = "all_remaining" if purchase is None else purchase.funding
    carried = look_up(books.opening.account_balance, step.account)
    if funding == "principal":
        return carried + books.collections.principal_total()
    if funding == "principal_and_interest":
        return carried + books.collections.principal_total() + books.collections.interest
    return books.cash[step.account]


def _demand_write_off(books: OpenBooks, step: Step, target: str) -> Demand:
    """A loss: the note is owed less, and no cash moves. The cap says how much is lost in all."""
    due = look_up(books.note_balance, target)
    return Demand(due, due, (books.note_balance,), is_cash_limited=True, moves_cash=False)


def _demand_residual(books: OpenBooks, step: Step, target: str) -> Demand:
    cash = spendable_cash(books, step)
    return Demand(cash, cash)


STEP_KINDS: Mapping[str, Callable[[OpenBooks, Step, str], Demand]] = {
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


def spendable_cash(books: OpenBooks, step: Step) -> Fen:
    """The cash of the step's account, less what the step must keep there."""
    cash = look_up(books.cash, step.account)
    return cash if step.keep is None else np.maximum(cash - evaluate(step.keep, books), 0)


def look_up(ledger: Mapping[str, Fen], code: str) -> Fen:
    """The amount under the code; WaterfallError naming the known codes for any other."""
    if code not in ledger:
        raise WaterfallError(f"{code!r} is unknown; expected one of {', '.join(ledger)}")
    return ledger[code]


def _is_covered(books: OpenBooks, target: str) -> bool:
    return books.terms.support is not None and target in books.terms.support.covers
