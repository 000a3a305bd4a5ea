"""Issue the notes and settle payment dates, for any number of scenarios at once.

`settle` reads as the contract does: open the books with the period's cash, accrue, then walk the
priority list of the phase. The list is data (`terms.priority`); a kind of step is one function in
steps.py, a quantity that fees, caps and targets refer to one function in formulas.py.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from deals.dates.calendar import Period
from deals.dates.coupons import in_force
from deals.terms.deal import Terms
from deals.terms.payments import Phase, Step
from waterfall.books import Acting, Collections, Ledger, Payment, PoolFacts, Settlement, State
from waterfall.money import Fen, WaterfallError, fen_of, format_fen, zero_fen
from waterfall.pay.accruals import accrue_fees, accrue_interest
from waterfall.pay.checks import (
    check_codes,
    check_collections,
    check_pool,
    check_price,
    name_step,
    place_errors,
    select_steps,
)
from waterfall.pay.conservation import assert_conservation
from waterfall.pay.formulas import evaluate
from waterfall.pay.open_books import OpenBooks, open_books
from waterfall.pay.payments import pay_step

__all__ = [
    "Collections",
    "Fen",
    "Payment",
    "PoolFacts",
    "Settlement",
    "State",
    "WaterfallError",
    "opening_state",
    "settle",
    "settle_issue",
    "wait",
]


def opening_state(terms: Terms, scenarios: int = 1) -> State:
    """The deal before anything is issued: no notes, no cash."""
    if scenarios < 1:
        raise WaterfallError(f"{terms.deal_id}: {scenarios} scenarios; expected 1 or more")
    nothing = zero_fen(scenarios)
    notes = {note.code: nothing for note in terms.notes}
    return State(
        account_balance={account.code: nothing for account in terms.accounts},
        note_balance=notes,
        interest_unpaid=notes,
        late_interest_unpaid=notes,
        fee_unpaid={fee.code: nothing for fee in terms.fees},
        deficiency=dict.fromkeys(terms.payment.deficiency_notes, nothing),
        support_drawn=nothing,
        support_repaid=nothing,
    )


def settle_issue(terms: Terms, state: State, purchase_price: Fen | None) -> Settlement:
    """Issue every note at par, fund the reserves and buy the initial pool, on the closing date.

    `purchase_price` None spends all the proceeds left; what a price leaves stays in the account.
    Raises WaterfallError when notes are already outstanding or the price is above the proceeds.
    """
    scenarios = state.scenarios
    with place_errors(f"{terms.deal_id}, issue on {terms.dates.closing_date}"):
        check_codes(terms, state)
        if any(balance.any() for balance in state.note_balance.values()):
            raise WaterfallError("the notes are issued already; issue them once, on opening_state")
        nothing = zero_fen(scenarios)
        issued = {note.code: fen_of(note.notional_fen, scenarios) for note in terms.notes}
        first, *others = (account.code for account in terms.accounts)
        inflow = {first: sum(issued.values(), nothing), **dict.fromkeys(others, nothing)}
        books = open_books(
            terms=replace(terms, purchase=None),
            opening=state,
            inflow=inflow,
            collections=no_collections(scenarios),
            pool=no_pool(scenarios),
            purchase_price=check_price(purchase_price, scenarios),
            note_targets={},
            is_matured=False,
            payment_date=terms.dates.closing_date,
            acting={},
        )
        for code, amount in issued.items():
            books.note_balance[code] = books.note_balance[code] + amount
        funded = _pay_in(books)
        inflow = {code: amount + funded.get(code, nothing) for code, amount in inflow.items()}
        return replace(_walk(books, _issue_steps(terms), inflow, issued), funded=funded)


def _pay_in(books: OpenBooks) -> dict[str, Fen]:
    """What the originator pays into reserves at closing, beside the proceeds of the notes."""
    funded = {
        account.code: evaluate(account.initial, books)
        for account in books.terms.accounts
        if account.initial is not None and account.funded_by == "originator"
    }
    for code, amount in funded.items():
        books.cash[code] = books.cash[code] + amount
    return funded


def _issue_steps(terms: Terms) -> Sequence[Step]:
    """Steps of the issue, with no clause in any list: the reserves, then the first pool."""
    first = terms.accounts[0].code
    reserves = [
        Step("transfer", (account.code,), "", first, cap=account.initial)
        for account in terms.accounts
        if account.initial is not None and account.funded_by == "proceeds"
    ]
    return (*reserves, Step("purchase", (), "", first))


def settle(
    terms: Terms,
    period: Period,
    phase: Phase,
    state: State,
    collections: Collections,
    pool: PoolFacts,
    purchase_price: Fen | None,
    acting: Acting | None = None,
) -> Settlement:
    """Pay one payment date in the order that `terms.priority` gives for the phase.

    The phase holds for every scenario. `purchase_price` None spends all the cash that reaches the
    purchase. `acting` are the triggers that steps may wait for. Raises WaterfallError naming deal,
    payment date, step and value.
    """
    scenarios = state.scenarios
    with place_errors(f"{terms.deal_id}, payment date {period.payment_date}"):
        check_codes(terms, state)
        collections = check_collections(collections, scenarios)
        pool = check_pool(pool, scenarios)
        purchase_price = check_price(purchase_price, scenarios)
    return settle_checked(
        terms, period, phase, state, collections, pool, purchase_price, acting or {}
    )


def settle_checked(
    terms: Terms,
    period: Period,
    phase: Phase,
    state: State,
    collections: Collections,
    pool: PoolFacts,
    purchase_price: Fen | None,
    acting: Acting,
) -> Settlement:
    """Like `settle`, of figures that were checked for every scenario."""
    with place_errors(f"{terms.deal_id}, payment date {period.payment_date}"):
        steps = select_steps(terms, phase, purchase_price)
        inflow = route_collections(terms, collections)
        books = open_books(
            terms=terms,
            opening=state,
            inflow=inflow,
            collections=collections,
            pool=pool,
            purchase_price=purchase_price,
            note_targets=_note_targets(terms, period),
            is_matured=period.is_expected_maturity,
            payment_date=period.payment_date,
            acting=acting,
        )
        accrue_interest(books, period)
        accrue_fees(books, period)
        issued = dict.fromkeys(state.note_balance, zero_fen(state.scenarios))
        return _walk(books, steps, inflow, issued)


def wait(terms: Terms, state: State, collections: Collections) -> Settlement:
    """A month without a payment date: what came in waits in the accounts, and nothing falls due.

    Raises WaterfallError where costs of recovering are more than an account has.
    """
    inflow = route_collections(terms, collections)
    books = open_books(
        terms=terms,
        opening=state,
        inflow=inflow,
        collections=no_collections(state.scenarios),
        pool=no_pool(state.scenarios),
        purchase_price=None,
        note_targets={},
        is_matured=False,
        payment_date=terms.dates.closing_date,
        acting={},
    )
    settlement = _walk(books, (), inflow, dict.fromkeys(state.note_balance, books.nothing))
    return replace(settlement, reserve_target={})


def route_collections(terms: Terms, collections: Collections) -> Ledger:
    """The period's cash by the account whose terms say that it receives that kind.

    Raises WaterfallError where no account receives what came in, or more than one.
    """
    nothing = 0 * collections.principal
    inflow = {
        account.code: sum((collections.of_kind(kind) for kind in account.receives), nothing)
        for account in terms.accounts
    }
    received, collected = sum(inflow.values(), nothing), collections.total()
    if (received != collected).any():
        scenario = int(np.argmax(received != collected))
        raise WaterfallError(
            f"the accounts receive {format_fen(received[scenario])} of the"
            f" {format_fen(collected[scenario])} collected (scenario {scenario}); let one account"
            " receive each kind"
        )
    return inflow


def no_collections(scenarios: int) -> Collections:
    """A period in which nothing came in and nothing defaulted."""
    return Collections(*(zero_fen(scenarios) for _ in range(8)))


def no_pool(scenarios: int) -> PoolFacts:
    """No pool, and nothing collected: before the first one is bought."""
    nothing = zero_fen(scenarios)
    return PoolFacts(*[nothing] * 5, cumulative_recovered=nothing, cumulative_interest=nothing)


def _note_targets(terms: Terms, period: Period) -> dict[str, int]:
    """The scheduled balance of each note that has a schedule; before its first date, the notional."""
    return {
        note.code: in_force(note.target_balances, period.payment_date, note.notional_fen)
        for note in terms.notes
        if note.target_balances
    }


def _walk(books: OpenBooks, steps: Sequence[Step], inflow: Ledger, issued: Ledger) -> Settlement:
    """Pay the steps in order, close the books, and prove that nothing was lost."""
    payments = [
        payment
        for number, step in enumerate(steps, start=1)
        for payment in _pay(books, number, step)
    ]
    _check_price_paid(books)
    settlement = Settlement(
        payments=tuple(payments),
        opening=books.opening,
        state=books.closed(),
        inflow=inflow,
        support_paid=books.support_drawn - books.opening.support_drawn,
        purchase_budget=books.purchase_budget,
        fee_accrued=books.fee_accrued,
        interest_accrued=books.interest_accrued,
        late_interest_accrued=books.late_interest_accrued,
        defaulted=books.defaulted,
        note_issued=issued,
        reserve_target={
            code: evaluate(target, books) for code, target in books.terms.reserve_targets.items()
        },
    )
    assert_conservation(books.terms, settlement)
    return settlement


def _check_price_paid(books: OpenBooks) -> None:
    """The loans that were chosen are paid for in full."""
    left = books.nothing if books.price_left is None else books.price_left
    if left.any():
        scenario = int(np.argmax(left > 0))
        budget = books.bought[scenario]
        raise WaterfallError(
            f"the price {format_fen(budget + left[scenario])} is above the purchase budget,"
            f" {format_fen(budget)} (scenario {scenario}); buy for no more than that"
        )


def _pay(books: OpenBooks, step_number: int, step: Step) -> list[Payment]:
    try:
        return pay_step(books, step_number, step)
    except WaterfallError as error:
        raise WaterfallError(f"{name_step(step_number, step)}: {error}") from error.__cause__
