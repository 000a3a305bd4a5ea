"""The engine on the actual month: SQL's figures in, tables for SQL out.

The arguments are DuckDB relations as the dbt models hand them over; the results are Arrow tables with
money as DECIMAL(18,2). Everything between is int64 fen, with one scenario: what came.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from deals.dates.calendar import Period, payment_period, period_of
from deals.terms.deal import Terms
from deals.terms.events import CLEAN_UP_CALL
from deals.terms.payments import Phase
from waterfall.books import Settlement, State
from waterfall.money import Fen, WaterfallError, fens, format_fen
from waterfall.pay.metrics import CutOff
from waterfall.pay.month import PHASES, call_price, may_be_called
from waterfall.pay.settle import opening_state, settle, settle_issue, wait
from waterfall.pay.triggers import examine_triggers, select_phase
from waterfall.tables.arrow import money, rows_of, table_of
from waterfall.tables.ledgers import MonthLines, state_month
from waterfall.tables.read import (
    MonthStart,
    before_waiting,
    read_collections,
    read_month_collections,
    read_one,
    read_pool,
    read_start,
    read_state,
    read_watch,
    waiting_cash,
)
from waterfall.tables.triggers import MetricLine, TriggerLine, state_metrics, state_tests

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyRelation


@dataclass(frozen=True)
class CutOffLine:
    """The month as its triggers decide it; nothing is measured at the closing, where there is no pool."""

    phase_code: str
    is_call_allowed: bool
    is_clean_up_called: bool
    clean_up_amount: Decimal
    trigger_metric: tuple[MetricLine, ...]
    trigger_test: tuple[TriggerLine, ...]


@dataclass(frozen=True)
class Budget:
    """The cash that a month leaves for buying loans."""

    available_amount: Decimal


def decide(terms: Terms, month_start: "DuckDBPyRelation", event: "DuckDBPyRelation") -> "pa.Table":
    """One row: every trigger tested at the cut-off, and the phase that follows from them.

    Nothing is tested at the closing. Raises WaterfallError where the pool is called and the terms do
    not allow it.
    """
    start = read_start(terms, month_start)
    period = period_of(terms, start.month)
    if period.period_number == 0:
        return table_of(CutOffLine, [CutOffLine("closing", False, False, Decimal(0), (), ())])
    events = rows_of(event)
    cut_off = CutOff(
        terms=terms,
        period=payment_period(terms, period),
        opening=before_waiting(terms, start.waiting, _open(terms, period, start, None)[1]),
        collections=read_collections(terms, start),
        pool=read_pool(terms, start),
        watch=read_watch(terms, start.ledgers, period.period_number - 1),
        events=frozenset(row["event_code"] for row in events),
    )
    tests, _ = examine_triggers(cut_off)
    phase = PHASES[int(select_phase(cut_off, tests)[0])]
    call = terms.clean_up_call
    is_called = any(row["event_code"] == CLEAN_UP_CALL and row["is_new"] for row in events)
    if is_called and call and call.replaces_priority:
        phase = "clean_up"
    if is_called:
        _check_call(cut_off, phase)
    line = CutOffLine(
        phase_code=phase,
        is_call_allowed=period.has_payment and bool(may_be_called(cut_off)[0]),
        is_clean_up_called=is_called,
        clean_up_amount=money(call_price(cut_off)) if is_called else Decimal(0),
        trigger_metric=state_metrics(cut_off),
        trigger_test=state_tests(terms, tests),
    )
    return table_of(CutOffLine, [line])


def _check_call(cut_off: CutOff, phase: Phase) -> None:
    """The terms allow the call now, and its price does not buy the next pool."""
    terms, pool, call = cut_off.terms, cut_off.pool, cut_off.terms.clean_up_call
    place = f"{terms.deal_id} {cut_off.period.month}: the event {CLEAN_UP_CALL}"
    if not cut_off.period.has_payment:
        raise WaterfallError(
            f"{place} calls the pool in a month whose collections wait, expected one that is paid out, as "
            f"those paid on {cut_off.period.payment_date} will be; withdraw the event and enter it then"
        )
    if not may_be_called(cut_off)[0]:
        allowed = (
            "no call, for the terms have none"
            if call is None
            else (
                f"one of at most {call.threshold} of the initial pool, "
                f"{format_fen(pool.initial_balance[0])}, and of more than nothing"
            )
        )
        raise WaterfallError(
            f"{place} calls a pool of {format_fen(pool.closing_balance[0])}, expected {allowed}; "
            "withdraw the event"
        )
    if any(step.kind == "purchase" for step in terms.priority[phase]):
        raise WaterfallError(
            f"{place} calls the pool in the {phase} phase, whose priority would buy another; expected "
            "a phase that buys nothing, or a call with a priority of its own; withdraw the event"
        )


def purchase_budget(
    terms: Terms,
    month_start: "DuckDBPyRelation",
    phase: "DuckDBPyRelation",
    trigger_test: "DuckDBPyRelation",
) -> "pa.Table":
    """One row `available_amount`: the cash left for buying loans when the steps before it are paid."""
    settled = _settle_month(terms, read_start(terms, month_start), phase, trigger_test, None)
    budget = sum((item.purchase_budget for _, item in settled), fens(Decimal(0)))
    return table_of(Budget, [Budget(money(budget))])


def settlement(
    terms: Terms,
    month_start: "DuckDBPyRelation",
    phase: "DuckDBPyRelation",
    trigger_test: "DuckDBPyRelation",
    purchase: "DuckDBPyRelation",
) -> "pa.Table":
    """One row: every payment of the month and every line of its ledgers, as lists."""
    price = fens(read_one(purchase)["price_amount"])
    settled = _settle_month(terms, read_start(terms, month_start), phase, trigger_test, price)
    return table_of(MonthLines, [state_month(terms, settled)])


def _settle_month(
    terms: Terms,
    start: MonthStart,
    phase: "DuckDBPyRelation",
    trigger_test: "DuckDBPyRelation",
    price: Fen | None,
) -> list[tuple[date, Settlement]]:
    """Each payment date of the month: the issue in the first one, and the collections' if there are any.

    In a month that no payment date follows its collections wait.
    """
    period, phase_row = period_of(terms, start.month), read_one(phase)
    settled, state = _open(terms, period, start, price)
    if period.period_number == 0:
        return settled
    if not period.has_payment:
        waited = wait(terms, state, read_month_collections(terms, start))
        return [*settled, (period.payment_date, waited)]
    code: Phase = phase_row["phase_code"]
    buys = any(step.kind == "purchase" for step in terms.priority.get(code, ()))
    made = settle(
        terms,
        payment_period(terms, period),
        code,
        before_waiting(terms, start.waiting, state),
        read_collections(terms, start, phase_row["clean_up_amount"]),
        read_pool(terms, start),
        price if buys and not period.is_first else None,
        {row["trigger_code"]: np.array([row["is_acting"]]) for row in rows_of(trigger_test)},
    )
    return [*settled, (period.payment_date, _in_month(terms, start, state, made))]


def _in_month(terms: Terms, start: MonthStart, state: State, made: Settlement) -> Settlement:
    """The settlement as the month's ledgers have it: what waited was in the accounts when the month began."""
    waiting = waiting_cash(terms, start.waiting)
    inflow = {code: amount - waiting[code] for code, amount in made.inflow.items()}
    return replace(made, opening=state, inflow=inflow)


