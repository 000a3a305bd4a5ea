"""The terms of a deal as checked, frozen values.

Amounts are int fen (1/100 of the currency unit), rates are Decimal fractions per year, shares are
Decimal fractions. `deals.load` reads them from the deal's TOML file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from deals.terms.forecast import Forecast
from deals.terms.payments import (
    ACCOUNT_CODE,
    COLLECTION_KINDS,
    Account,
    Amount,
    CleanUpCall,
    Fee,
    LateInterest,
    Note,
    Phase,
    Rounding,
    Step,
    Support,
    Trigger,
)
from deals.terms.purchase import Limit, Purchase, scale_limits
from deals.terms.scale import scale_account, scale_fee, scale_note, scale_step, scale_support
from deals.terms.step_faults import Fault, find_faults

Roll = Literal["following", "modified_following", "preceding", "none"]

LEAST_WORKING_DAYS = 15
"""No month has fewer; February 2011 had 16 in cn_bank."""


class TermsError(Exception):
    """Terms that cannot be used, in one line: file, place, value, what was expected, what to do."""


@dataclass(frozen=True)
class Party:
    """One party in one role; an address or contact the sources do not give is an empty text."""

    role_code: str
    name_zh: str
    name_en: str
    address: str
    contact: str


@dataclass(frozen=True)
class Eligibility:
    """Limits that a loan meets at the cut-off to be bought, each inclusive.

    An empty list of codes or terms admits every one and excludes none; None is no limit.
    `must_mature_within_deal`: the loan's maturity date is not after the deal's expected maturity
    date, so that the pool has run off when notes fall due. `max_borrower_balance_fen` bounds what
    one borrower owes the pool, the loan on offer included. Every field is a column of the table
    deal.eligibility, a fen amount without its ending.
    """

    product_codes: tuple[str, ...]
    five_class_codes: tuple[str, ...]
    status_codes: tuple[str, ...]
    region_codes: tuple[str, ...]
    max_days_past_due: int
    max_historical_days_past_due: int
    min_balance_fen: int
    max_balance_fen: int
    min_annual_rate: Decimal
    max_annual_rate: Decimal
    min_borrower_age: int
    max_borrower_age: int
    min_remaining_months: int
    min_seasoning_months: int
    min_credit_score: int
    must_mature_within_deal: bool
    allows_renegotiated: bool
    allows_disputed: bool
    allows_pledged: bool
    excluded_product_codes: tuple[str, ...] = ()
    excluded_region_codes: tuple[str, ...] = ()
    excluded_occupation_codes: tuple[str, ...] = ()
    repayment_method_codes: tuple[str, ...] = ()
    term_months: tuple[int, ...] = ()
    max_past_due_count: int | None = None
    max_remaining_months: int | None = None
    max_seasoning_months: int | None = None
    max_age_at_maturity: int | None = None
    max_borrower_balance_fen: int | None = None
    allows_repurchased: bool = False


WARRANTABLE: Mapping[str, tuple[str, ...]] = {
    "is_currency_allowed": (),
    "is_product_allowed": ("product_codes", "excluded_product_codes"),
    "is_repayment_method_allowed": ("repayment_method_codes",),
    "is_term_allowed": ("term_months",),
    "is_seasoned": ("min_seasoning_months", "max_seasoning_months"),
    "is_not_pledged": ("allows_pledged",),
}
"""The eligibility criteria of which a later tape shows what the loan was at the cut-off of its purchase,
with the limits that each rests on.

