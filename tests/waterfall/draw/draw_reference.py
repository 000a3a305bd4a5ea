"""The draw under limits written for clarity: one loan, one limit after the other, on plain numbers.

It shares no code with the engine. Shares are given the size of the pool that they are shares of.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class PlainLoan:
    """Amounts in fen; by name of limit its group, or the number that is averaged.

    A limit that is absent does not count the loan; None is a group or number that cannot be told.
    """

    balance: int
    price: int
    of: dict[str, str | int | None]


@dataclass(frozen=True)
class PlainLimit:
    """`kind`: "each" group, the `count` "largest" together, or an average's "min" or "max"."""

    name: str
    kind: str
    bound: int | Fraction
    is_share: bool = False
    count: int = 0


def draw_plainly(
    loans: list[PlainLoan], cash: int, limits: list[PlainLimit], pool: list[PlainLoan], size: int
) -> list[str]:
    """For each loan "taken", "cash", or the name of the limit that stops it first."""
    pool = list(pool)
    result = []
    for loan in loans:
        stop = "taken"
        if loan.price > cash:
            stop = "cash"
        else:
            for limit in limits:
                if stops(limit, loan, pool, size):
                    stop = limit.name
                    break
        if stop == "taken":
            pool.append(loan)
            cash -= loan.price
        result.append(stop)
    return result


def stops(limit: PlainLimit, loan: PlainLoan, pool: list[PlainLoan], size: int) -> bool:
    """Whether the pool with the loan breaks the limit and is worse than without it."""
    if limit.name not in loan.of:
        return False
    if loan.of[limit.name] is None:
        return True
    before, after = excess(limit, pool, size, loan), excess(limit, [*pool, loan], size, loan)
    return after > 0 and after > before


def excess(
    limit: PlainLimit, pool: list[PlainLoan], size: int, loan: PlainLoan | None = None
) -> Fraction:
    """By how much a pool is over the limit: fen, or for an average fen times its number.

    With a loan, of a limit on each group only the loan's own counts.
    """
    if limit.kind in ("min", "max"):
        distance = sum(
            (Fraction(item.balance) * (limit.bound - item.of[limit.name]) for item in pool),
            Fraction(0),
        )
        return distance if limit.kind == "min" else -distance
    cap = limit.bound * size // 1 if limit.is_share else limit.bound
    balances: Counter[object] = Counter()
    for item in pool:
        if limit.name in item.of:
            balances[item.of[limit.name]] += item.balance
    if limit.kind == "largest":
        return Fraction(sum(sorted(balances.values())[-limit.count :]) - cap)
    if loan is not None:
        return Fraction(balances[loan.of[limit.name]] - cap)
    return Fraction(max(balances.values(), default=0) - cap)
