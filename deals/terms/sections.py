"""The plain tables of a deal's file, one frozen record each, named as the file names them.

Shares are Decimal fractions, days and months whole numbers.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from deals.terms.payments import DeficiencyBasis, LateInterest, Rounding

PaymentFrequency = Literal["monthly", "quarterly", "semi_annual", "annual"]
Roll = Literal["following", "modified_following", "preceding", "none"]

LEAST_WORKING_DAYS = 15
"""No month has fewer; February 2011 had 16 in cn_bank."""


@dataclass(frozen=True)
class Party:
    """One party in one role; an address or contact the sources do not give is an empty text."""

    role_code: str
    name_zh: str
    name_en: str
    address: str
    contact: str


@dataclass(frozen=True)
class Structure:
    """`[structure]`: what kind of deal it is, and how long its phases last.

    Months are calendar months after the initial cut-off; a structure without loans need have no expected
    term, and `is_sourced` says whether each of its figures has a source. `initial_pool_fen` is what the
    first pool should be, for which all that the notes raised is paid; None is a pool at par of that.
    """

    asset_is_revolving_account: bool
    has_continued_purchase: bool
    initial_pool: Literal["random_draw", "whole_tape"]
    revolving_months: int
    expected_term_months: int | None
    initial_pool_fen: int | None = None
    is_sourced: bool = True

    @property
    def maturity_months(self) -> int:
        """The expected term of a deal with loans, whose file has to state it."""
        assert self.expected_term_months is not None
        return self.expected_term_months


@dataclass(frozen=True)
class Registration:
    """`[registration]`: what was registered of the programme, as far as it is known; None and "" are not.

    `registered_fen` may be issued in `issue_count` issues until `end_date`.
    """

    registered_fen: int | None = None
    issue_count: int | None = None
    end_date: date | None = None
    venue_zh: str = ""
    venue_en: str = ""
    issue_method: Literal["book_building", "tender", "private_placement", ""] = ""


@dataclass(frozen=True)
class Dates:
    """`[dates]`: the first cut-off, the closing and the legal final date."""

    initial_cut_off_date: date
    closing_date: date
    legal_final_date: date


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
class Payment:
    """`[payment]`: the payment dates, and what holds for every payment.

    Unpaid interest earns nothing, interest that earns none itself (`simple`), or interest that
    compounds. `deficiency_notes` have a principal deficiency ledger and bear in that order what
    `deficiency_basis` says of each period: its defaults, or its net loss. With a
    `frequency` what is collected between payment dates waits for the next.
    """

    rule: PaymentRule
    calendar: Literal["cn_bank", "weekdays"]
    report_lead_working_days: int
    interest_on_unpaid_interest: LateInterest
    rounding: Rounding = "half_up"
    deficiency_notes: tuple[str, ...] = ()
    deficiency_basis: DeficiencyBasis = "defaulted"
    frequency: PaymentFrequency | None = None

    @property
    def months_between(self) -> int | None:
        """Months from one payment date to the next; None where each month, or collection row, has one."""
        months = {"monthly": 1, "quarterly": 3, "semi_annual": 6, "annual": 12}
        return months[self.frequency] if self.frequency else None


@dataclass(frozen=True)
class Default:
    """`[default]`: when a loan is overdue or in default, and what becomes of one that goes unreported.

    A loan defaults the first time it is over `days_past_due` days past due, or is written off; it is
    overdue over `overdue_days_past_due`, and seriously so over `serious_overdue_days_past_due`.
    A close is refused when the balances of more than `max_adjusted_loan_count` loans, or more than
    `max_adjusted_share` of the opening pool, moved without cash; up to `max_rounding_fen` of a loan is
    rounding and is not counted. Of an owned loan, `unknown_cash` stops the close or has it held.
    """

    days_past_due: int
    rate_denominator: Literal["initial_pool", "initial_pool_and_purchases"]
    unreported_loan: Literal["hold", "write_off"]
    max_unreported_share: Decimal
    max_adjusted_loan_count: int
    max_adjusted_share: Decimal
    max_rounding_fen: int
    unknown_cash: Literal["stop", "hold"]
    overdue_days_past_due: int = 0
    serious_overdue_days_past_due: int = 90


@dataclass(frozen=True)
class Schedule:
    """`[schedule]`: when a scheduled close looks for a tape, as cron in an IANA time zone."""

    cron: str
    timezone: str


@dataclass(frozen=True)
class Reporting:
    """`[report]`: how the report is published.

    `needs_approval`: it is a draft until it is approved. Groups of fewer borrowers than `suppress_below` are
    left out of its distributions; None states them all. `needs_reconciliation`: a month stops where the
    custodian does not say what came in, or something else than servicer or trustee.
    """

    needs_approval: bool = False
    suppress_below: int | None = None
    needs_reconciliation: bool = False


@dataclass(frozen=True)
class Book:
    """`[book]`: the originator's book that the deal draws from.

    `code` is the deal's own id when no other deal draws from it; `order` is the deal's place among
    the deals of the book when loans are allocated, 1 first; `loan_count` is how many loans of the
    book stand behind the deal at scale 1 (for synthetic tapes).
    """

    code: str
    order: int
    loan_count: int
