"""Loans, scenarios and months for the tests of the projection."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from waterfall.project.advance import PoolFlows, run_off
from waterfall.project.assumptions import Assumptions
from waterfall.project.groups import PoolGroup
from waterfall.project.pool import open_pool
from waterfall.schedules import Repayment

CUT_OFF = date(2017, 6, 30)
LEVEL_YEAR = Repayment(Decimal("0.12"), 12, "equal_instalment")
LEVEL_QUARTER = Repayment(Decimal("0.12"), 3, "equal_instalment")


SHARE = st.decimals(0, 1, places=3)
VECTOR = st.lists(SHARE, min_size=1, max_size=3).map(tuple)
SCENARIO = st.builds(
    Assumptions,
    cpr=VECTOR,
    cdr=VECTOR,
    delinquency=VECTOR,
    delinquency_months=st.integers(1, 3),
    roll=VECTOR,
    recovery=VECTOR,
    recovery_lag=st.integers(0, 4),
)
# Few kinds, so that loans often share one.
KIND = st.builds(
    Repayment,
    st.sampled_from([Decimal(0), Decimal("0.1799")]),
    st.integers(1, 5),
    st.sampled_from(["equal_instalment", "equal_principal", "bullet"]),
)
BALANCE = st.integers(1, 10**12)
GROUP = st.one_of(
    st.builds(PoolGroup, st.sampled_from(["performing", "overdue"]), KIND, BALANCE),
    st.builds(PoolGroup, st.sampled_from(["matured", "defaulted"]), st.none(), BALANCE),
)
GROUPS = st.lists(GROUP, min_size=1, max_size=12)
PURCHASES = st.lists(st.tuples(BALANCE, KIND), max_size=3)
"""What is bought after month 1, 2, 3: principal and kind."""


def repayment(rate: str, months: int, method: str = "equal_instalment") -> Repayment:
    """How a loan repays, its rate as text."""
    return Repayment(Decimal(rate), months, method)


def performing(balance_fen: int, kind: Repayment = LEVEL_YEAR) -> PoolGroup:
    """A performing group, twelve level months at 12 % unless said otherwise."""
    return PoolGroup("performing", kind, balance_fen)


def assume(**values: Any) -> Assumptions:
    """One scenario; a rate or a list of rates by month as text, months as numbers."""
    read = {
        name: tuple(map(Decimal, value.split(","))) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return Assumptions(**read)


def project(groups: Iterable[PoolGroup], *scenarios: Assumptions) -> list[PoolFlows]:
    """Every month of a pool that runs off from the end of June 2017."""
    return [flows for _, flows in run_off(open_pool(groups, scenarios), CUT_OFF)]


def column(months: Sequence[PoolFlows], name: str, scenario: int = 0) -> list[int]:
    """One amount of each month in one scenario."""
    return [int(getattr(flows, name)[scenario]) for flows in months]


def loan_frame(*loans: dict[str, Any]) -> pl.DataFrame:
    """Loans of 100.00 at 12 % with twelve level months to go, where a loan does not say otherwise."""
    ordinary = {
        "balance": Decimal("100.00"),
        "annual_rate": Decimal("0.12"),
        "remaining_months": 12,
        "repayment_method_code": "equal_instalment",
        "status_code": "current",
    }
    rows = [{"loan_id": f"L{number}"} | ordinary | loan for number, loan in enumerate(loans, 1)]
    schema = {
        "loan_id": pl.String,
        "balance": pl.Decimal(18, 2),
        "annual_rate": pl.Decimal(9, 6),
        "remaining_months": pl.Int32,
        "repayment_method_code": pl.String,
        "status_code": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)
