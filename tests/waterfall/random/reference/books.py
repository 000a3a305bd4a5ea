"""The books of one deal in one scenario, in plain whole fen.

The reference is written from the contract's words (`deals.terms.payments`) and shares nothing with the
engine but the terms: Python integers, `Fraction`, one scenario at a time, one `if` for each kind.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from deals.terms.deal import Terms

Amounts = dict[str, int]
"""Fen by the code of an account, note or fee."""


@dataclass
class PlainState:
    """Where the deal stands between two payment dates."""

    accounts: Amounts
    notes: Amounts
    interest: Amounts
    late_interest: Amounts
    fees: Amounts
    deficiency: Amounts
    drawn: int = 0
    repaid: int = 0

    def copy(self) -> "PlainState":
        return PlainState(
            dict(self.accounts),
            dict(self.notes),
            dict(self.interest),
            dict(self.late_interest),
            dict(self.fees),
            dict(self.deficiency),
            self.drawn,
            self.repaid,
        )


@dataclass(frozen=True)
class PlainCollections:
    """What the pool brought in, and what defaulted."""

    principal: int
    interest: int
    fee: int
    recovery: int
    prepayment: int
    repurchase: int
    clean_up: int
    defaulted: int

    def all_principal(self) -> int:
        return self.principal + self.prepayment + self.repurchase + self.clean_up

    def all_cash(self) -> int:
        return self.all_principal() + self.interest + self.fee + self.recovery


@dataclass(frozen=True)
class PlainPool:
    """The pool at the two ends of the collection period."""

    opening: int
    closing: int
    initial: int
    purchased: int
    defaulted: int
    interest_before: int
    """Collected from the closing to the start of the period."""
    overdue: int | None
    seriously_overdue: int | None
    recovered: int | None
    """Since the closing, this period's included."""


@dataclass
class PaymentDay:
    """One payment date while it is being settled: everything that a clause may refer to."""

    terms: Terms
    accrual_start: date
    date: date
    """The payment date, on which the accrual ends."""
    is_matured: bool
    opening: PlainState
    state: PlainState
    """Changed by every payment."""
    collections: PlainCollections
    pool: PlainPool
    price_left: int | None
    """What is still to be paid for the loans that were chosen; None buys for all the budget."""
    interest_accrued: Amounts
    acting: frozenset[str] = frozenset()
    """Codes of the triggers that act on this date."""
    support_left: int = 0
    bought: int = 0


class Row(NamedTuple):
    """One payment, as the engine must report it."""

    step: int
    kind: str
    target: str
    account: str
    to_account: str
    due: int
    paid: int
    shortfall: int
    supported: int
    account_after: int
