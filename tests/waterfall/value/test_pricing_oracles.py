"""Figures that another engine's author asserts: shared/oracles/published_tests.

That engine cuts every amount to 0.01 and does not round it, so "down" is asked for here.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.waterfall.value.flow_building import day, flows, to_fen
from waterfall.pay.fee_dates import count_due_dates
from waterfall.value.cash_flows import CashFlow
from waterfall.value.discounting import (
    Curve,
    amount_for_irr,
    flat_curve,
    future_value,
    present_value,
    survival_factor,
)
from waterfall.value.holdings import Holding, buy_with_cash
from waterfall.value.lives import convexity, macaulay_duration, weighted_average_life
from waterfall.value.prices import accrued_interest, price_note
from waterfall.value.yields import xirr

Case = Mapping[str, Any]

FLOAT_DIGITS = 1e-14
"""Relative: the other engine writes these figures with all digits of a float."""

ROOT_DIGITS = 1e-9
"""How near its root finder comes: it gives 0.08000000016 where exactly 0.08 is right."""


def published(shared: Path, name: str) -> list[Any]:
    text = (shared / "oracles" / "published_tests" / name).read_text(encoding="utf-8")
    return json.loads(text, parse_float=Decimal)["cases"]


def cut(ratio: Fraction, digits: int) -> Decimal:
    """The ratio cut to so many decimals."""
    return Decimal(int(ratio * 10**digits)).scaleb(-digits)


def fraction_of(case: Any) -> Fraction:
    return Fraction(case["num"], case["den"])


def percent_in(what: str) -> Decimal:
    """The rate that a case states in its name alone, such as "flat 5%"."""
    (word,) = [word.strip(",%") for word in what.split() if "%" in word]
    return Decimal(word) / 100


def check_life_in_months(case: Case) -> None:
    life = weighted_average_life(flows(*case["principal"]), day(case["start"]), "months")
    assert cut(life, 2) == case["expected"]


def check_life_in_years(case: Case) -> None:
    life = weighted_average_life(flows(*case["principal"]), day(case["start"]))
    assert cut(life, 2) == case["expected"]


def check_macaulay_duration(case: Case) -> None:
    result = macaulay_duration(
        flows(*case["cash"]), day(case["as_of"]), flat_curve(case["rate"]), "down"
    )
    assert result == fraction_of(case["expected"])


def check_convexity(case: Case) -> None:
    result = convexity(flows(*case["cash"]), day(case["as_of"]), case["rate"], rounding="down")
    assert result == pytest.approx(float(case["expected"]), rel=FLOAT_DIGITS)


def check_future_value(case: Case) -> None:
    curve = flat_curve(percent_in(case["what"]))
    result = future_value(flows((case["from"], case["amount"])), day(case["to"]), curve, "down")
    assert result == to_fen(case["expected"])


def check_amount_for_irr(case: Case) -> None:
    irr = Decimal("0.08")
    result = amount_for_irr(flows(*case["flows"]), day(case["on"]), irr, "down")
    assert result == to_fen(case["expected"])


def check_xirr(case: Case) -> None:
    assert xirr(flows(*case["flows"])) == pytest.approx(float(case["expected"]), abs=ROOT_DIGITS)


def check_survival(case: Case) -> None:
    result = [
        survival_factor(Decimal("0.1"), day(case["from"]), day(text)) for text in case["dates"]
    ]
    assert result == pytest.approx([float(value) for value in case["expected"]], rel=FLOAT_DIGITS)


def check_present_value(case: Case) -> None:
    received = flows((case["pay"], case["amount"]))
    result = present_value(received, day(case["as_of"]), flat_curve(case["rate"]), "down")
    assert result == to_fen(case["expected"])


def check_value_on_a_curve(case: Case) -> None:
    """The payment is after the last point, so that both ways between the points agree."""
    received = flows((case["pay"], case["amount"]))
    for interpolation in ("step", "linear"):
        curve = Curve(
            (
                (date(2021, 1, 1), Decimal("0.01")),
                (date(2023, 1, 1), Decimal("0.03")),
            ),
            interpolation,
        )
        result = present_value(received, day(case["as_of"]), curve, "down")
        assert result == to_fen(case["expected"])


def check_price_on_a_curve(case: Case) -> None:
    """The name says stepped; the figure is that of straight lines between the points."""
    points = ((date(2021, 1, 1), Decimal("0.01")), (date(2023, 1, 1), Decimal("0.02")))
    curve = Curve(points, "linear")
    as_of = day(case["as_of"])
    principal = flows(*((flow["date"], flow["principal"]) for flow in case["flows"]))
    received = flows(
        *((flow["date"], flow["interest"] + flow["principal"]) for flow in case["flows"])
    )
    balance_fen = sum(flow.amount_fen for flow in principal)
    accrued_fen = accrued_interest(
        balance_fen, case["rate"], day(case["last_interest_paid"]), as_of, rounding="down"
    )
    price = price_note(received, as_of, curve, accrued_fen, "down")
    expected = case["expected"]
    assert price.dirty_fen == to_fen(expected["price"])
    assert price.per_hundred(to_fen(case["original_balance"])) == Fraction(
        expected["price_per_100_of_original"]
    )
    assert price.accrued_fen == to_fen(expected["accrued_interest"])
    assert cut(weighted_average_life(principal, as_of), 2) == expected["wal_years"]
    assert cut(macaulay_duration(received, as_of, curve, "down"), 7) == expected["duration"]


def check_recurring_fee(case: Case) -> None:
    start = date(2022, 1, 1)
    due = {
        text: 50_00 * count_due_dates("monthly", start, after=start, until=day(text))
        for text in case["expected"]
    }
    assert due == {text: to_fen(amount) for text, amount in case["expected"].items()}


CHECKS: Mapping[str, Callable[[Case], None]] = {
    "weighted average life, months": check_life_in_months,
    "weighted average life, years": check_life_in_years,
    "Macaulay duration, ACT/365F, flat 1%": check_macaulay_duration,
    "Macaulay duration, ACT/365F, flat 5%": check_macaulay_duration,
    "convexity, ACT/365F, flat 5%": check_convexity,
    "future value, 8%, one year": check_future_value,
    "future value, 8%, half a year, rounded to 0.01": check_future_value,
    "amount on the date that gives an IRR of 8%": check_amount_for_irr,
    "XIRR": check_xirr,
    "survival factor at a 10% annual rate, ACT/365": check_survival,
    "present value, rounded to 0.01": check_present_value,
    "present value on a stepped curve (1% from 2021-01-01, 3% from 2023-01-01): the rate in force"
    " on the pay date counts": check_value_on_a_curve,
    "bond price on a stepped curve (1% from 2021-01-01, 2% from 2023-01-01)": (
        check_price_on_a_curve
    ),
    "recurring fee of 50 due every month first, from 2022-01-01: amount due when calculated": (
        check_recurring_fee
    ),
}


@pytest.mark.parametrize("what", CHECKS)
def test_a_published_analytic_is_met(shared: Path, what: str) -> None:
    cases = [case for case in published(shared, "analytics.json") if case["what"] == what]
    assert cases
    for case in cases:
        CHECKS[what](case)


def test_every_published_analytic_is_checked(shared: Path) -> None:
    cases = published(shared, "analytics.json")
    assert len(cases) == 16
    assert {case["what"] for case in cases} == set(CHECKS)


def note_flows(shared: Path, case_id: str, tranche: str) -> tuple[Case, list[CashFlow]]:
    """The case, and what its engine pays to one tranche, interest and principal together."""
    (case,) = [
        case for case in published(shared, "absbox_regression.json") if case["id"] == case_id
    ]
    rows = case["engine_figures"]["tranches"][tranche]
    paid = flows(*((row["date"], row["interest_paid"] + row["principal_paid"]) for row in rows))
    return case, paid


def test_the_irr_of_a_holding_is_the_asserted_one(shared: Path) -> None:
    """500 of the 1,000 of B, for 500: asserted 0.264238."""
    case, paid = note_flows(shared, "absbox_Irr01_14", "B")
    (word,) = [words.split()[-1] for words in case["asserted_by_the_author"]]
    holding = Holding(day("2021-04-01"), Fraction(1, 2), to_fen(500))
    result = xirr(holding.select_flows(paid, "down"))
    assert cut(Fraction(result), 6) == Decimal(word)


def test_the_irr_of_a_note_that_is_bought_later_is_the_asserted_one(shared: Path) -> None:
    """200 of cash at 99 % of A1's balance on 2021-08-01, accrued interest on top: 0.139824.

    The interest accrues from the payment of 2021-07-20 at the coupon that the engine paid, 7 %.
    """
    case, paid = note_flows(shared, "absbox_Irr01_15", "A1")
    assert "0.139824" in case["asserted_by_the_author"][0]
    bought_on = day("2021-08-01")
    last = [
        row
        for row in case["engine_figures"]["tranches"]["A1"]
        if row["date"] < bought_on.isoformat()
    ][-1]
    balance_fen = to_fen(last["end_balance"])
    accrued_fen = accrued_interest(
        balance_fen, last["rate"], day(last["date"]), bought_on, rounding="down"
    )
    holding = buy_with_cash(
        bought_on, to_fen(200), Decimal("0.99"), balance_fen, accrued_fen, "down"
    )
    result = xirr(holding.select_flows(paid, "down"))
    assert cut(Fraction(result), 6) == Decimal("0.139824")
