"""A part of a note, held from the start or bought later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from deals.terms.payments import Rounding
from waterfall.money import format_fen
from waterfall.value.cash_flows import (
    CashFlow,
    PricingError,
    round_fen,
    select_after,
)


@dataclass(frozen=True)
class Holding:
    """A share of a note's flows after `bought_on`, for `cost_fen` with accrued interest in it."""

    bought_on: date
    share: Fraction
    cost_fen: int

    def select_flows(
        self, flows: Sequence[CashFlow], rounding: Rounding = "half_up"
    ) -> list[CashFlow]:
        """The cost as a first flow, then the share of each of the note's later flows, in fen."""
        received = [
            CashFlow(flow.payment_date, round_fen(self.share * flow.amount_fen, rounding))
            for flow in select_after(flows, self.bought_on)
        ]
        return [CashFlow(self.bought_on, -self.cost_fen), *received]


def buy_with_cash(
    day: date,
    cash_fen: int,
    price_factor: Decimal,
    balance_fen: int,
    accrued_fen: int,
    rounding: Rounding = "half_up",
) -> Holding:
    """What the cash buys of a note at a clean price of `price_factor` of its balance.

    The share's accrued interest is paid on top of the cash, on the same day. PricingError when the
    cash is more than the whole note costs.
    """
    price = Fraction(price_factor) * balance_fen
    if not 0 < cash_fen <= price:
        raise PricingError(
            f"cash of {format_fen(cash_fen)} is to buy of a note that costs"
            f" {format_fen(round_fen(price, rounding))}; expected above 0 and not more than that"
        )
    share = cash_fen / price
    return Holding(day, share, cash_fen + round_fen(share * accrued_fen, rounding))
