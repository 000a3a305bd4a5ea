"""Which loans may be bought, and what the originator warrants of those it sold.

Amounts are int fen (1/100 of the currency unit), rates are Decimal fractions per year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


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
