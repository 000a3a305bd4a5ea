"""A whole revolving deal from its first pool: HS20 of shared/oracles, made by Hastructure.

Nothing but the terms and the first pool goes in; pool, purchases, fees and notes are projected. That
engine truncates to 0.01 and this one rounds half up: the tolerances are those that the file states.
In the case loans pay the deal from the month after the payment date on which they were bought.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deals.terms.deal import Terms
from deals.terms.sections import PaymentRule
from tests.waterfall.project.small_pool import LEVEL_YEAR, performing
from tests.waterfall.small_deal import note, small_terms
from waterfall.pay.settle import opening_state, settle_issue
from waterfall.pay.triggers import open_watch
from waterfall.project.assumptions import Assumptions
from waterfall.project.deal import ClosedMonth, Conduct, ProjectedMonth, project_deal


def to_fen(amount: Decimal | int) -> int:
    return int(Decimal(amount).scaleb(2))


@pytest.fixture(scope="module")
def case(shared: Path) -> dict[str, Any]:
    file = shared / "oracles" / "waterfall" / "HS20_revolving_par.json"
    return json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)


def read_terms(case: dict[str, Any]) -> Terms:
    """The small deal's order of payments is the case's; so are its two fees."""
    closing_date = date.fromisoformat(case["terms"]["previous_payment_date"])
    notes = tuple(
        note(one["name"], to_fen(one["balance"]), str(one["rate"]))
        for one in case["terms"]["tranches"]
    )
    return small_terms(
        notes=notes,
        initial_pool="whole_tape",
        initial_cut_off_date=closing_date,
        closing_date=closing_date,
        calendar="weekdays",
        rule=PaymentRule("nth_working_day", n=8),
        revolving_months=12,
        expected_term_months=24,
    )


@pytest.fixture(scope="module")
def months(case: dict[str, Any]) -> list[ProjectedMonth]:
    terms = read_terms(case)
    initial = to_fen(case["inputs"]["begin_pool_balance"])
    start = ClosedMonth(
        terms=terms,
        month="2017-08",
        state=settle_issue(terms, opening_state(terms), None).state,
        watch=open_watch(terms, 1),
        groups=(performing(initial),),
        initial_balance=initial,
    )
    conduct = Conduct(mix=((LEVEL_YEAR, 1),), pays_from="payment_date")
    return list(project_deal(start, [Assumptions()], conduct))


def our_figures(months: list[ProjectedMonth]) -> dict[tuple[str, str, str], int]:
    """Fen by date, payee and what it is; the residual is what the case calls interest of S."""
    figures = {}
    for month in months:
        day, result = month.period.payment_date.isoformat(), month.result
        figures[day, "tax", "paid"] = int(result.paid("fee", "tax")[0])
        figures[day, "svc", "paid"] = int(result.paid("fee", "servicer")[0])
        figures[day, "pool", "purchase"] = int(month.bought.cost[0])
        for code, balance in result.state.note_balance.items():
            interest = "residual" if code == "S" else "interest"
            figures[day, code, "interest_paid"] = int(result.paid(interest, code)[0])
            figures[day, code, "principal_paid"] = int(result.paid("principal", code)[0])
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
    for row in expected["purchases"]:
        figures[row["date"], "pool", "purchase"] = to_fen(row["cash_spent"])
    return figures


def test_a_deal_projected_from_its_first_pool_pays_what_another_engine_pays(case, months):
    ours, theirs = our_figures(months), their_figures(case)
    tolerance = to_fen(case["tolerance"]["abs_per_amount"])

    differences = {key: ours[key] - theirs[key] for key in theirs}
    assert {key: gap for key, gap in differences.items() if abs(gap) > tolerance} == {}
    unstated = {key: ours[key] for key in ours.keys() - theirs.keys() if key[2] != "end_balance"}
    assert {key: amount for key, amount in unstated.items() if amount} == {}


def test_a_deal_projected_from_its_first_pool_pays_the_same_sums_over_its_life(case, months):
    ours, theirs = our_figures(months), their_figures(case)
    tolerance = to_fen(case["tolerance"]["abs_cumulative"])

    for code, item in {key[1:] for key in theirs if key[2] != "end_balance"}:
        result = sum(amount for key, amount in ours.items() if key[1:] == (code, item))
        expected = sum(amount for key, amount in theirs.items() if key[1:] == (code, item))
        assert abs(result - expected) <= tolerance, (code, item)


def test_the_deal_ends_when_its_last_loan_has_paid(case, months):
    last = case["inputs"]["collections"][-1]

    assert months[-1].period.payment_date.isoformat() == last["payment_date"]
    assert not any(balance.any() for balance in months[-1].result.state.note_balance.values())
