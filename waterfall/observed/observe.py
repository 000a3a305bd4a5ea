"""What a pool did, month by month: the loans that were in it at a start, and what became of them.

One row per loan and month gives one row per month, or one exposure per month on book.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import polars as pl

AMOUNTS = ("opening", "scheduled", "principal", "interest", "defaulted", "recovered", "closing")
"""Columns of a loan's month, DECIMAL(18,2), beside `month_end`, `age_months`."""


@dataclass(frozen=True)
class ObservedMonth:
    """One month of a pool in fen; rows of the same kind may be summed.

    `scheduled` is the principal that fell due, by the schedule the projection would use, on the
    loans that did not default in the month. `principal` is what was collected of every kind,
    `recovered` what defaulted loans brought, net of its cost: it may be negative.
    """

    month_end: date
    opening: int
    scheduled: int
    principal: int
    interest: int
    defaulted: int
    recovered: int
    closing: int

    @property
    def adjustment(self) -> int:
        """What the balance rose by otherwise: opening - principal - defaulted + this = closing."""
        return self.closing - self.opening + self.principal + self.defaulted

    @property
    def collected(self) -> int:
        """All cash: principal, interest and recoveries."""
        return self.principal + self.interest + self.recovered

    @property
    def loss(self) -> int:
        """What defaulted in the month, less what was recovered in it."""
        return self.defaulted - self.recovered


@dataclass(frozen=True)
class Exposure:
    """Sums over months, in fen: what could prepay or default, and what did."""

    opening: int = 0
    scheduled: int = 0
    principal: int = 0
    defaulted: int = 0

    def __add__(self, other: Self) -> "Exposure":
        return Exposure(
            self.opening + other.opening,
            self.scheduled + other.scheduled,
            self.principal + other.principal,
            self.defaulted + other.defaulted,
        )


def observe_months(loans: "pl.DataFrame") -> tuple[ObservedMonth, ...]:
    """The months of the pool, oldest first, from one row per loan and month."""
    sums = _sum(loans, "month_end", AMOUNTS)
    return tuple(ObservedMonth(**row) for row in sums.iter_rows(named=True))


def observe_ages(loans: "pl.DataFrame") -> dict[int, Exposure]:
    """By months on book at the month's end, over all months of the frame."""
    amounts = ("opening", "scheduled", "principal", "defaulted")
    sums = _sum(loans, "age_months", amounts)
    return {row.pop("age_months"): Exposure(**row) for row in sums.iter_rows(named=True)}


def sum_months(months: Sequence[ObservedMonth]) -> Exposure:
    """What the months expose together."""
    return sum(
        (Exposure(one.opening, one.scheduled, one.principal, one.defaulted) for one in months),
        Exposure(),
    )


def _sum(loans: "pl.DataFrame", key: str, amounts: Sequence[str]) -> "pl.DataFrame":
    """Sums in fen by a key, in its order."""
    import polars as pl

    fen = [(pl.col(name).sum() * 100).cast(pl.Int64).alias(name) for name in amounts]
    return loans.group_by(key).agg(fen).sort(key)
