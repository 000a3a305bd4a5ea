"""The books of one payment date while its steps are being paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from deals.terms.deal import Terms
from waterfall.books import Acting, Collections, Ledger, PoolFacts, State
from waterfall.money import LARGEST_FEN, Fen, WaterfallError, format_fen, refuse_negative, zero_fen

Open = dict[str, Fen]
"""A ledger that payments change."""


@dataclass(eq=False)
class OpenBooks:
    """What is owed and what cash there is, at one point of the priority list."""

    terms: Terms
    opening: State
    collections: Collections
    pool: PoolFacts
    price_left: Fen | None
    """Of the price of the loans that were chosen; None spends the whole budget."""
    is_matured: bool
    """The payment date is the expected maturity or later."""
    payment_date: date
    acting: Acting
    note_targets: Mapping[str, int]
    """The scheduled balance in fen on this date, of the notes that have a schedule."""
    cash: Open
    """By account."""
    note_balance: Open
    interest_owed: Open
    late_interest_owed: Open
    fee_owed: Open
    deficiency: Open
    interest_accrued: Open
    late_interest_accrued: Open
    fee_accrued: Open
    defaulted: Open
    support_drawn: Fen
    support_repaid: Fen
    support_left: Fen
    """What the provider may still pay on this date; zero without a provider."""
    purchase_budget: Fen
    bought: Fen
    """Paid by the purchase steps of this date."""

    @property
    def scenarios(self) -> int:
        return self.opening.scenarios

    @cached_property
    def nothing(self) -> Fen:
        """Zero for each scenario; one array that many ledgers share, as none is changed in place."""
        return zero_fen(self.scenarios)

    def closed(self) -> State:
        """What the next payment date opens with."""
        return State(
            account_balance=self.cash,
            note_balance=self.note_balance,
            interest_unpaid=self.interest_owed,
            late_interest_unpaid=self.late_interest_owed,
            fee_unpaid=self.fee_owed,
            deficiency=self.deficiency,
            support_drawn=self.support_drawn,
            support_repaid=self.support_repaid,
        )


def open_books(
    terms: Terms,
    opening: State,
    inflow: Ledger,
    collections: Collections,
    pool: PoolFacts,
    purchase_price: Fen | None,
    note_targets: Mapping[str, int],
    is_matured: bool,
    payment_date: date,
    acting: Acting,
) -> OpenBooks:
    """The books with the cash received and the period's defaults, and nothing accrued or paid yet."""
    nothing = zero_fen(opening.scenarios)
    books = OpenBooks(
        terms=terms,
        opening=opening,
        collections=collections,
        pool=pool,
        price_left=purchase_price,
        is_matured=is_matured,
        payment_date=payment_date,
        acting=acting,
        note_targets=note_targets,
        cash=_receive(opening, inflow),
        note_balance=dict(opening.note_balance),
        interest_owed=dict(opening.interest_unpaid),
        late_interest_owed=dict(opening.late_interest_unpaid),
        fee_owed=dict(opening.fee_unpaid),
        deficiency=dict(opening.deficiency),
        interest_accrued=dict.fromkeys(opening.note_balance, nothing),
        late_interest_accrued=dict.fromkeys(opening.note_balance, nothing),
        fee_accrued=dict.fromkeys(opening.fee_unpaid, nothing),
        defaulted=dict.fromkeys(opening.deficiency, nothing),
        support_drawn=opening.support_drawn,
        support_repaid=opening.support_repaid,
        support_left=support_left(terms, opening),
        purchase_budget=nothing,
        bought=nothing,
    )
    _debit_defaults(books)
    return books


def _receive(opening: State, inflow: Ledger) -> Open:
    cash = {code: balance + inflow[code] for code, balance in opening.account_balance.items()}
    for code, balance in cash.items():
        if (balance < 0).any():
            worst = int(np.argmin(balance))
            raise WaterfallError(
                f"net collections of {format_fen(inflow[code][worst])} take more than the"
                f" {format_fen(opening.account_balance[code][worst])} in account {code} (scenario"
                f" {worst}); check the recoveries and their costs"
            )
    return cash


def _debit_defaults(books: OpenBooks) -> None:
    """The period's defaults, or its net loss, go to the first deficiency ledger up to its note's balance,
    then to the next.

    What all the notes together cannot bear is beyond every ledger and not recorded.
    """
    left = books.collections.defaulted
    if books.terms.payment.deficiency_basis == "net_loss":
        left = books.collections.net_loss()
    for code in books.deficiency:
        room = np.maximum(books.note_balance[code] - books.deficiency[code], 0)
        debit = np.minimum(left, room)
        books.defaulted[code] = debit
        books.deficiency[code] = books.deficiency[code] + debit
        left = left - debit


def support_left(terms: Terms, opening: State) -> Fen:
    """What the provider may pay on a date that opens so, by the kind of its limit."""
    support = terms.support
    if support is None:
        return zero_fen(opening.scenarios)
    limit = LARGEST_FEN if support.limit_fen is None else support.limit_fen
    used = opening.support_drawn
    if support.kind == "revolving":
        used = used - opening.support_repaid
    left = limit - used
    refuse_negative(left, "the support left")
    if support.kind == "one_time":
        left = np.where(opening.support_drawn > 0, 0, left)
    return left


def support_on_date(books: OpenBooks) -> Fen:
    """What the provider may still pay on this date, its limit for one date counted too."""
    support = books.terms.support
    if support is None or support.limit_per_date_fen is None:
        return books.support_left
    drawn = books.support_drawn - books.opening.support_drawn
    return np.minimum(books.support_left, support.limit_per_date_fen - drawn)
