"""Assumptions estimated from months that the projection itself made, and from small hand-made ones."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.waterfall.project.small_pool import assume, performing, project, repayment
from waterfall.observed.estimate import band_ages, estimate_constant, estimate_seasoned
from waterfall.observed.observe import Exposure, ObservedMonth
from waterfall.project.advance import next_month_end
from waterfall.project.assumptions import AssumptionError

LONG = repayment("0.075", 66)


def observed(**amounts: int) -> ObservedMonth:
    """A month of 10,000 fen in which nothing happened, where it does not say otherwise."""
    names = ("opening", "scheduled", "principal", "interest", "defaulted", "recovered", "closing")
    values = dict.fromkeys(names, 0) | {"opening": 10_000, "closing": 10_000} | amounts
    return ObservedMonth(date(2017, 6, 30), **values)


def made(cpr: str, cdr: str, recovery: str) -> list[ObservedMonth]:
    """Twelve months of a large pool, projected and then looked at from outside."""
    flows = project([performing(10**13, LONG)], assume(cpr=cpr, cdr=cdr, recovery=recovery))
    still = project([performing(10**13, LONG)], assume())
    months, end = [], date(2017, 6, 30)
    for one, plain in zip(flows[:12], still[:12], strict=True):
        end = next_month_end(end)
        alive = int(one.opening[0] - one.defaulted[0])
        months.append(
            ObservedMonth(
                end,
                opening=int(one.opening[0]),
                scheduled=alive * int(plain.scheduled[0]) // int(plain.opening[0]),
                principal=int(one.principal[0]),
                interest=int(one.interest[0]),
                defaulted=int(one.defaulted[0]),
                recovered=int(one.recovery[0]),
                closing=int(one.closing[0]),
            )
        )
    return months


@settings(deadline=None)
@given(*[st.decimals(Decimal("0.01"), Decimal("0.4"), places=2)] * 3)
def test_the_estimate_of_a_projected_pool_is_what_it_was_projected_under(cpr, cdr, recovery):
    months = made(str(cpr), str(cdr), str(recovery))
    first, year = estimate_constant(months[:1]), estimate_constant(months)

    for name, assumed in (("cpr", cpr), ("cdr", cdr), ("recovery", recovery)):
        assert abs(getattr(first, name)[0] - assumed) <= Decimal("0.000001")
        # Twelve months count by what they owe, their days alike.
        assert abs(getattr(year, name)[0] - assumed) < Decimal("0.001")


def test_the_rates_are_yearly_by_the_days_of_the_months():
    result = estimate_constant([observed(scheduled=1_000, principal=1_900, closing=8_100)])

    smm = Decimal(900) / 9_000
    assert result.cpr == (round(1 - (1 - smm) ** (Decimal(365) / 30), 6),)
    assert result.cdr == (Decimal(0),)


def test_more_missed_than_prepaid_is_no_prepayment():
    assert estimate_constant([observed(scheduled=500, principal=499)]).cpr == (Decimal(0),)


def test_the_recovery_share_is_from_nothing_to_all():
    for recovered, expected in ((-300, "0"), (0, "0"), (250, "0.25"), (1_000, "1"), (1_001, "1")):
        months = [observed(defaulted=1_000, recovered=recovered)]
        assert estimate_constant(months).recovery == (Decimal(expected),)


def test_months_in_which_nothing_was_owed_are_refused():
    with pytest.raises(AssumptionError, match="no balance was observed"):
        estimate_constant([observed(opening=0, closing=0)])


def test_a_thin_band_of_ages_joins_the_younger_one():
    just_enough = {3: Exposure(opening=9_500), 9: Exposure(opening=500, defaulted=5)}
    too_thin = {3: Exposure(opening=9_501), 9: Exposure(opening=499, defaulted=5)}

    assert [band.first for band in band_ages(just_enough, Fraction(30))] == [0, 6]
    (band,) = band_ages(too_thin, Fraction(30))
    assert (band.first, band.exposure) == (0, Exposure(opening=10_000, defaulted=5))


def test_the_seasoned_rates_follow_the_ages_of_the_pool_and_the_oldest_goes_on():
    exposures = {5: Exposure(opening=10_000), 6: Exposure(opening=10_000, defaulted=100)}
    months = [observed()]
    young, old = (band.cdr for band in band_ages(exposures, Fraction(30)))

    result = estimate_seasoned(months, exposures, {4: 750, 10: 250}, 40)

    assert young == 0 < old
    assert result.cdr[0] == round(old / 4, 6)
    assert set(result.cdr[1:]) == {old}
    assert len(result.cdr) == len(result.cpr) == 40


def test_the_adjustment_of_a_month_is_what_its_balance_rose_by_otherwise():
    month = observed(principal=500, defaulted=100, closing=9_450)
    assert month.adjustment == 50