What a loan is made as stays as it is, but for what a renegotiation changes; only its owner can pledge it,
which the originator is no more. A dispute or a renegotiation may come later: these take evidence.
"""

RepurchasePrice = Literal["balance", "balance_and_interest"]


@dataclass(frozen=True)
class Warranty:
    """What the originator warrants of the loans that it sells, and pays for one that proves otherwise.

    A loan of the pool is repurchased when a later tape disproves one of the `criteria`, codes of
    `WARRANTABLE`, or a notice with evidence says so. The price is the balance at that cut-off, after
    the month's payments, with the interest that fell due and was not paid where the terms ask for it.
    A criterion that the tape leaves open disproves nothing and is only warned of.
    """

    criteria: tuple[str, ...]
    price: RepurchasePrice


@dataclass(frozen=True)
class PaymentRule:
    """When money is paid after a collection period.

    `nth_working_day` is the n-th of the month after it; `working_days_after` the n-th after its end,
    in the month after that one if need be; `day_of_month` is `day` of the month after it, or that
    month's last, and moves by `roll` when it is no working day.
    """

    kind: Literal["nth_working_day", "working_days_after", "day_of_month"]
    n: int | None = None
    day: int | None = None
    roll: Roll | None = None


@dataclass(frozen=True)
class Terms:
    """All terms of one deal; `sha256` is that of the TOML file's bytes.

    `notes` stand in order of seniority, `accounts` with the one that receives the proceeds first.
    Unpaid interest earns nothing, interest that earns none itself (`simple`), or interest that
    compounds. `deficiency_notes` have a principal deficiency ledger and bear defaults in that order.
    `indexes` are the values of floating rates, each from its date on. A loan defaults the first
    time it is over `default_days_past_due` days past due, or is written off; it is overdue over
    `overdue_days_past_due`, and seriously so over `serious_overdue_days_past_due`. `book_code` is the
    originator's book that the deal draws from, its own id when no other deal does; `book_order` is
    its place among the deals of the book when loans are allocated, 1 first; `book_loan_count` is how
    many loans of the book stand behind the deal at scale 1 (for synthetic tapes). `purchase` is None
    and `limits` are none in a deal that draws and buys nothing after closing.
    """

    deal_id: str
    name_zh: str
    name_en: str
    currency: str
    parties: tuple[Party, ...]
    asset_is_revolving_account: bool
    has_continued_purchase: bool
    initial_pool: Literal["random_draw", "whole_tape"]
    initial_cut_off_date: date
    closing_date: date
    revolving_months: int
    expected_term_months: int
    legal_final_date: date
    payment_rule: PaymentRule
    report_lead_working_days: int
    calendar: Literal["cn_bank", "weekdays"]
    notes: tuple[Note, ...]
    fees: tuple[Fee, ...]
    eligibility: Eligibility | None
    default_days_past_due: int
    unreported_loan: Literal["hold", "write_off"]
    max_unreported_share: Decimal
    triggers: tuple[Trigger, ...]
    support: Support | None
    priority: Mapping[Phase, tuple[Step, ...]] = field(hash=False)
    interest_on_unpaid_interest: LateInterest
    default_rate_denominator: Literal["initial_pool", "initial_pool_and_purchases"]
    tape_formats: tuple[str, ...]
    schedule_cron: str
    schedule_timezone: str
    book_code: str
    book_order: int
    book_loan_count: int
    purchase: Purchase | None = None
    limits: tuple[Limit, ...] = ()
    warranty: Warranty | None = None
    accounts: tuple[Account, ...] = (
        Account(ACCOUNT_CODE, "收款账户", "Collection account", COLLECTION_KINDS),
    )
    rounding: Rounding = "half_up"
    deficiency_notes: tuple[str, ...] = ()
    indexes: Mapping[str, tuple[tuple[date, Decimal], ...]] = field(
        default_factory=dict, hash=False
    )
    clean_up_call: CleanUpCall | None = None
    forecast: Forecast | None = None
    overdue_days_past_due: int = 0
    serious_overdue_days_past_due: int = 90
    scale: int = 1
    sha256: str = ""

    @cached_property
    def reserve_targets(self) -> Mapping[str, Amount]:
        """What each reserve should hold, by account."""
        return {
            account.code: account.target for account in self.accounts if account.target is not None
        }

    @cached_property
    def step_faults(self) -> Mapping[Phase, tuple[int, Fault]]:
        """The first fault of each priority list that has one, by step number; looked for only once."""
        return {
            phase: faults[0]
            for phase, steps in self.priority.items()
            if (
                faults := [
                    (number, fault)
                    for number, step in enumerate(steps, start=1)
                    for fault in find_faults(step)
                ]
            )
        }

    def scaled(self, scale: int) -> "Terms":
        """The same deal with every amount of the programme divided by `scale`, half up to the fen.

        Limits on a single loan or borrower stay: a small run has fewer loans, not smaller ones.
        """
        if scale < 1:
            raise TermsError(
                f"{self.deal_id}: scale is {scale}, expected a whole number of 1 or more "
                "(100 divides every notional by 100); choose another scale"
            )
        if scale == 1:
            return self
        return replace(
            self,
            notes=tuple(scale_note(note, scale) for note in self.notes),
            fees=tuple(scale_fee(fee, scale) for fee in self.fees),
            accounts=tuple(scale_account(account, scale) for account in self.accounts),
            support=scale_support(self.support, scale),
            priority={
                phase: tuple(scale_step(step, scale) for step in steps)
                for phase, steps in self.priority.items()
            },
            purchase=self.purchase and self.purchase.scaled(scale),
            limits=scale_limits(self.limits, scale),
            scale=self.scale * scale,
        )
