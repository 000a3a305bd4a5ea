"""Issue the notes and settle payment dates, for any number of scenarios at once.

`settle` reads as the contract does: accrue, then walk the priority list of the phase. The cash is
what was in the account plus the period's collections. The list is data (`terms.priority`); a kind
of step is one function in steps.py, a fee basis one function in accruals.py.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from deals.calendar import Period
from deals.terms import Phase, Step, Terms
from waterfall.accruals import Earnings, accrue_fees, accrue_interest
from waterfall.books import Collections, Payment, Settlement, State
from waterfall.conservation import assert_conservation
from waterfall.inputs import (
    check_codes,
    check_collections,
    check_fen,
    check_price,
    place_errors,
    select_steps,
)
from waterfall.money import (
    LARGEST_FEN,
    Fen,
    WaterfallError,
    fen_of,
    format_fen,
    refuse_negative,
    zero_fen,
)
from waterfall.steps import OpenBooks, pay_step

__all__ = [
    "Collections",
    "Fen",
    "Payment",
    "Settlement",
    "State",
    "WaterfallError",
    "opening_state",
    "settle",
    "settle_issue",
]

INITIAL_PURCHASE = Step(kind="purchase", target="", clause="")
"""The first pool is bought from the proceeds: a step of the issue, with no clause in any list."""


def opening_state(terms: Terms, scenarios: int = 1) -> State:
    """The deal before anything is issued: no notes, no cash."""
    if scenarios < 1:
        raise WaterfallError(f"{terms.deal_id}: {scenarios} scenarios; expected 1 or more")
    nothing = zero_fen(scenarios)
    notes = {note.code: nothing for note in terms.notes}
    return State(nothing, notes, notes, {fee.code: nothing for fee in terms.fees}, nothing)


def settle_issue(terms: Terms, state: State, purchase_price: Fen | None) -> Settlement:
    """Issue every note at par and buy the initial pool from the proceeds on the closing date.

    `purchase_price` None spends all the proceeds; what a price leaves stays in the account.
    Raises WaterfallError when notes are already outstanding or the price is above the proceeds.
    """
    scenarios = state.account_balance.size
    with place_errors(f"{terms.deal_id}, issue on {terms.closing_date}"):
        check_codes(terms, state)
        if any(balance.any() for balance in state.note_balance.values()):
            raise WaterfallError("the notes are issued already; issue them once, on opening_state")
        issued = {note.code: fen_of(note.notional_fen, scenarios) for note in terms.notes}
        return _walk(
            terms,
            (INITIAL_PURCHASE,),
            opening=state,
            inflow=sum(issued.values(), zero_fen(scenarios)),
            purchase_price=purchase_price,
            note_issued=issued,
        )


def settle(
    terms: Terms,
    period: Period,
    phase: Phase,
    state: State,
    collections: Collections,
    pool_balance: Fen,
    purchase_price: Fen | None,
) -> Settlement:
    """Pay one payment date in the order that `terms.priority` gives for the phase.

    The phase holds for every scenario. `pool_balance` is the pool at the start of the collection
    period, the basis of fees; `purchase_price` None spends all the cash that reaches the purchase.
    Raises WaterfallError naming deal, payment date, step and value.
    """
    scenarios = state.account_balance.size
    with place_errors(f"{terms.deal_id}, payment date {period.payment_date}"):
        check_codes(terms, state)
        steps = select_steps(terms, phase, purchase_price)
        collections = check_collections(collections, scenarios)
        pool_balance = check_fen(pool_balance, scenarios, "the pool balance")
        earnings = Earnings(period, state, collections, pool_balance)
        return _walk(
            terms,
            steps,
            opening=state,
            inflow=collections.total(),
            purchase_price=purchase_price,
            fee_accrued=accrue_fees(terms, earnings),
            interest_accrued=accrue_interest(terms, earnings),
            is_matured=period.is_expected_maturity,
        )


def _walk(
    terms: Terms,
    steps: Sequence[Step],
    *,
    opening: State,
    inflow: Fen,
    purchase_price: Fen | None,
    note_issued: Mapping[str, Fen] | None = None,
    fee_accrued: Mapping[str, Fen] | None = None,
    interest_accrued: Mapping[str, Fen] | None = None,
    is_matured: bool = False,
) -> Settlement:
    """Pay the steps in order, close the books, and prove that nothing was lost."""
    nothing = zero_fen(opening.account_balance.size)
    note_issued = note_issued or dict.fromkeys(opening.note_balance, nothing)
    fee_accrued = fee_accrued or dict.fromkeys(opening.fee_unpaid, nothing)
    interest_accrued = interest_accrued or dict.fromkeys(opening.interest_unpaid, nothing)
    books = OpenBooks(
        cash=_available_cash(opening, inflow),
        note_balance=_added(opening.note_balance, note_issued),
        interest_owed=_added(opening.interest_unpaid, interest_accrued),
        fee_owed=_added(opening.fee_unpaid, fee_accrued),
        support_left=_support_left(terms, opening),
        covered_notes=frozenset(terms.support.covers if terms.support else ()),
        is_matured=is_matured,
        purchase_price=check_price(purchase_price, nothing.size),
    )
    payments = tuple(_pay(books, number, step) for number, step in enumerate(steps, start=1))
    support_paid = sum((payment.supported for payment in payments), nothing)
    settlement = Settlement(
        payments=payments,
        opening=opening,
        state=books.closed(support_drawn=opening.support_drawn + support_paid),
        inflow=inflow,
        support_paid=support_paid,
        purchase_budget=sum((item.due for item in payments if item.kind == "purchase"), nothing),
        fee_accrued=fee_accrued,
        interest_accrued=interest_accrued,
        note_issued=note_issued,
    )
    assert_conservation(terms, settlement)
    return settlement


def _pay(books: OpenBooks, step_number: int, step: Step) -> Payment:
    with place_errors(f"step {step_number} ({step.kind} {step.target}".rstrip() + ")"):
        return pay_step(books, step_number, step)


def _available_cash(opening: State, inflow: Fen) -> Fen:
    cash = opening.account_balance + inflow
    if (cash < 0).any():
        worst = int(np.argmin(cash))
        raise WaterfallError(
            f"net collections of {format_fen(inflow[worst])} take more than the"
            f" {format_fen(opening.account_balance[worst])} in the account (scenario {worst});"
            " check the recoveries and their costs"
        )
    return cash


def _support_left(terms: Terms, opening: State) -> Fen:
    if terms.support is None:
        return zero_fen(opening.support_drawn.size)
    limit = terms.support.limit_fen
    left = (LARGEST_FEN if limit is None else limit) - opening.support_drawn
    refuse_negative(left, "the support left")
    return left


def _added(ledger: Mapping[str, Fen], movements: Mapping[str, Fen]) -> dict[str, Fen]:
    return {code: amounts + movements[code] for code, amounts in ledger.items()}
