"""The price of a note: dirty, clean, and the interest that has accrued between coupons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from deals.dates.day_counts import day_count_fraction
from deals.terms.payments import DayCount, Rounding
from waterfall.value.cash_flows import CashFlow, PricingError, round_fen
from waterfall.value.discounting import Curve, present_value


@dataclass(frozen=True)
class Price:
    """What a note costs: `dirty_fen` is paid, and buys `accrued_fen` of interest with it."""

    dirty_fen: int
    accrued_fen: int

    @property
    def clean_fen(self) -> int:
        """The price without the accrued interest, as it is quoted."""
        return self.dirty_fen - self.accrued_fen

    def per_hundred(self, face_fen: int) -> Fraction:
        """The dirty price per 100 of a face, such as the original or the current balance."""
        if face_fen <= 0:
            raise PricingError(f"the face is {face_fen} fen; expected more than zero")
        return Fraction(100 * self.dirty_fen, face_fen)


def accrued_interest(
    balance_fen: int,
    annual_rate: Decimal,
    last_paid: date,
    as_of: date,
    day_count: DayCount = "ACT/365F",
    rounding: Rounding = "half_up",
) -> int:
    """Simple interest on the balance since interest was last paid, in fen, rounded once."""
    years = Fraction(*day_count_fraction(last_paid, as_of, day_count))
    return round_fen(balance_fen * Fraction(annual_rate) * years, rounding)


def price_note(
    flows: Sequence[CashFlow],
    as_of: date,
    curve: Curve,
    accrued_fen: int,
    rounding: Rounding = "half_up",
) -> Price:
    """The present value of a note's interest and principal as its dirty price."""
    return Price(present_value(flows, as_of, curve, rounding), accrued_fen)
