"""Sixteen deals with the figures that another engine's author asserts and that engine computed.

The pool's flows are the engine's, so that only the waterfall is compared, to the cent.
"""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deals.terms.deal import Terms
from tests.waterfall.published.published_structures import (
    LAST_REVOLVING_DATE,
    OPENING_CASH,
    START,
    STRUCTURES,
)
from tests.waterfall.small_deal import cash, fen, paid, payment_date, pool_of
from waterfall.pay.settle import Settlement, State, opening_state, settle

Case = dict[str, Any]

SPLIT_PRO_RATA = {"absbox_test2BondsIntBySeq_11": ("A1", "A2")}


@pytest.fixture(scope="session")
def cases(shared) -> dict[str, Case]:
    path = shared / "oracles" / "published_tests" / "absbox_regression.json"
    content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return {case["id"]: case for case in content["cases"]}


def to_fen(amount: Decimal | int) -> int:
    scaled = Decimal(amount).scaleb(2)
    assert scaled == scaled.to_integral_value()
    return int(scaled)


def outstanding(terms: Terms, name: str) -> State:
    """The notes as they stand before the first payment date; their issue is no part of the case."""
    state = opening_state(terms)
    accounts = {code: fen(0) for code in state.account_balance}
    accounts |= {code: fen(amount) for code, amount in OPENING_CASH.get(name, {}).items()}
    notes = {note.code: fen(note.notional_fen) for note in terms.notes}
    return replace(state, note_balance=notes, account_balance=accounts)


def settle_case(name: str, case: Case) -> dict[str, Settlement]:
    """Every payment date of the case, by date, each with the pool's flows since the one before."""
    terms = STRUCTURES[name]
    state, flows = outstanding(terms, name), case["engine_figures"]["pool"]
    dates = sorted(
        {row["date"] for rows in case["engine_figures"]["tranches"].values() for row in rows}
    )
    start, interest = (terms.dates.closing_date if "Irr" in name else START), 0
    settlements, used = {}, 0
    for day in dates:
        rows = [row for row in flows[used:] if row["date"] <= day]
        used += len(rows)
        sums = {
            key: sum(to_fen(row[key]) for row in rows)
            for key in ("principal", "prepayment", "interest", "recovery")
        }
        closing = to_fen(rows[-1]["balance"]) if rows else 0
        pool = pool_of(0, closing, cumulative_interest=interest)
        end = date.fromisoformat(day)
        is_revolving = end < LAST_REVOLVING_DATE.get(name, date.min)
        phase = "revolving" if is_revolving else "allocation"
        period = payment_date(start, end)
        settlements[day] = settle(terms, period, phase, state, cash(**sums), pool, None)
        state = settlements[day].state
        if name in SPLIT_PRO_RATA:
            state = replace(state, note_balance=state.note_balance | their_balances(case, day))
        start, interest = end, interest + sums["interest"]
    return settlements


def their_balances(case: Case, day: str) -> dict[str, Any]:
    """The notes as that engine leaves them on a date."""
    tranches = case["engine_figures"]["tranches"]
    return {
        code: fen(to_fen(row["end_balance"]))
        for code, rows in tranches.items()
        for row in rows
        if row["date"] == day
    }


@pytest.mark.parametrize("name", STRUCTURES)
def test_another_engine_pays_notes_and_fees_the_same_to_the_cent(name, cases):
    figures = cases[name]["engine_figures"]
    settlements = settle_case(name, cases[name])
    differences: dict[tuple[str, str, str], int] = {}
    for code, rows in figures["tranches"].items():
        for row in rows:
            made = settlements[row["date"]]
            ours = {
                "interest_paid": paid(made).get(f"interest {code}", 0)
                + paid(made).get(f"residual {code}", 0),
                "principal_paid": paid(made).get(f"principal {code}", 0),
                "end_balance": int(made.state.note_balance[code][0]),
            }
            for item, amount in ours.items():
                differences[row["date"], code, item] = amount - to_fen(row[item])
    for code, rows in figures["fees"].items():
        for row in rows:
            if row["date"] in settlements:
                amount = paid(settlements[row["date"]]).get(f"fee {code}", 0)
                differences[row["date"], code, "paid"] = amount - to_fen(row["paid"])
    differences = _together(differences, SPLIT_PRO_RATA.get(name, ()))
    assert {key: gap for key, gap in differences.items() if gap} == {}


def _together(differences: dict[Any, int], notes: tuple[str, ...]) -> dict[Any, int]:
    """The principal of notes that are paid pro rata as one amount.

    That engine gives the fen which rounding leaves over to the first note, this one to the largest
    remainder; what the notes get together is the same. Each date starts from that engine's balances.
    """
    summed: dict[Any, int] = {}
    for (day, code, item), gap in differences.items():
        key = (day, "+".join(notes) if code in notes else code, item)
        summed[key] = summed.get(key, 0) + gap
    return summed


def test_the_purchases_are_those_that_the_author_asserts(cases):
    name = "absbox_test05_13"
    (words,) = cases[name]["asserted_by_the_author"]
    expected = [to_fen(Decimal(amount)) for amount in re.findall(r"\d+\.\d+", words)]
    purchases = [paid(made).get("purchase", 0) for made in settle_case(name, cases[name]).values()]

    assert [amount for amount in purchases if amount] == expected