def _open(
    terms: Terms, period: Period, start: MonthStart, price: Fen | None
) -> tuple[list[tuple[date, Settlement]], State]:
    """The state before the period's own payment date, and the issue if it is in this month.

    A pool that is taken whole costs its balance at the opening, whatever has been bought since; one that the
    terms state costs what the notes raised.
    """
    if not period.is_first:
        return [], read_state(terms, start.ledgers)
    if terms.structure.initial_pool == "whole_tape":
        price = _price_whole(terms, period, fens(start.pool_balance["opening_balance"]))
    issue = settle_issue(terms, opening_state(terms), price)
    return [(terms.dates.closing_date, issue)], issue.state


def _price_whole(terms: Terms, period: Period, balance: Fen) -> Fen | None:
    """What is paid for a first pool of that balance: itself, or where the terms state it all (None).

    Raises WaterfallError where it is not the stated one, and where the proceeds do not pay its balance.
    """
    place = f"{terms.deal_id} {period.month}: the first pool is {format_fen(balance[0])}"
    stated = terms.structure.initial_pool_fen
    if stated is not None and balance[0] != stated:
        raise WaterfallError(
            f"{place}, expected {format_fen(stated)} as structure.initial_pool_balance or "
            "initial_pool_ratio states; correct the terms, or close from the tape of that pool"
        )
    if stated is not None:
        return None
    proceeds = settle_issue(terms, opening_state(terms), None).purchase_budget[0]
    if balance[0] > proceeds:
        raise WaterfallError(
            f"{place}, expected at most the {format_fen(proceeds)} of the notes that may buy it; correct "
            "the notes, or state the pool in structure.initial_pool_balance"
        )
    return balance
