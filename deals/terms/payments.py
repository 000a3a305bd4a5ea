"""How a deal pays, as checked, frozen values: notes, fees, accounts, steps, support.

Amounts are int fen (1/100 of the currency unit), rates exact fractions per year, shares exact
fractions. The waterfall walks these values; nothing here computes.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from deals.terms.rates import Rate

TrancheClass = Literal["senior", "mezzanine", "equity"]
DayCount = Literal[
    "ACT/365F",
    "ACT/360",
    "ACT/ACT",
    "ACT/365A",
    "ACT/365L",
    "NL/365",
    "30/360",
    "30/360 US",
    "30E/360",
    "30E+/360",
    "30E/360 ISDA",
]
Rounding = Literal["half_up", "down"]
LateInterest = Literal["none", "simple", "compounding"]
Phase = Literal["revolving", "allocation", "accelerated", "default", "clean_up"]
StepKind = Literal[
    "fee",
    "interest",
    "principal",
    "reserve",
    "release",
    "transfer",
    "deficiency",
    "support_repayment",
    "purchase",
    "write_off",
    "residual",
]
CollectionKind = Literal[
    "principal", "prepayment", "interest", "fee", "recovery", "repurchase", "clean_up"
]
Quantity = Literal[
    "interest_collections",
    "cumulative_interest_collections",
    "principal_collections",
    "collections",
    "defaulted",
    "pool_balance",
    "closing_pool_balance",
    "initial_pool_balance",
    "note_balance",
    "opening_note_balance",
    "issued_note_balance",
    "interest_accrued",
    "interest_unpaid",
    "fee_unpaid",
    "account_balance",
    "deficiency",
    "support_outstanding",
]
"""What a fee accrues on and an amount is a share of, as it stands when it is asked for.

