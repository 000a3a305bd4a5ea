"""What a settlement reads and writes: plain records of int64 fen arrays of shape (scenarios,)."""

from collections.abc import Mapping
from dataclasses import dataclass

from waterfall.money import Fen


@dataclass(frozen=True, eq=False)
class Collections:
    """Cash that the pool brought in one collection period."""

    principal: Fen
    interest: Fen
    fee: Fen
    recovery: Fen
    """Net of the costs of recovering, so it may be negative."""

    def total(self) -> Fen:
        """All the cash of the period."""
        return self.principal + self.interest + self.fee + self.recovery


@dataclass(frozen=True, eq=False)
class State:
    """Where the deal stands between two payment dates."""

    account_balance: Fen
    note_balance: Mapping[str, Fen]
    interest_unpaid: Mapping[str, Fen]
    fee_unpaid: Mapping[str, Fen]
    support_drawn: Fen
    """Paid by the support provider since the closing."""


@dataclass(frozen=True, eq=False)
class Payment:
    """One step of the priority list on one payment date.

    due = paid + shortfall, and `supported` is the part of `paid` that the provider brought; the
    rest left the account. The due of a purchase is its budget: its shortfall is cash left unspent.
    """

    step_number: int
    """From 1, in the order of the priority list."""
    kind: str
    target_code: str
    clause: str
    account_code: str
    due: Fen
    paid: Fen
    shortfall: Fen
    supported: Fen
    account_balance_after: Fen


@dataclass(frozen=True, eq=False)
class Settlement:
    """One payment date: `opening` and `inflow` became `payments` and `state`."""

    payments: tuple[Payment, ...]
    opening: State
    state: State
    inflow: Fen
    support_paid: Fen
    purchase_budget: Fen
    """Cash in the account when the purchase step was reached; zero where there is none."""
    fee_accrued: Mapping[str, Fen]
    interest_accrued: Mapping[str, Fen]
    note_issued: Mapping[str, Fen]
