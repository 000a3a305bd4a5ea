"""Steps that wait: for notes that were repaid before, and for triggers that act."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deals.terms.payments import FixedAmount
from tests.waterfall.small_deal import YEAR, cash, fen, paid, pool_of, small_terms, step
from waterfall.pay.settle import Settlement, State, WaterfallError, opening_state, settle

CASH = cash(principal=1_000)


def pay(*steps: Any, senior: int = 500, **acting: bool) -> Settlement:
    """One payment date of 10.00 in cash, with so much of the senior note outstanding."""
    terms = small_terms(fees=(), priority={"allocation": steps})
    state = replace(
        opening_state(terms), note_balance={"A": fen(senior), "M": fen(400), "S": fen(0)}
    )
    seen = {code: np.array([is_acting]) for code, is_acting in acting.items()}
    return settle(terms, YEAR, "allocation", state, CASH, pool_of(0), None, seen)


@pytest.mark.parametrize(("senior", "expected"), [(0, 400), (1, 0)])
def test_a_note_that_waits_for_another_is_paid_from_the_date_after_that_one_s_last(
    senior, expected
):
    made = pay(step("principal A"), step("principal M", once_repaid=("A",)), senior=senior)

    assert paid(made)["principal M"] == expected
    assert paid(made, "due")["principal M"] == expected


@pytest.mark.parametrize(("is_acting", "expected"), [(True, (700, 300)), (False, (0, 1_000))])
def test_a_trap_keeps_the_cash_while_its_trigger_acts(is_acting, expected):
    terms = small_terms(fees=())
    accounts = (*terms.accounts, replace(terms.accounts[0], code="trap", receives=()))
    trap = step("transfer trap", while_acting=("losses",), keep=FixedAmount(300))
    steps = (trap, step("residual S"))
    terms = small_terms(fees=(), accounts=accounts, priority={"allocation": steps})
    acting = {"losses": np.array([is_acting])}
    made = settle(terms, YEAR, "allocation", opening_state(terms), CASH, pool_of(0), None, acting)

    assert (paid(made)["transfer trap"], paid(made)["residual S"]) == expected


def test_a_step_may_wait_for_any_of_several_triggers_and_for_none_of_others():
    one = step("residual S", while_acting=("a", "b"), unless_acting=("c", "d"))

    assert paid(pay(one, a=False, b=True, c=False, d=False))["residual S"] == 1_000
    assert paid(pay(one, a=False, b=False, c=False, d=False))["residual S"] == 0
    assert paid(pay(one, a=True, b=True, c=False, d=True))["residual S"] == 0


def test_a_trigger_that_was_not_tested_is_named():
    with pytest.raises(WaterfallError, match="triggers a, b are not all tested; expected a"):
        pay(step("residual S", while_acting=("a", "b")), a=True)


def test_scenarios_are_switched_each_for_itself():
    terms = small_terms(
        fees=(), priority={"allocation": (step("principal A", while_acting=("turbo",)),)}
    )
    opening = opening_state(terms, 2)
    state = State(**{**vars(opening), "note_balance": opening.note_balance | {"A": fen(500, 500)}})
    acting = {"turbo": np.array([True, False])}
    flows = replace(CASH, **{kind: np.repeat(getattr(CASH, kind), 2) for kind in vars(CASH)})
    pool = replace(
        pool_of(0), **{k: np.repeat(v, 2) for k, v in vars(pool_of(0)).items() if v is not None}
    )
    made = settle(terms, YEAR, "allocation", state, flows, pool, None, acting)

    assert made.state.note_balance["A"].tolist() == [0, 500]
