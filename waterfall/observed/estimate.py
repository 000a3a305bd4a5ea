"""Assumptions from what a pool did: the projection's month turned around.

advancing.py lets a month pass as: the share MDR of what is owed defaults, the share SMM of the rest
prepays, and the schedule falls due on what is left. So over the months that are looked at

    MDR = sum of defaulted / sum of opening
    SMM = sum of (principal - scheduled) / sum of (opening - defaulted - scheduled)

with `scheduled` on the loans that did not default, and yearly, as rates.py turns them back,

    CPR = 1 - (1 - SMM)^(365 / days),  CDR = 1 - (1 - MDR)^(365 / days)

with the mean days of these months; 6 decimals, half up. Instalments that were missed lower the SMM, for
no delinquency is assumed besides; where more was missed than prepaid it is 0. The recovery share is
recovered / defaulted in the same months, without a lag, from 0 to 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from waterfall.observed.observe import Exposure, ObservedMonth, sum_months
from waterfall.project.assumptions import AssumptionError, Assumptions

RATE_DECIMALS = 6
BAND_MONTHS = 6
LEAST_SHARE = Fraction(1, 20)
"""A band with less than this of all that was exposed is too thin to tell a rate of its own."""


@dataclass(frozen=True)
class AgeBand:
    """Loans `first` or more months on book, up to the next band; the last one goes on."""

    first: int
    exposure: Exposure
    cpr: Decimal
    cdr: Decimal


def estimate_constant(months: Sequence[ObservedMonth]) -> Assumptions:
    """One CPR, one CDR and one recovery share, from the sums over the months.

    Raises AssumptionError where nothing was owed in them.
    """
    exposure = sum_months(months)
    if exposure.opening <= 0:
        raise AssumptionError(
            "no balance was observed; expected months in which the pool owed some"
        )
    cpr, cdr = _yearly_rates(exposure, _mean_days(months))
    return Assumptions(cpr=(cpr,), cdr=(cdr,), recovery=(_recovery_share(months),))


def estimate_seasoned(
    months: Sequence[ObservedMonth],
    exposures: Mapping[int, Exposure],
    pool: Mapping[int, int],
    length: int,
) -> Assumptions:
    """CPR and CDR by months on book, carried to each of `length` projected months.

    `exposures` are those of the same months by age, `pool` the balance at the cut-off by age. Month m
    takes the rates of bands at age + m, weighted by `pool`; the oldest band's rate holds for every
    age after it. The recovery share is the constant one.
    """
    bands = band_ages(exposures, _mean_days(months))
    total = sum(pool.values())
    if total <= 0:
        raise AssumptionError("the pool owes nothing at the cut-off; expected a balance by age")
    cpr, cdr = [], []
    for month in range(1, length + 1):
        found = [(_band_at(bands, age + month), balance) for age, balance in pool.items()]
        cpr.append(_rounded(sum((one.cpr * weight for one, weight in found), Decimal(0)) / total))
        cdr.append(_rounded(sum((one.cdr * weight for one, weight in found), Decimal(0)) / total))
    return Assumptions(cpr=tuple(cpr), cdr=tuple(cdr), recovery=(_recovery_share(months),))


def band_ages(exposures: Mapping[int, Exposure], days: Fraction) -> tuple[AgeBand, ...]:
    """Bands of six months on book; a thin one at either end, or between, joins the younger one."""
    sums: dict[int, Exposure] = {}
    for age, exposure in sorted(exposures.items()):
        first = age // BAND_MONTHS * BAND_MONTHS
        sums[first] = sums.get(first, Exposure()) + exposure
    least = LEAST_SHARE * sum(one.opening for one in sums.values())
    firsts = list(sums)
    for place in range(len(firsts) - 1, 0, -1):
        if sums[firsts[place]].opening < least:
            sums[firsts[place - 1]] += sums.pop(firsts[place])
    bands = [(first, one) for first, one in sums.items() if one.opening > 0]
    if not bands:
        raise AssumptionError("no balance was observed at any age; expected months with loans")
    return tuple(AgeBand(first, one, *_yearly_rates(one, days)) for first, one in bands)


def _band_at(bands: Sequence[AgeBand], age: int) -> AgeBand:
    """The band of an age; the youngest one for what is younger still."""
    return next((band for band in reversed(bands) if band.first <= age), bands[0])


def _mean_days(months: Sequence[ObservedMonth]) -> Fraction:
    return Fraction(sum(one.month_end.day for one in months), len(months))


def _yearly_rates(exposure: Exposure, days: Fraction) -> tuple[Decimal, Decimal]:
    """CPR and CDR."""
    survivors = exposure.opening - exposure.defaulted
    return (
        _annualise(exposure.principal - exposure.scheduled, survivors - exposure.scheduled, days),
        _annualise(exposure.defaulted, exposure.opening, days),
    )


def _annualise(part: int, whole: int, days: Fraction) -> Decimal:
    """The yearly rate of the month's share part / whole, taken from 0 to 1."""
    if whole <= 0 or part <= 0:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 40
        monthly = Decimal(min(part, whole)) / whole
        years = Decimal(365 * days.denominator) / days.numerator
        return _rounded(1 - (1 - monthly) ** years)


def _recovery_share(months: Sequence[ObservedMonth]) -> Decimal:
    defaulted = sum(one.defaulted for one in months)
    recovered = max(0, sum(one.recovered for one in months))
    if not defaulted:
        return Decimal(0)
    return _rounded(min(Decimal(1), Decimal(recovered) / defaulted))


def _rounded(rate: Decimal) -> Decimal:
    return rate.quantize(Decimal(1).scaleb(-RATE_DECIMALS), ROUND_HALF_UP)
