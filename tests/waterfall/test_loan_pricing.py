"""Prices of loans: at par, at a discount, as a present value of what is still scheduled."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.terms.purchase import Purchase
from waterfall.loan_prices import UNPRICED, price_loans, read_repayments, value_unit
from waterfall.money import Fen
from waterfall.schedules import Repayment


def purchase(price: str, **terms: Decimal) -> Purchase:
    return Purchase(price, "all_remaining", 1, **terms)  # type: ignore[arg-type]


def fen(*amounts: int) -> Fen:
    return np.array(amounts, dtype=np.int64)


def half_up(exact: Fraction) -> int:
    return int((2 * exact + 1) // 2)


def payments(rate: Fraction, months: int, method: str) -> list[Fraction]:
    """What one unit of balance pays in each month, in exact fractions, by the textbook."""
    monthly = rate / 12
    if method == "bullet":
        return [monthly] * (months - 1) + [1 + monthly]
    if method == "equal_principal":
        part = Fraction(1, months)
        return [part + (1 - part * month) * monthly for month in range(months)]
    if monthly == 0:
        return [Fraction(1, months)] * months
    return [monthly / (1 - (1 + monthly) ** -months)] * months


def present_value(rate: str, months: int, method: str, discount: str) -> Fraction:
    growth = 1 + Fraction(discount) / 12
    paid = payments(Fraction(rate), months, method)
    return sum((part / growth**month for month, part in enumerate(paid, start=1)), Fraction(0))


def test_a_loan_at_par_costs_its_balance() -> None:
    balance = fen(1, 12345)
    assert price_loans(purchase("par"), balance, fen(0, 0), [None]) is balance


def test_a_discounted_price_is_rounded_half_up_to_the_fen() -> None:
    terms = purchase("discount", price_share=Decimal("0.95"))
    # 0.95 x 10 = 9.5 and 0.95 x 9 = 8.55 fen.
    assert price_loans(terms, fen(10, 9, 10_000), fen(0, 0, 0), [None]).tolist() == [10, 9, 9500]


def test_a_price_below_half_a_fen_is_none() -> None:
    terms = purchase("discount", price_share=Decimal("0.4"))
    assert price_loans(terms, fen(1, 2), fen(0, 0), [None]).tolist() == [UNPRICED, 1]


def test_a_present_value_by_hand() -> None:
    # 1,200.00 at 12 % over two months, level: 1.01^2 x 0.01 / (1.01^2 - 1) a month = 609.014925…
    # Discounted at 6 % a year: 609.014925… / 1.005 + 609.014925… / 1.005^2 = 1,208.955…
    terms = purchase("present_value", discount_rate=Decimal("0.06"))
    level = Fraction(1200) * Fraction("1.0201") * Fraction("0.01") / Fraction("0.0201")
    value = level / Fraction("1.005") + level / Fraction("1.005") ** 2
    kinds = read_repayments([Decimal("0.12")], [2], ["equal_instalment"])
    assert price_loans(terms, fen(120_000), fen(0), kinds).tolist() == [half_up(100 * value)]
    assert half_up(100 * value) == 120_896


def test_discounted_at_its_own_rate_a_loan_is_worth_its_balance() -> None:
    terms = purchase("present_value", discount_rate=Decimal("0.135"))
    kinds = [
        Repayment(Decimal("0.135"), months, method)
        for months in (1, 7, 12)
        for method in ("equal_instalment", "equal_principal", "bullet")
    ]
    balance = fen(*[10_000_00] * len(kinds))
    price = price_loans(terms, balance, np.arange(len(kinds)), kinds)
    assert price.tolist() == balance.tolist()


RATES = st.integers(0, 10**6).map(lambda ppm: f"{Decimal(ppm).scaleb(-6):f}")


@given(
    rate=RATES,
    discount=RATES,
    months=st.integers(1, 60),
    method=st.sampled_from(["equal_instalment", "equal_principal", "bullet"]),
    balances=st.lists(st.integers(1, 2 * 10**9), min_size=1, max_size=20),
)
def test_a_present_value_is_that_of_exact_fractions(
    rate: str, discount: str, months: int, method: str, balances: list[int]
) -> None:
    terms = purchase("present_value", discount_rate=Decimal(discount))
    kinds = [Repayment(Decimal(rate), months, method)]
    result = price_loans(terms, fen(*balances), fen(*[0] * len(balances)), kinds)
    value = present_value(rate, months, method, discount)
    # The schedule's parts are kept to 1e-15: they move a price of 2e9 fen by less than 2e-4 fen.
    for balance, price in zip(balances, result.tolist(), strict=True):
        paid = 0 if price == UNPRICED else price
        assert abs(paid - balance * value) <= Fraction(1, 2) + Fraction(2, 10_000)


@given(
    balances=st.lists(st.integers(1, 10**13), min_size=1, max_size=50),
    discount=RATES,
)
def test_the_price_of_many_is_the_exact_product_rounded_once(
    balances: list[int], discount: str
) -> None:
    terms = purchase("present_value", discount_rate=Decimal(discount))
    kinds = [Repayment(Decimal("0.15"), 12, "equal_instalment"), None]
    result = price_loans(terms, fen(*balances), fen(*[0] * len(balances)), kinds)
    factor = value_unit(kinds[0], Decimal(discount))  # type: ignore[arg-type]
    exact = [half_up(Fraction(b * factor.numerator, factor.denominator)) for b in balances]
    assert result.tolist() == [price or UNPRICED for price in exact]


@pytest.mark.parametrize(
    ("rate", "months", "method"),
    [
        ("0.12", 0, "bullet"),
        ("0.12", 601, "bullet"),
        ("0.12", 3, "balloon"),
        ("0.12", 3, None),
        ("0.12", None, "bullet"),
        (None, 3, "bullet"),
    ],
)
def test_a_loan_of_which_nothing_is_known_to_be_scheduled_has_no_present_value(
    rate: str | None, months: int | None, method: str | None
) -> None:
    kinds = read_repayments([None if rate is None else Decimal(rate)], [months], [method])
    terms = purchase("present_value", discount_rate=Decimal("0.1"))
    assert kinds == [None]
    assert price_loans(terms, fen(100), fen(0), kinds).tolist() == [UNPRICED]
