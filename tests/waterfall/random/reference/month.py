"""A month: triggers at the cut-off, the clean-up call, the phase, the payment date."""

from dataclasses import dataclass, replace
from fractions import Fraction

from tests.waterfall.random.reference.books import Amounts, Row
from tests.waterfall.random.reference.formulas import rounded
from tests.waterfall.random.reference.paying import settle_plainly
from tests.waterfall.random.reference.triggers import (
    PlainCutOff,
    PlainTest,
    PlainWatch,
    examine_plainly,
    phase_of,
)


@dataclass(frozen=True)
class PlainMonth:
    """What a month came to; state and watch were changed."""

    tests: dict[str, PlainTest]
    phase: str
    is_called: bool
    rows: list[Row]
    reserve_targets: Amounts
    """What each reserve should hold after the payments."""

    @property
    def bought(self) -> int:
        """What was paid for loans."""
        return sum(row.paid for row in self.rows if row.kind == "purchase")


def run_plainly(
    cut_off: PlainCutOff, watch: PlainWatch, price: int | None, exercises_call: bool
) -> PlainMonth:
    """Change the state and the watch; return tests, phase and payments."""
    terms, period, collections = cut_off.terms, cut_off.period, cut_off.collections
    tests = examine_plainly(cut_off, watch)
    phase = phase_of(cut_off, tests)
    is_called = exercises_call and may_be_called(cut_off)
    call = terms.clean_up_call
    if call is not None and is_called:
        share = Fraction(call.price_share) * cut_off.pool.closing
        collections = replace(collections, clean_up=rounded(share, terms.payment.rounding))
        if call.replaces_priority:
            phase = "clean_up"
    rows, reserve_targets = settle_plainly(
        terms,
        phase,
        period.accrual_start_date,
        period.payment_date,
        period.is_expected_maturity,
        cut_off.state,
        collections,
        cut_off.pool,
        price,
        frozenset(code for code, test in tests.items() if test.is_acting),
    )
    return PlainMonth(tests, phase, is_called, rows, reserve_targets)


def may_be_called(cut_off: PlainCutOff) -> bool:
    """Once the pool of this cut-off, or of the one before, is at most the threshold's share."""
    call, pool = cut_off.terms.clean_up_call, cut_off.pool
    if call is None or not pool.closing:
        return False
    seen = pool.closing if call.acts == "this" else pool.opening
    most = Fraction(call.threshold) * pool.initial
    return seen < most if call.callable_when == "under" else seen <= most
