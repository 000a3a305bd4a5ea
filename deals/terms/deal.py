"""The terms of a deal as checked, frozen values.

Amounts are int fen (1/100 of the currency unit), rates are exact fractions per year, shares are
Decimal fractions. `deals.load` reads them from the deal's TOML file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from deals.buckets.bucket_set import BucketSet
from deals.terms.eligibility import Eligibility, Warranty
from deals.terms.forecast import Forecast
from deals.terms.payments import (
    ACCOUNT_CODE,
    COLLECTION_KINDS,
    Account,
    Amount,
    CleanUpCall,
    Fee,
    Note,
    Phase,
    Step,
    Support,
)
from deals.terms.purchase import Limit, Purchase, scale_limits
from deals.terms.rates import Rate
from deals.terms.scale import (
    scale_account,
    scale_fee,
    scale_note,
    scale_registration,
    scale_step,
    scale_structure,
    scale_support,
)
from deals.terms.sections import (
    Book,
    Dates,
    Default,
    Party,
    Payment,
    Registration,
    Reporting,
    Schedule,
    Structure,
)
from deals.terms.step_faults import Fault, find_faults
from deals.terms.triggers import Trigger


class TermsError(Exception):
    """Terms that cannot be used, in one line: file, place, value, what was expected, what to do."""


@dataclass(frozen=True)
class Terms:
    """All terms of one deal; `sha256` is that of the TOML file's bytes.

    A table of the file is a record of that name, an array of tables a tuple. `notes` stand in order
    of seniority, `accounts` with the one that receives the proceeds first. `indexes` are the values
    of floating rates, each from its date on, `buckets` the set of each value that the report divides
    a pool by. `purchase` is None and `limits` are none in a deal that draws and buys nothing after closing.
    """

    deal_id: str
    name_zh: str
    name_en: str
    currency: str
    tape_formats: tuple[str, ...]
    parties: tuple[Party, ...]
    structure: Structure
    dates: Dates
    payment: Payment
    default: Default
    schedule: Schedule
    book: Book
    notes: tuple[Note, ...]
    fees: tuple[Fee, ...]
    triggers: tuple[Trigger, ...]
    priority: Mapping[Phase, tuple[Step, ...]] = field(hash=False)
    support: Support | None = None
    eligibility: Eligibility | None = None
    purchase: Purchase | None = None
    limits: tuple[Limit, ...] = ()
    warranty: Warranty | None = None
    accounts: tuple[Account, ...] = (
        Account(ACCOUNT_CODE, "收款账户", "Collection account", COLLECTION_KINDS),
    )
    indexes: Mapping[str, tuple[tuple[date, Rate], ...]] = field(default_factory=dict, hash=False)
    clean_up_call: CleanUpCall | None = None
    forecast: Forecast | None = None
    buckets: Mapping[str, BucketSet] = field(default_factory=dict, hash=False)
    registration: Registration = field(default_factory=Registration)
    report: Reporting = field(default_factory=Reporting)
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
            structure=scale_structure(self.structure, scale),
            registration=scale_registration(self.registration, scale),
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
