"""How loans repay when nobody prepays, misses or defaults.

Every method repays a part of the balance that does not depend on its size, so balances of loans
that repay alike may be summed first: with A(t) the part of a loan still owed after t months,

    sum over loans of balance x A(t)  =  sum over groups of balance x A(t)

holds exactly, since A(t) is a whole number of 1e-15 and the sums are unbounded integers. Nothing
is rounded to the fen before the whole lot's amount of the month.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np

from deals.terms.money import divide_half_up
from waterfall.money import ONE, Integers, WaterfallError

RATE_DECIMALS = 6
MONTHS_OF_PPM = 12 * 10**RATE_DECIMALS
"""A yearly rate in millionths over this is the month's rate: rate / 12, whatever the month's days."""

LONGEST_MONTHS = 600
GUARD = 10**40
"""Compound factors are kept to 40 decimals, so that A(t) is right in all of its 15."""


@dataclass(frozen=True)
class Repayment:
    """What decides how a loan repays; `remaining_months` is 1 or more.

    Raises WaterfallError, one line that names the value and what is expected.
    """

    annual_rate: Decimal
    remaining_months: int
    method_code: str

    def __post_init__(self) -> None:
        rate = self.annual_rate
        if not (rate.is_finite() and 0 <= rate <= 1 and rate == round(rate, RATE_DECIMALS)):
            raise WaterfallError(
                f"annual rate is {rate}; expected a fraction from 0 to 1 of {RATE_DECIMALS}"
                " decimals at most, such as 0.12 for 12 %"
            )
        if not 1 <= self.remaining_months <= LONGEST_MONTHS:
            raise WaterfallError(
                f"remaining months are {self.remaining_months}; expected 1 to {LONGEST_MONTHS}"
            )
        if self.method_code not in METHODS:
            raise WaterfallError(
                f"repayment method is {self.method_code!r}; expected one of {', '.join(METHODS)}"
            )

    @property
    def rate_ppm(self) -> int:
        """The annual rate in millionths."""
        return int(self.annual_rate.scaleb(RATE_DECIMALS))


@dataclass(frozen=True, eq=False)
class Schedule:
    """Of what a lot still owes at the start of each month, the shares that fall due in that month.

    Arrays in 1e-15 of shape (months,); the last principal share is ONE. Interest is a twelfth of
    the yearly rates, weighted by what each loan of the lot owes by then.
    """

    principal_share: Integers
    interest_share: Integers

    @property
    def months(self) -> int:
        """Months until nothing is owed."""
        return self.principal_share.size


def build_schedule(loans: Iterable[tuple[Repayment, int]]) -> Schedule:
    """The schedule of a lot: loans or groups, each with its balance (or weight) above zero.

    Raises WaterfallError when there is none.
    """
    return _build_schedule(tuple(loans))


# A close asks for that of its pool twice, for the forecast and for the expected cash flows.
@lru_cache(maxsize=4)
def _build_schedule(loans: tuple[tuple[Repayment, int], ...]) -> Schedule:
    owed: list[int] = [0]
    accrued: list[int] = [0]
    for repayment, balance in loans:
        factors = outstanding_factors(repayment)
        missing = len(factors) - len(owed)
        owed += [0] * missing
        accrued += [0] * missing
        rate_ppm = repayment.rate_ppm
        for month, factor in enumerate(factors):
            owed[month] += balance * factor
            accrued[month] += balance * factor * rate_ppm
    if owed[0] <= 0:
        raise WaterfallError("a lot of no balance has no schedule; leave it out")
    ends = list(zip(owed[:-1], owed[1:], accrued[:-1], strict=True))
    principal = [divide_half_up((before - after) * ONE, before) for before, after, _ in ends]
    interest = [divide_half_up(due * ONE, before * MONTHS_OF_PPM) for before, _, due in ends]
    return Schedule(np.array(principal, dtype=np.int64), np.array(interest, dtype=np.int64))


@lru_cache(maxsize=65536)
def outstanding_factors(repayment: Repayment) -> tuple[int, ...]:
    """A(0) = ONE to A(remaining months) = 0, in 1e-15, rounded half up and never rising."""
    return tuple(METHODS[repayment.method_code](repayment.rate_ppm, repayment.remaining_months))


def _repay_equal_instalments(rate_ppm: int, months: int) -> list[int]:
    """等额本息, a level payment: A(t) = (q^n - q^t) / (q^n - 1) with q = 1 + rate / 12."""
    if rate_ppm == 0:
        return _repay_equal_principal(rate_ppm, months)
    growth = [GUARD]
    for _ in range(months):
        growth.append(growth[-1] + growth[-1] * rate_ppm // MONTHS_OF_PPM)
    whole = growth[-1] - GUARD
    return [divide_half_up((growth[-1] - power) * ONE, whole) for power in growth]


def _repay_equal_principal(rate_ppm: int, months: int) -> list[int]:
    """等额本金: A(t) = (n - t) / n."""
    return [divide_half_up((months - month) * ONE, months) for month in range(months + 1)]


def _repay_at_the_end(rate_ppm: int, months: int) -> list[int]:
    """按月付息到期还本: interest by the month, all of the principal in the last one."""
    return [ONE] * months + [0]


METHODS: Mapping[str, Callable[[int, int], list[int]]] = {
    "equal_instalment": _repay_equal_instalments,
    "equal_principal": _repay_equal_principal,
    "bullet": _repay_at_the_end,
}
"""The part still owed after each month, by the repayment method codes of the canonical tape."""
