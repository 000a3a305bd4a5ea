"""How a deal buys loans: price, funding, dates, and the limits of the pool that results.

Amounts are int fen; rates and shares are Decimal fractions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from deals.terms.money import divide_half_up

PriceKind = Literal["par", "discount", "present_value"]
Funding = Literal["principal", "principal_and_interest", "all_remaining"]
LimitKind = Literal[
    "largest_borrower",
    "top_borrowers",
    "share_by",
    "share_where",
    "average_rate",
    "average_remaining_months",
    "average_score",
]

CODE_DIMENSIONS = ("region_code", "product_code", "star_grade_code", "repayment_method_code")
NUMBER_DIMENSIONS = (
    "borrower_age",
    "term_months",
    "remaining_months",
    "seasoning_months",
    "credit_score",
    "annual_rate",
    "outstanding_balance",
)
DIMENSIONS = (*CODE_DIMENSIONS, *NUMBER_DIMENSIONS)
"""What a pool can be divided by; numbers are divided into bands."""

BY_CASH, BY_PRICE = "cash", "price"
NOT_LIMITS = (BY_CASH, BY_PRICE)
"""Why an eligible loan is passed over, beside the limits: the cash left, or no price that can be told."""


@dataclass(frozen=True)
class PurchaseDate:
    """When one of a period's purchases is made, counted from the period's payment date or its month.

    `working_days_after_payment` uses `n` (0 = the payment date itself), `nth_working_day` `n` too,
    `day_of_month` uses `day` and rolls to the following working day.
    """

    kind: Literal["working_days_after_payment", "nth_working_day", "day_of_month"]
    n: int | None = None
    day: int | None = None


PAYMENT_DATE = PurchaseDate("working_days_after_payment", n=0)


@dataclass(frozen=True)
class Purchase:
    """How loans are chosen and paid for.

    The price of a loan is its balance at the cut-off (`par`), `price_share` of it (`discount`), or
    its remaining scheduled payments at `discount_rate` a year (`present_value`), rounded half up to
    the fen. One purchase spends `max_amount_fen` at most (None: all its budget). The period's
    purchases, one on each of `dates`, all choose from the month's tape, at cut-off balances; what
    one leaves unspent is carried to the next, and from the last to the next period.
    """

    price: PriceKind
    funding: Funding
    draw_seed: int
    price_share: Decimal = Decimal(1)
    discount_rate: Decimal = Decimal(0)
    max_amount_fen: int | None = None
    dates: tuple[PurchaseDate, ...] = (PAYMENT_DATE,)
    unspent: Literal["carried"] = "carried"

    def scaled(self, scale: int) -> "Purchase":
        """The same purchase with its largest amount divided by `scale`, half up to the fen."""
        if self.max_amount_fen is None:
            return self
        return replace(self, max_amount_fen=divide_half_up(self.max_amount_fen, scale))


@dataclass(frozen=True)
class Dimension:
    """One column that a limit divides the pool by; a number's bands are left-open, right-closed."""

    code: str
    edges: tuple[Decimal, ...] = ()

    def bands(self) -> tuple[str, ...]:
        """The bands' names from the lowest up: of edges 25 and 35, `<=25`, `(25,35]`, `>35`."""
        if not self.edges:
            return ()
        inner = zip(self.edges, self.edges[1:], strict=False)
        return (
            f"<={self.edges[0]}",
            *(f"({low},{high}]" for low, high in inner),
            f">{self.edges[-1]}",
        )


@dataclass(frozen=True)
class Condition:
    """What a loan must be to count in a share: below or above a number, or one of some codes."""

    dimension: str
    below: Decimal | None = None
    above: Decimal | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limit:
    """One limit of the pool that results from a purchase: a share of its balance, or an average.

    `threshold` is inclusive: the most, or the least where `is_floor`. Averages are weighted by
    balance. `share_by` limits the share of each value (or combination of values) of `dimensions`,
    only of `values` where these are given; `share_where` that of the loans that meet all
    `conditions`; `top_borrowers` that of the `borrower_count` borrowers who owe most, together.
    """

    code: str
    name_zh: str
    name_en: str
    kind: LimitKind
    threshold: Decimal
    is_floor: bool = False
    borrower_count: int = 0
    dimensions: tuple[Dimension, ...] = ()
    values: tuple[tuple[str, ...], ...] = ()
    conditions: tuple[Condition, ...] = ()

    def scaled(self, scale: int) -> "Limit":
        """The same limit for a run whose loans are as large and `scale` times fewer.

        So the share of one borrower, or of ten, is as many times larger, and of all loans at most.
        """
        if not self.borrower_count:
            return self
        return replace(self, threshold=min(self.threshold * scale, Decimal(1)))


def scale_limits(limits: Sequence[Limit], scale: int) -> tuple[Limit, ...]:
    """Each limit for a run at `scale`."""
    return tuple(limit.scaled(scale) for limit in limits)
