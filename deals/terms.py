"""The terms of a deal as checked, frozen values.

Amounts are int fen (1/100 of the currency unit), rates are Decimal fractions per year, shares are
Decimal fractions. `deals.loading` reads them from the deal's TOML file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from deals.purchasing import Limit, Purchase, scale_limits

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
Roll = Literal["following", "modified_following", "preceding", "none"]
FeeBasis = Literal["interest_collections", "pool_balance", "note_balance"]
StepKind = Literal["fee", "interest", "purchase", "principal", "residual"]
Phase = Literal["revolving", "allocation"]

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
class Note:
    """One tranche. `annual_rate` is the fixed coupon; the equity's is 0 (it takes the residual)."""

    code: str
    tranche_class: TrancheClass
    name_zh: str
    name_en: str
    security_code: str
    notional_fen: int
    annual_rate: Decimal
    day_count: DayCount
    initial_rating_code: str
    current_rating_code: str


@dataclass(frozen=True)
class Fee:
    """A tax or fee: `rate` of the period's interest collections, or a year's rate on a balance.

    `day_count` is empty when the basis is `interest_collections`, which no time multiplies.
    """

    code: str
    name_zh: str
    name_en: str
    basis: FeeBasis
    rate: Decimal
    day_count: DayCount | Literal[""]


@dataclass(frozen=True)
class Step:
    """A step of the priority of payments; `target` is a fee or note code, empty for a purchase."""

    kind: StepKind
    target: str
    clause: str


@dataclass(frozen=True)
class Trigger:
    """`effect` happens when `metric` is over `threshold` (a fraction) at a cut-off date."""

    code: str
    metric: Literal["cumulative_default_rate"]
    threshold: Decimal
    effect: Literal["end_revolving"]


@dataclass(frozen=True)
class Support:
    """The shortfall provider pays interest of the notes in `covers`, and from expected maturity on
    their principal, where the cash does not.

    `limit_fen` bounds what may be drawn over the deal's life; None is no limit.
    """

    provider_zh: str
    provider_en: str
    covers: tuple[str, ...]
    limit_fen: int | None


@dataclass(frozen=True)
class Eligibility:
    """Limits that a loan meets at the cut-off to be bought, each inclusive.

    Empty `region_codes` admits every region. `must_mature_within_deal`: the loan's maturity date is
    not after the deal's expected maturity date, so that the pool has run off when notes fall due.
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

    `notes` stand in order of seniority. A loan defaults the first time it is over
    `default_days_past_due` days past due, or is written off. `book_code` is the originator's book
    that the deal draws from, its own id when no other deal does; `book_order` is its place among the
    deals of the book when loans are allocated, 1 first; `book_loan_count` is how many loans of the
    book stand behind the deal at scale 1 (for synthetic tapes). `purchase` is None and `limits` are
    none in a deal that draws and buys nothing after closing.
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
    interest_on_unpaid_interest: bool
    default_rate_denominator: Literal["initial_pool", "initial_pool_and_purchases"]
    tape_formats: tuple[str, ...]
    schedule_cron: str
    schedule_timezone: str
    book_code: str
    book_order: int
    book_loan_count: int
    purchase: Purchase | None = None
    limits: tuple[Limit, ...] = ()
    scale: int = 1
    sha256: str = ""

    def scaled(self, scale: int) -> "Terms":
        """The same deal with notionals and support limit divided by `scale`, half up to the fen.

        Limits on a single loan or borrower stay: a small run has fewer loans, not smaller ones.
        """
        if scale < 1:
            raise TermsError(
                f"{self.deal_id}: scale is {scale}, expected a whole number of 1 or more "
                "(100 divides every notional by 100); choose another scale"
            )
        if scale == 1:
            return self
        notes = tuple(
            replace(note, notional_fen=_divided(note.notional_fen, scale)) for note in self.notes
        )
        support = self.support
        if support is not None and support.limit_fen is not None:
            support = replace(support, limit_fen=_divided(support.limit_fen, scale))
        return replace(
            self,
            notes=notes,
            support=support,
            purchase=self.purchase and self.purchase.scaled(scale),
            limits=scale_limits(self.limits, scale),
            scale=self.scale * scale,
        )


def _divided(amount_fen: int, scale: int) -> int:
    """`amount_fen / scale`, half up, in integers."""
    return (2 * amount_fen + scale) // (2 * scale)
