"""Random draws, as plain loans and limits for the reference and as arrays for the engine."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np

from tests.waterfall.draw.draw_reference import PlainLimit, PlainLoan
from waterfall.draw.greedy import Candidates
from waterfall.draw.limits import (
    NO_GROUP,
    UNDECIDABLE,
    UNKNOWN_VALUE,
    AverageLimit,
    GroupCap,
    Grouping,
    GroupShare,
    Limit,
    TopCap,
    TopShare,
)

COLUMNS = {"borrower": 8, "region": 3, "band": 2, "low": 1}
"""Columns of groups, and how many groups each has."""


@dataclass(frozen=True)
class Case:
    """One draw; the limits of `plain_limits` stand in the engine's order."""

    loans: list[PlainLoan]
    pool: list[PlainLoan]
    cash: int
    plain_limits: list[PlainLimit]

    @property
    def opening_pool(self) -> int:
        return sum(loan.balance for loan in self.pool)

    def candidates(self) -> Candidates:
        balance = np.array([loan.balance for loan in self.loans], dtype=np.int64)
        return Candidates(balance, np.array([loan.price for loan in self.loans], dtype=np.int64))

    def limits(self) -> list[Limit]:
        """The limits as arrays; those on the same column share its grouping."""
        groupings: dict[str, Grouping] = {}
        return [self._limit(limit, groupings) for limit in self.plain_limits]

    def _limit(self, limit: PlainLimit, groupings: dict[str, Grouping]) -> Limit:
        if limit.kind in ("min", "max"):
            values = [loan.of[limit.name] for loan in self.loans]
            return AverageLimit(
                limit.name,
                np.array([UNKNOWN_VALUE if v is None else v for v in values], dtype=np.int32),
                limit.kind,
                int(limit.bound),
                sum(loan.balance * int(loan.of[limit.name] or 0) for loan in self.pool),
            )
        column = limit.name.split()[0]
        grouping = groupings.setdefault(column, self._grouping(limit.name, COLUMNS[column]))
        share = Decimal(int(limit.bound * 1000)).scaleb(-3)
        if limit.kind == "largest":
            if limit.is_share:
                return TopShare(limit.name, grouping, limit.count, share)
            return TopCap(limit.name, grouping, limit.count, int(limit.bound))
        if limit.is_share:
            return GroupShare(limit.name, grouping, share)
        caps = np.full(COLUMNS[column], int(limit.bound), dtype=np.int64)
        return GroupCap(limit.name, grouping, caps)

    def _grouping(self, name: str, groups: int) -> Grouping:
        opening = np.zeros(groups, dtype=np.int64)
        for loan in self.pool:
            if name in loan.of:
                opening[loan.of[name]] += loan.balance
        codes = [loan.of.get(name, NO_GROUP) for loan in self.loans]
        return Grouping(
            np.array([UNDECIDABLE if code is None else code for code in codes], dtype=np.int32),
            opening,
        )


def random_case(random: Random) -> Case:
    """Up to 30 candidates and six pool loans under up to six limits of all kinds together."""
    size = 10 ** random.randint(1, 11)
    plain_limits = [_limit(random, size, place) for place in range(random.randint(0, 6))]
    names = [limit.name for limit in plain_limits]
    loans = [_loan(random, size, names, 0.05) for _ in range(random.randint(0, 30))]
    pool = [
        _loan(random, size, names, 0) for _ in range(random.choice([0, 0, random.randint(1, 6)]))
    ]
    cash = random.choice([0, random.randint(0, 3 * size), random.randint(0, 25 * size)])
    return Case(loans, pool, cash, plain_limits)


def _limit(random: Random, size: int, place: int) -> PlainLimit:
    kind = random.choice(["each", "each", "each", "largest", "min", "max"])
    if kind in ("min", "max"):
        return PlainLimit(f"average {place}", kind, random.randint(-20, 20))
    column = random.choice(list(COLUMNS))
    is_share = random.random() < 0.6
    bound = Fraction(random.randint(0, 1000), 1000) if is_share else random.randint(0, 9 * size)
    return PlainLimit(f"{column} {place}", kind, bound, is_share, random.randint(1, 4))


def _loan(random: Random, size: int, names: list[str], unknown: float) -> PlainLoan:
    balance = random.randint(1, size)
    price = balance if random.random() < 0.5 else max(1, balance * random.randint(80, 105) // 100)
    by_column: dict[str, str | int | None] = {}
    for column, groups in COLUMNS.items():
        by_column[column] = None if random.random() < unknown else random.randrange(-1, groups)
    of: dict[str, str | int | None] = {}
    for name in names:
        column = name.split()[0]
        if column == "average":
            of[name] = None if random.random() < unknown else random.randint(-30, 30)
        elif by_column[column] != NO_GROUP:
            of[name] = by_column[column]
    return PlainLoan(balance, price, of)
