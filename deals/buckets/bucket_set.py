"""A set of buckets: rising numbers that part a pool by one value of its loans, left-open and right-closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

Unit = Literal["money", "months", "rate", "days", "times", "years", "ratio", "points"]

DIMENSION_UNITS: Mapping[str, Unit] = {
    "contract_amount": "money",
    "outstanding_balance": "money",
    "term_months": "months",
    "seasoning_months": "months",
    "remaining_months": "months",
    "annual_rate": "rate",
    "max_days_past_due": "days",
    "past_due_count": "times",
    "borrower_age": "years",
    "annual_income": "money",
    "income_to_debt_ratio": "ratio",
    "credit_score": "points",
}
"""The values of a loan that are divided into buckets, in the order of the report, and their units."""

WHOLE: frozenset[Unit] = frozenset({"months", "days", "times", "years", "points"})
"""Units whose values are whole numbers: a bucket of one of them is named by it."""

STEP = Decimal("0.000001")
"""No value has more decimals."""

DEFAULT_SETS: Mapping[str, str] = {
    "contract_amount": "amount_ticket.v1",
    "outstanding_balance": "amount_ticket.v1",
    "term_months": "months_long.v1",
    "seasoning_months": "months_long.v1",
    "remaining_months": "months_long.v1",
    "annual_rate": "rate_five_points.v1",
    "max_days_past_due": "days_overdue.v1",
    "past_due_count": "times_overdue.v1",
    "borrower_age": "age_ten_years.v1",
    "annual_income": "income_small.v1",
    "income_to_debt_ratio": "income_to_debt.v1",
    "credit_score": "score_hundreds.v1",
}
"""The house's set of each dimension, for a deal that chooses none."""


@dataclass(frozen=True)
class Bucket:
    """The values over `lower` up to and with `upper`; None is no bound.

    The first of a set's own buckets `has_lower`, its lower edge, too. One below or over all edges
    `is_outside`: its upper edge, if it has one, is that of the first bucket, which it does not reach.
    """

    lower: Decimal | None
    upper: Decimal | None
    has_lower: bool = False

    @property
    def is_below(self) -> bool:
        return self.lower is None

    @property
    def is_point(self) -> bool:
        """Whether it is one value alone."""
        return self.has_lower and self.lower == self.upper

    @property
    def most(self) -> Decimal | None:
        """The largest value in it; None without a bound."""
        return self.upper - STEP if self.is_below and self.upper is not None else self.upper

    @property
    def code(self) -> str:
        """`<0`, `0`, `[0,500]`, `(500,1000]`, `>1000`."""
        if self.is_below:
            return f"<{plain(self.upper)}"
        if self.upper is None:
            return f">{plain(self.lower)}"
        if self.is_point:
            return plain(self.upper)
        return f"{'[' if self.has_lower else '('}{plain(self.lower)},{plain(self.upper)}]"


@dataclass(frozen=True)
class BucketSet:
    """The edges of a set, `code` with its version as in `amount_small.v1`; a version never changes.

    The first bucket holds its lower edge too, or, where `is_first_apart`, that edge alone is a bucket.
    """

    code: str
    unit: Unit
    edges: tuple[Decimal, ...]
    is_first_apart: bool = False

    def buckets(self) -> tuple[Bucket, ...]:
        """From the lowest up: below the first edge, between the edges, over the last one."""
        first = self.edges[0]
        inner = [Bucket(low, high) for low, high in pairwise(self.edges)]
        if self.is_first_apart:
            inner = [Bucket(first, first, has_lower=True), *inner]
        elif inner:
            inner[0] = Bucket(first, inner[0].upper, has_lower=True)
        return Bucket(None, first), *inner, Bucket(self.edges[-1], None)


def plain(number: Decimal | None) -> str:
    """A number without zeros that say nothing: 0.060 -> "0.06", 1E+4 -> "10000"."""
    return "" if number is None else f"{number.normalize():f}"
