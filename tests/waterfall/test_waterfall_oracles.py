"""Figures that another engine made: Hastructure, through shared/oracles/waterfall.

That engine truncates every accrual to 0.01 and this one rounds half up; the tolerances are those
that each file states for it. Both cases pay all interest in full, so what the engines do with
unpaid interest is not compared.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deals.terms import Terms
from tests.waterfall.small_deal import (
    cash,
    fee,
    note,
    paid,
    payment_date,
    pool_of,
    small_terms,
)
from waterfall.engine import Settlement, opening_state, settle, settle_issue

REVOLVING_PAYMENTS = {"HS01_sequential_combined": 0, "HS20_revolving_par": 12}
"""Payment dates in the revolving phase; the terms of the case say that date 12 still is one."""


def oracle_case(shared: Path, name: str) -> dict[str, Any]:
    text = (shared / "oracles" / "waterfall" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text, parse_float=Decimal)


def to_fen(amount: Decimal | int) -> int:
    scaled = Decimal(amount).scaleb(2)
    assert scaled == scaled.to_integral_value()
    return int(scaled)


def oracle_terms(case: dict[str, Any]) -> Terms:
    """The case's tranches; its two fees and its order are those of the small deal."""
    notes = tuple(
        note(tranche["name"], to_fen(tranche["balance"]), str(tranche["rate"]))
        for tranche in case["terms"]["tranches"]
    )
    fees = (
        fee("tax", "interest_collections", "0.0326", ""),
        fee("servicer", "note_balance", "0.001"),
    )
    return small_terms(notes=notes, fees=fees, interest_on_unpaid_interest="compounding")


def settle_case(name: str, case: dict[str, Any]) -> dict[str, Settlement]:
    """Every payment date of the case, by date."""
    terms = oracle_terms(case)
    state = settle_issue(terms, opening_state(terms), None).state
    start = date.fromisoformat(case["terms"]["previous_payment_date"])
    settlements = {}
    for number, row in enumerate(case["inputs"]["collections"], start=1):
        end = date.fromisoformat(row["payment_date"])
        phase = "revolving" if number <= REVOLVING_PAYMENTS[name] else "allocation"
        flows = cash(
            principal=to_fen(row["principal"]) + to_fen(row["prepayment"]),
            interest=to_fen(row["interest"]),
            recovery=to_fen(row["recovery"]),
        )
        pool = pool_of(0)  # no fee of the case is a rate of the pool
        period = payment_date(start, end)
        settlements[row["payment_date"]] = settle(terms, period, phase, state, flows, pool, None)
        state, start = settlements[row["payment_date"]].state, end
    return settlements


def our_figures(settlements: dict[str, Settlement]) -> dict[tuple[str, str, str], int]:
    """Fen by date, payer or note, and what it is; the residual is what the case calls yield."""
    figures = {}
    for day, settlement in settlements.items():
        amounts = paid(settlement)
        figures[day, "tax", "paid"] = amounts["fee tax"]
        figures[day, "svc", "paid"] = amounts["fee servicer"]
        figures[day, "pool", "purchase"] = amounts.get("purchase", 0)
        for code, balance in settlement.state.note_balance.items():
            interest = "residual S" if code == "S" else f"interest {code}"
            figures[day, code, "interest_paid"] = amounts.get(interest, 0)
            figures[day, code, "principal_paid"] = amounts.get(f"principal {code}", 0)
            figures[day, code, "end_balance"] = int(balance[0])
    return figures


def their_figures(case: dict[str, Any]) -> dict[tuple[str, str, str], int]:
    expected = case["expected"]
    figures = {
        (row["date"], code, item): to_fen(row[item])
        for code, rows in expected["tranches"].items()
        for row in rows
        for item in ("interest_paid", "principal_paid", "end_balance")
    }
    for code, rows in expected["fees"].items():
        figures |= {(row["date"], code, "paid"): to_fen(row["paid"]) for row in rows}
    for row in expected.get("purchases", ()):
        figures[row["date"], "pool", "purchase"] = to_fen(row["cash_spent"])
    return figures


@pytest.mark.parametrize("name", REVOLVING_PAYMENTS)
def test_another_engine_pays_the_same_amounts_within_its_truncation(shared, name):
    case = oracle_case(shared, name)
    ours, theirs = our_figures(settle_case(name, case)), their_figures(case)
    tolerance = to_fen(case["tolerance"]["abs_per_amount"])

    differences = {key: ours[key] - theirs[key] for key in theirs}
    assert {key: gap for key, gap in differences.items() if abs(gap) > tolerance} == {}
    unstated = {key: ours[key] for key in ours.keys() - theirs.keys() if key[2] != "end_balance"}
    assert {key: amount for key, amount in unstated.items() if amount} == {}


@pytest.mark.parametrize("name", REVOLVING_PAYMENTS)
def test_another_engine_pays_the_same_sums_over_the_life_within_its_truncation(shared, name):
    case = oracle_case(shared, name)
    ours, theirs = our_figures(settle_case(name, case)), their_figures(case)
    tolerance = to_fen(case["tolerance"]["abs_cumulative"])

    for code, item in {key[1:] for key in theirs if key[2] != "end_balance"}:
        result = sum(amount for key, amount in ours.items() if key[1:] == (code, item))
        expected = sum(amount for key, amount in theirs.items() if key[1:] == (code, item))
        assert abs(result - expected) <= tolerance, (code, item)
