"""One period of real auto trusts: the amounts that their monthly reports say were paid.

The dues (fee, interest, principal distribution) are the report's; what is tested is that the cash
comes in from collections and the reserve's excess, goes down the list, and leaves what they paid on.
"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from deals.terms.payments import COLLECTION_KINDS, Account, Fee, FixedAmount, Step
from tests.waterfall.small_deal import cash, fen, note, paid, payment_date, pool_of, small_terms
from waterfall.pay.settle import opening_state, settle

RESERVE = 500_000_00
PERIOD = payment_date(date(2024, 1, 15), date(2024, 2, 15))
REPORTS = range(5)
"""The sixth report's excerpt ends before the payments: only its sums are tested."""


@pytest.fixture(scope="session")
def reports(shared) -> list[dict[str, int]]:
    """The figures of each report in fen."""
    path = shared / "oracles" / "servicer_reports" / "reports.json"
    content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return [
        {name: int(Decimal(amount).scaleb(2)) for name, amount in report["figures"].items()}
        for report in content["reports"]
    ]


def interest_by_note(figures: dict[str, int]) -> dict[str, int]:
    """Of the two classes that the report names, or of class A as one."""
    classes = {"A3": figures.get("class_a3_interest"), "A4": figures.get("class_a4_interest")}
    known = {code: amount for code, amount in classes.items() if amount is not None}
    return known or {"A": figures["class_a_interest"]}


@pytest.mark.parametrize("number", REPORTS)
def test_a_real_trust_paid_what_the_engine_pays_from_the_same_cash(number, reports):
    figures = reports[number]
    interest = interest_by_note(figures)
    principal = figures.get("principal_distribution", 0)
    terms = small_terms(
        notes=(*(note(code, 10**11, "0") for code in interest), note("S", 1)),
        fees=(Fee(code="servicing", name_zh="", name_en="", amount_fen=figures["servicing_fee"]),),
        accounts=(
            Account("collection", "", "", COLLECTION_KINDS),
            Account("reserve", "", "", (), target=FixedAmount(RESERVE)),
        ),
        priority={
            "allocation": (
                Step("release", ("collection",), "1", "reserve"),
                Step("fee", ("servicing",), "2"),
                Step("interest", tuple(interest), "3", split="pro_rata"),
                Step("principal", tuple(interest)[:1], "4", cap=FixedAmount(principal)),
                Step("reserve", ("reserve",), "5"),
                Step("residual", ("S",), "6"),
            )
        },
    )
    state = opening_state(terms)
    state = replace(
        state,
        account_balance={"collection": fen(0), "reserve": fen(RESERVE + figures["reserve_excess"])},
        note_balance={**state.note_balance, **{code: fen(10**11) for code in interest}},
        interest_unpaid={**state.interest_unpaid, **{c: fen(due) for c, due in interest.items()}},
    )
    collections = cash(
        principal=figures["scheduled_principal"],
        prepayment=figures["prepaid_principal"],
        interest=figures["scheduled_interest"],
        recovery=figures["liquidation_proceeds"] + figures["recoveries"],
    )
    result = settle(terms, PERIOD, "allocation", state, collections, pool_of(0), None)
    amounts = paid(result)

    assert int(collections.total()[0]) == figures["total_collections"]
    assert amounts["release collection"] == figures["reserve_excess"]
    assert (
        figures["total_collections"] + amounts["release collection"] == figures["available_funds"]
    )
    assert amounts["fee servicing"] == figures["servicing_fee"]
    assert {code: amounts[f"interest {code}"] for code in interest} == interest
    assert sum(interest.values()) == figures["class_a_interest"]
    assert amounts["reserve reserve"] == figures.get("to_reserve", 0)
    left = figures["available_funds"] - figures["servicing_fee"] - figures["class_a_interest"]
    assert amounts["residual S"] == figures.get("remaining_to_seller", left - principal)
    assert amounts[f"principal {next(iter(interest))}"] == principal


def test_the_sixth_report_s_available_funds_are_the_sum_of_what_came_in(reports):
    figures = reports[5]
    collections = cash(
        principal=figures["scheduled_principal"],
        prepayment=figures["prepaid_principal"],
        interest=figures["scheduled_interest"] + figures["prepaid_interest"],
    )

    assert int(collections.principal_total()[0]) == figures["available_principal"]
    advance = figures["servicer_interest_advance"]
    assert int(collections.interest[0]) + advance == figures["available_interest"]
    received = int(collections.total()[0]) + advance
    assert received == figures["available_collections"]
    assert received + figures["reserve_excess"] == figures["available_funds"]
