"""Pool flows that another engine made: Hastructure, through shared/oracles.

That engine truncates every amount to 0.01 and this one rounds half up. HS20 states its tolerance;
the regression file states none: each flow is the sum of a few truncated amounts, so 0.05 a flow is
allowed, and twice that for a balance, which many of them made.
"""

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.waterfall.project.small_pool import LEVEL_YEAR, column, performing, project
from tests.waterfall.small_deal import fen
from waterfall.project.advance import advance
from waterfall.project.assumptions import Assumptions
from waterfall.project.groups import PoolGroup
from waterfall.project.pool import buy, open_pool
from waterfall.schedules import Repayment


def read_json(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)


def revolving_case(shared: Path) -> dict[str, Any]:
    return read_json(shared / "oracles" / "waterfall" / "HS20_revolving_par.json")


def to_fen(amount: Decimal | int) -> int:
    scaled = Decimal(amount).scaleb(2)
    assert scaled == scaled.to_integral_value()
    return int(scaled)


def test_a_revolving_pool_collects_what_another_engine_collects(shared):
    """What the case buys on a payment date pays from the month after that date's month."""
    case = revolving_case(shared)
    per_amount = to_fen(case["tolerance"]["abs_per_amount"])
    spent = {date.fromisoformat(p["date"]): p["cash_spent"] for p in case["expected"]["purchases"]}
    pool = open_pool([performing(to_fen(case["inputs"]["begin_pool_balance"]))], [Assumptions()])
    start = date.fromisoformat(case["terms"]["previous_collection_date"])

    differences = []
    for row in case["inputs"]["collections"]:
        end = date.fromisoformat(row["collection_end"])
        pool, flows = advance(pool, start, end)
        for day in [day for day in spent if start < day <= end]:
            pool = buy(pool, fen(to_fen(spent.pop(day))), [(LEVEL_YEAR, 1)])
        ours = (flows.principal, flows.interest, pool.balance)
        theirs = (row["principal"], row["interest"], row["end_pool_balance"])
        differences.append([int(o[0]) - to_fen(t) for o, t in zip(ours, theirs, strict=True)])
        start = end

    assert spent == {}
    assert pool.is_run_off
    assert max(abs(gap) for gaps in differences for gap in gaps) <= per_amount
    cumulative = to_fen(case["tolerance"]["abs_cumulative"])
    for gaps in list(zip(*differences, strict=True))[:2]:
        assert abs(sum(gaps)) <= cumulative


def test_each_lot_of_a_revolving_pool_runs_off_as_in_another_engine(shared):
    case = revolving_case(shared)
    tolerance = to_fen(case["tolerance"]["abs_per_amount"])

    for lot in case["expected"]["lots"]:
        paying = [flow for flow in lot["flows"] if flow["principal"] or flow["interest"]]
        principal = sum(flow["principal"] for flow in paying)
        months = project([performing(to_fen(principal))], Assumptions())
        for ours, theirs in (
            ("principal", "principal"),
            ("interest", "interest"),
            ("closing", "balance"),
        ):
            result = column(months, ours)
            expected = [to_fen(flow[theirs]) for flow in paying]
            assert max(abs(r - e) for r, e in zip(result, expected, strict=True)) <= tolerance


REGRESSION = "oracles/published_tests/absbox_regression.json"
"""Every asset of the file is a level loan of 2021-02-01 that pays on the first of each month."""
PER_FLOW, PER_BALANCE = 5, 10
CASES = 16


def regression_cases(shared: Path) -> list[dict[str, Any]]:
    return read_json(shared / REGRESSION)["cases"]


def read_assets(case: dict[str, Any]) -> list[PoolGroup]:
    groups = []
    for kind, original, current in case["deal"]["pool"]["assets"]:
        assert (kind, original["freq"], original["type"]) == ("Mortgage", "Monthly", "Level")
        rate = Decimal(current["currentRate"])
        repayment = Repayment(rate, current["remainTerm"], "equal_instalment")
        groups.append(PoolGroup("performing", repayment, to_fen(current["currentBalance"])))
    return groups


def read_assumptions(case: dict[str, Any]) -> Assumptions:
    if case["performance"] is None:
        return Assumptions()
    _, (_, default, prepayment, recovery, _), *_ = case["performance"]
    return Assumptions(
        cdr=tuple(default["CDRPadding"]),
        cpr=(prepayment["CPR"],),
        recovery=(recovery["Rate"],),
        recovery_lag=recovery["Lag"],
    )


def read_purchases(case: dict[str, Any]) -> dict[date, int]:
    """What is bought, by date, from the engine's own account movements; all of its first asset."""
    return {
        date.fromisoformat(move["date"]): -to_fen(move["change"])
        for moves in case["engine_figures"]["accounts"].values()
        for move in moves
        if "PurchaseAsset" in (move["memo"] or "") and move["change"]
    }


def instalment_dates(last: date) -> list[date]:
    """The month before the first instalment, and every instalment date to `last`."""
    months = range(12 * 2021 + 1, 12 * last.year + last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def project_case(case: dict[str, Any]) -> tuple[dict[date, dict[str, int]], dict[date, int]]:
    """Flows by instalment date, and the balance after each movement, bought ones included."""
    groups, purchases = read_assets(case), read_purchases(case)
    assert groups[0].repayment is not None
    pool = open_pool(groups, [read_assumptions(case)])
    flows, balance = {}, {}
    last = date.fromisoformat(case["engine_figures"]["pool"][-1]["date"])
    for start, end in pairwise(instalment_dates(last)):
        for day in [day for day in purchases if start < day <= end]:
            pool = buy(pool, fen(purchases.pop(day)), [(groups[0].repayment, 1)])
            balance[day] = int(pool.balance[0])
        pool, month = advance(pool, start, end)
        balance[end] = int(pool.balance[0])
        flows[end] = {theirs: int(getattr(month, ours)[0]) for theirs, ours in NAMES.items()}
    assert pool.is_run_off
    assert purchases == {}
    return flows, balance


NAMES = {
    "principal": "scheduled",
    "interest": "interest",
    "prepayment": "prepaid",
    "default": "defaulted",
    "recovery": "recovery",
    "loss": "loss",
}


@pytest.mark.parametrize("number", range(CASES))
def test_level_loans_pay_what_another_engine_says(shared, number):
    """A row of the case sums the instalments since the row before it."""
    case = regression_cases(shared)[number]
    flows, balance = project_case(case)

    for row in case["engine_figures"]["pool"]:
        until = date.fromisoformat(row["date"])
        past = [flows.pop(day) for day in list(flows) if day <= until]
        for name in NAMES:
            result = sum(month[name] for month in past)
            assert abs(result - to_fen(row[name])) <= PER_FLOW, (row["date"], name)
        owed = balance[max(day for day in balance if day <= until)]
        assert abs(owed - to_fen(row["balance"])) <= PER_BALANCE, row["date"]
    assert flows == {}


def test_every_case_of_the_file_is_compared(shared):
    assert len(regression_cases(shared)) == CASES
