"""What a settlement reads and writes: plain records of int64 fen arrays of shape (scenarios,)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deals.terms.payments import COLLECTION_KINDS, CollectionKind
from waterfall.money import Fen

Ledger = Mapping[str, Fen]
"""Amounts by the code of an account, note or fee."""
Acting = Mapping[str, NDArray[np.bool_]]
"""By trigger code, the scenarios in which it acts on the payment date."""


@dataclass(frozen=True, eq=False)
class Collections:
    """Cash that the pool brought in one collection period, by kind, and what defaulted in it."""

    principal: Fen
    """Scheduled and overdue principal."""
    interest: Fen
    fee: Fen
    recovery: Fen
    """Net of the costs of recovering, so it may be negative."""
    prepayment: Fen
    repurchase: Fen
    """Paid by the originator for loans that it took back."""
    clean_up: Fen
    """The price of the whole pool, when it is called."""
    defaulted: Fen
    """Balance of the loans that defaulted: no cash."""

    def of_kind(self, kind: CollectionKind) -> Fen:
        """The cash of one kind."""
        return getattr(self, kind)

    def total(self) -> Fen:
        """All the cash of the period."""
        return sum((self.of_kind(kind) for kind in COLLECTION_KINDS), 0 * self.principal)

    def net_loss(self) -> Fen:
        """What defaulted less what was recovered, not below zero; costs of recovering add to it."""
        return np.maximum(self.defaulted - self.recovery, 0)

    def plus(self, other: "Collections") -> "Collections":
        """What both periods brought in, together."""
        names = [item.name for item in fields(self)]
        return Collections(*(getattr(self, name) + getattr(other, name) for name in names))

    def principal_total(self) -> Fen:
        """The cash that is principal of the pool, not income on it."""
        return self.principal + self.prepayment + self.repurchase + self.clean_up


@dataclass(frozen=True, eq=False)
class Waiting:
    """What came in since the last payment date and waits for the next, where months lie between them."""

    collections: Collections
    opening_balance: Fen
    """Of the pool after the last payment date."""


@dataclass(frozen=True, eq=False)
class PoolFacts:
    """The pool at the two ends of the collection period, before this payment date's purchase."""

    opening_balance: Fen
    closing_balance: Fen
    initial_balance: Fen
    cumulative_purchased: Fen
    """Bought since the closing, without the initial pool."""
    cumulative_defaulted: Fen
    overdue_balance: Fen | None = None
    """Any day past due at the cut-off; None where it is not known."""
    serious_overdue_balance: Fen | None = None
    """Past due beyond the deal's line to default; None where it is not known."""
    cumulative_recovered: Fen | None = None
    """Recoveries since the closing, this period's included, net of costs and so perhaps negative; None
    where they are not known."""
    cumulative_interest: Fen | None = None
    """Interest collected before this period; None where it is not known."""


@dataclass(frozen=True, eq=False)
class State:
    """Where the deal stands between two payment dates."""

    account_balance: Ledger
    note_balance: Ledger
    interest_unpaid: Ledger
    late_interest_unpaid: Ledger
    """Interest on unpaid interest, where it does not compound: it earns nothing itself."""
    fee_unpaid: Ledger
    deficiency: Ledger
    """Principal lost and not yet made good, by the note that bears it."""
    support_drawn: Fen
    """Paid by the support provider since the closing."""
    support_repaid: Fen

    @property
    def scenarios(self) -> int:
        """How many paths are settled side by side."""
        return self.support_drawn.size


class Payment(NamedTuple):
    """One movement of one step of the priority list on one payment date.

    due = paid + shortfall, and `supported` is the part of `paid` that the provider brought; the
    rest left the account. What stays in the deal goes to `to_account_code`; an empty
    `account_code` moves no cash (a write-off). The due of a purchase is its budget: its shortfall
    is cash left unspent.
    """

    step_number: int
    """From 1, in the order of the priority list."""
    kind: str
    """The step's kind; `cover` where another account makes up what the step is short of."""
    target_code: str
    clause: str
    account_code: str
    to_account_code: str
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
    inflow: Ledger
    """Collections, proceeds of the notes, and what the originator paid in, by the account they came to."""
    support_paid: Fen
    purchase_budget: Fen
    """Cash that the purchase step may spend; zero where there is none."""
    fee_accrued: Ledger
    interest_accrued: Ledger
    late_interest_accrued: Ledger
    defaulted: Ledger
    """Debited to the deficiency ledgers."""
    note_issued: Ledger
    reserve_target: Ledger
    """What each account with a target should hold after the payments."""
    funded: Ledger = field(default_factory=dict)
    """Paid in by the originator at closing, by account; part of the inflow."""


def pick_scenarios(
    ledger: Mapping[str, NDArray[Any]], chosen: np.ndarray
) -> dict[str, NDArray[Any]]:
    """The ledger of the chosen scenarios alone, by index or mask."""
    return {code: amounts[chosen] for code, amounts in ledger.items()}