The period's collections: of interest (or all of it since the closing), of principal (prepayments,
repurchases and a clean-up price included), or all cash, which counts as nothing where the costs of
recovering exceed it; what defaulted.
The pool at the start of the period (`pool_balance`), at the cut-off, or at closing of the deal. The
notes now, before this date's payments, or as issued; their interest of this period
(`interest_accrued`, without interest on unpaid interest) or all that is unpaid. Unpaid fees, cash in
the accounts, losses not yet made good, support not yet repaid.
"""
Frequency = Literal["payment_date", "once", "monthly", "quarterly", "semi_annual", "annual"]
COLLECTION_KINDS: tuple[CollectionKind, ...] = get_args(CollectionKind)
ACCOUNT_CODE = "collection"
"""The one account of a deal whose terms name none."""


@dataclass(frozen=True)
class FixedAmount:
    """An amount of money that the terms state."""

    fen: int


@dataclass(frozen=True)
class ShareOf:
    """`share` of a quantity of the payment date; `codes` narrow it to some notes, fees or accounts."""

    of: Quantity
    share: Rate = Decimal(1)
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Combined:
    """Amounts taken together; `minus` is the first less the others, never below zero."""

    operation: Literal["sum", "least", "greatest", "minus"]
    parts: tuple["Amount", ...]


Amount = FixedAmount | ShareOf | Combined
"""What a cap, a target or a transfer comes to on a payment date, as the contract words it."""


@dataclass(frozen=True)
class Floating:
    """A coupon of index + margin; the index in force when the accrual starts, which may be below zero.

    `floor` and `cap` bound the coupon, None is no bound; without a floor it is not below zero either.
    """

    index: str
    margin: Rate
    floor: Rate | None = None
    cap: Rate | None = None


@dataclass(frozen=True)
class Note:
    """One tranche. `annual_rate` is the fixed coupon; the equity's is 0 (it takes the residual).

    `rate_steps` are later coupons, each earned from its date on, also inside a period (a step-up);
    a floating note has none. `target_balances` is a schedule of dates and fen that a principal step
    with `is_to_target` pays down to and no further; before its first date nothing is paid.
    Unpaid interest of a deferrable note is no breach of `interest_unpaid_ratio`.
    """

    code: str
    tranche_class: TrancheClass
    name_zh: str
    name_en: str
    security_code: str
    notional_fen: int
    annual_rate: Rate
    day_count: DayCount
    initial_rating_code: str
    current_rating_code: str
    rate_steps: tuple[tuple[date, Rate], ...] = ()
    floating: Floating | None = None
    is_interest_deferrable: bool = False
    target_balances: tuple[tuple[date, int], ...] = ()

    @property
    def bears_interest(self) -> bool:
        """Whether the note ever has a coupon."""
        return bool(self.annual_rate or self.floating or any(r for _, r in self.rate_steps))


@dataclass(frozen=True, kw_only=True)
class Fee:
    """A tax or fee of one kind: a rate of a quantity, or amounts that fall due.

    With a `rate`: that share of `basis`, or a year's rate on it where there is a `day_count`;
    `codes` narrow the basis; of cumulative collections the share is rounded on the whole, so that no
    rounding adds up. With `amount_fen`: that much on each date of `frequency` after `start_date`
    (`once`: on it). With `schedule`: amounts on dates. With `tiers`: on each date of `frequency` the
    amount of the last tier whose bound the basis reaches. What falls due on the closing date is paid
    on the first payment date.
    """

    code: str
    name_zh: str
    name_en: str
    basis: Quantity | Literal[""] = ""
    rate: Rate = Decimal(0)
    day_count: DayCount | Literal[""] = ""
    codes: tuple[str, ...] = ()
    amount_fen: int = 0
    frequency: Frequency = "payment_date"
    start_date: date | None = None
    schedule: tuple[tuple[date, int], ...] = ()
    tiers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Account:
    """An account of the deal and the kinds of collections that it receives.

    A reserve has a `target`, which reserve steps fill it to and release steps leave in it, and
    `initial`, paid in at closing from the proceeds of the notes, or by the originator beside them.
    """

    code: str
    name_zh: str
    name_en: str
    receives: tuple[CollectionKind, ...] = ()
    target: Amount | None = None
    initial: Amount | None = None
    funded_by: Literal["proceeds", "originator"] = "proceeds"


@dataclass(frozen=True)
class Step:
    """A step of the priority of payments.

    `targets` are the codes that it pays: fees, notes, or one account; none for a purchase. Several
    are paid one after the other, or pro rata to what is due. It pays from `account`, less what it
    must `keep` there; what is short is moved in from the `cover` accounts, in their order. `cap` is
    the most that the step pays (of a transfer: what it moves; of a write-off: what is lost); what is
    left unpaid stays due. A principal step pays each note down to `down_to`, or to the note's
    scheduled target. `to` is the account that receives what a deficiency step makes good. The step's
    amounts are measured once, when its turn comes.
    """

    kind: StepKind
    targets: tuple[str, ...]
    clause: str
    account: str = ACCOUNT_CODE
    to: str = ""
    split: Literal["sequential", "pro_rata"] = "sequential"
    cap: Amount | None = None
    keep: Amount | None = None
    down_to: Amount | None = None
    is_to_target: bool = False
    cover: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The first target, or nothing: most steps have one."""
        return self.targets[0] if self.targets else ""


@dataclass(frozen=True)
class Support:
    """The shortfall provider pays interest of the notes in `covers`, and from expected maturity on
    their principal, where the cash does not.

    `limit_fen` bounds what may be drawn, None is no limit: over the deal's life (`capped`), at any
    time (`revolving`: what is repaid may be drawn again), or on the one payment date on which the
    provider pays at all (`one_time`). Of notes that are paid pro rata each draws in proportion to
    what it lacks. It is repaid where the priority has a `support_repayment` step.
    """

    provider_zh: str
    provider_en: str
    covers: tuple[str, ...]
    limit_fen: int | None
    kind: Literal["capped", "revolving", "one_time"] = "capped"


@dataclass(frozen=True)
class CleanUpCall:
    """The servicer may buy the pool once it is at or under `threshold` of the initial pool, or under it.

    The price is `price_share` of all that the pool owes, defaulted loans included. With
    `replaces_priority` the cash of that date is paid by the `clean_up` priority, else by that of the
    phase.
    """

    threshold: Decimal
    price_share: Decimal
    replaces_priority: bool
    acts: Literal["this", "next"] = "this"
    callable_when: Literal["at_or_under", "under"] = "at_or_under"
