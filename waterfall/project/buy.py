"""How much a projected purchase buys, by the terms: price, largest amount, loans that end in time."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from deals.dates.calendar import Period, paying_month
from deals.terms.deal import Terms
from deals.terms.money import divide_half_up
from waterfall.loan_prices import value_unit
from waterfall.money import Fen
from waterfall.project.assumptions import Assumptions
from waterfall.project.mixes import Mix, limit_term


class Bought(NamedTuple):
    """Principal and its cost, arrays of shape (scenarios,) in fen."""

    principal: Fen
    cost: Fen


def offered_mix(terms: Terms, period: Period, mix: Mix) -> Mix:
    """The loans of the mix that may be bought at the period's cut-off; may be empty.

    Where the terms want loans to mature within the deal, those that run off by the last collection
    period before the expected maturity.
    """
    eligibility = terms.eligibility
    if eligibility is None or not eligibility.must_mature_within_deal:
        return mix
    months_between = terms.payment.months_between or 1
    maturity = paying_month(terms.structure.maturity_months, months_between)
    return limit_term(mix, maturity - period.period_number)


def plan_purchase(terms: Terms, mix: Mix, scenarios: Sequence[Assumptions], budget: Fen) -> Bought:
    """What the budget buys of the mix; an empty one buys nothing.

    A scenario's own price goes before the terms'. The largest amount counts for each purchase date.
    """
    if not mix or not budget.any():
        return Bought(np.zeros_like(budget), np.zeros_like(budget))
    purchase, price = terms.purchase, price_mix(terms, mix)
    if purchase is not None and purchase.max_amount_fen is not None:
        budget = np.minimum(budget, purchase.max_amount_fen * len(purchase.dates))
    return spend(budget, [price if one.price is None else Fraction(one.price) for one in scenarios])


def price_mix(terms: Terms, mix: Mix) -> Fraction:
    """What the terms pay for one yuan of principal of the mix, exact."""
    purchase = terms.purchase
    if purchase is None or purchase.price == "par":
        return Fraction(1)
    if purchase.price == "discount":
        return Fraction(purchase.price_share)
    values = [(value_unit(kind, purchase.discount_rate), weight) for kind, weight in mix]
    value = sum(Fraction(one.numerator, one.denominator) * weight for one, weight in values)
    return Fraction(value, sum(weight for _, weight in values))


def spend(cash: Fen, prices: Sequence[Fraction]) -> Bought:
    """The most principal that the cash pays for, and its cost, by scenario; cost <= cash.

    `prices` are paid for one yuan of principal. Principal is rounded down and its cost half up.
    """
    if all(price == 1 for price in prices):
        return Bought(cash, cash)
    principal, cost = np.empty_like(cash), np.empty_like(cash)
    for scenario, (amount, price) in enumerate(zip(cash.tolist(), prices, strict=True)):
        p, q = price.as_integer_ratio()
        principal[scenario] = amount * q // p
        cost[scenario] = divide_half_up(int(principal[scenario]) * p, q)
    return Bought(principal, cost)
