"""What a month starts from: last month's ledgers and this month's figures, read from SQL's relations.

`2_pool/month_start.sql` brings both in one row. Amounts become int64 fen with one scenario: what came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from deals.dates.calendar import first_month, is_paid_out
from deals.terms.deal import Terms
from deals.terms.triggers import Trigger
from waterfall.books import Collections, Ledger, PoolFacts, State, Waiting
from waterfall.money import Fen, WaterfallError, fens
from waterfall.pay.metrics import Measures, Watch
from waterfall.pay.settle import route_collections
from waterfall.pay.triggers import open_watch
from waterfall.tables.arrow import Row, rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

Ledgers = Mapping[str, list[Row]]
"""The rows of a month's ledgers by the names of their tables."""
FIGURES = ("collection", "pool_balance", "default_rate")


@dataclass(frozen=True)
class MonthStart:
    """The month's figures, each one row, what the months before it left to be paid, and last month's ledgers,
    empty in the deal's first month."""

    month: str
    collection: Row
    pool_balance: Row
    default_rate: Row
    waiting: Waiting | None
    ledgers: Ledgers


def read_start(terms: Terms, month_start: "DuckDBPyRelation") -> MonthStart:
    """The month of that relation's only row."""
    row = read_one(month_start)
    # An aggregate of no rows is null.
    tables = {name: rows or [] for name, rows in row.items() if name != "month"}
    figures = {name: _only(tables.pop(name), name) for name in FIGURES}
    waiting = read_waiting(terms, tables.pop("waiting_collection"))
    return MonthStart(month=row["month"], waiting=waiting, ledgers=tables, **figures)


def read_waiting(terms: Terms, rows: list[Row]) -> Waiting | None:
    """What waits by `pool.waiting_collection`; None after a payment date, which leaves no row."""
    if not rows:
        return None
    row = _only(rows, "waiting_collection")
    collections = _collections(terms, row, row["new_default_balance"])
    return Waiting(collections, fens(row["opening_balance"]))


def read_state(terms: Terms, ledgers: Ledgers) -> State:
    """The deal after the payment date before."""
    notes, support = ledgers["note_balance"], _only(ledgers["support_balance"], "support_balance")
    accounts, fees = ledgers["account_balance"], ledgers["fee_balance"]
    return State(
        account_balance=_ledger(accounts, "account_code", "closing_balance"),
        note_balance=_ledger(notes, "note_code", "closing_balance"),
        interest_unpaid=_ledger(notes, "note_code", "closing_interest_unpaid"),
        late_interest_unpaid=_ledger(notes, "note_code", "closing_late_interest_unpaid"),
        fee_unpaid=_ledger(fees, "fee_code", "closing_unpaid"),
        deficiency=_ledger(ledgers["deficiency_balance"], "note_code", "closing_balance"),
        support_drawn=fens(support["closing_drawn"]),
        support_repaid=fens(support["closing_repaid"]),
    )


def waiting_cash(terms: Terms, waiting: Waiting | None) -> Ledger:
    """By account, what came in during earlier months and waits for a payment date."""
    if waiting is None:
        return {account.code: fens(Decimal(0)) for account in terms.accounts}
    return route_collections(terms, waiting.collections)


def before_waiting(terms: Terms, waiting: Waiting | None, state: State) -> State:
    """The state as the last payment date left it: what waits is of the collections that are paid next."""
    cash = waiting_cash(terms, waiting)
    left = {code: balance - cash[code] for code, balance in state.account_balance.items()}
    return replace(state, account_balance=left)


def read_collections(
    terms: Terms, start: MonthStart, clean_up_amount: Decimal = Decimal(0)
) -> Collections:
    """The cash since the last payment date; `clean_up_amount` is the price of the pool where it is called."""
    month = read_month_collections(terms, start, clean_up_amount)
    return month if start.waiting is None else start.waiting.collections.plus(month)


def read_month_collections(
    terms: Terms, start: MonthStart, clean_up_amount: Decimal = Decimal(0)
) -> Collections:
    """The cash of the month alone."""
    defaulted = start.default_rate["new_default_balance"]
    return _collections(terms, start.collection, defaulted, clean_up_amount)


def _collections(
    terms: Terms, row: Row, defaulted: Decimal, clean_up_amount: Decimal = Decimal(0)
) -> Collections:
    prepaid = row["prepaid_principal_paid"]
    _refuse_reversed("principal_paid", row["principal_paid"])
    principal, prepayment = _net(row["principal_paid"] - prepaid, prepaid)
    interest, fee = _net_income(terms, row["interest_paid"], row["fee_paid"])
    return Collections(
        principal=fens(principal),
        prepayment=fens(prepayment),
        interest=fens(interest),
        fee=fens(fee),
        recovery=fens(row["recovery_amount"]),
        repurchase=fens(row["repurchase_price_amount"]),
        clean_up=fens(clean_up_amount),
        defaulted=fens(defaulted),
    )


def _net_income(terms: Terms, interest: Decimal, fee: Decimal) -> tuple[Decimal, Decimal]:
    """Interest and fee as an account receives them: one that has both can pay back the one of the other."""
    if any({"interest", "fee"} <= set(account.receives) for account in terms.accounts):
        _refuse_reversed("interest_paid and fee_paid together", interest + fee)
        return _net(interest, fee)
    _refuse_reversed("interest_paid", interest)
    _refuse_reversed("fee_paid", fee)
    return interest, fee


def _net(first: Decimal, second: Decimal) -> tuple[Decimal, Decimal]:
    """Two kinds whose sum is not below zero; what of one went back beyond what came in is taken off the
    other."""
    if second < 0:
        return first + second, Decimal(0)
    return (first, second) if first >= 0 else (Decimal(0), first + second)


def _refuse_reversed(what: str, amount: Decimal) -> None:
    if amount < 0:
        raise WaterfallError(
            f"{what} of the pool: {amount:,}, more was reversed than came in, expected zero or more; ask "
            "the servicer in which month the reversed payments came, and restate that month"
        )


def read_pool(terms: Terms, start: MonthStart) -> PoolFacts:
    """The pool after the last payment date and at this cut-off, and since the closing."""
    balance, defaults, collected = start.pool_balance, start.default_rate, start.collection
    opening = start.waiting.opening_balance if start.waiting else fens(balance["opening_balance"])
    return PoolFacts(
        opening_balance=opening,
        closing_balance=fens(balance["closing_balance"]),
        initial_balance=fens(defaults["initial_pool_balance"]),
        cumulative_purchased=fens(defaults["cumulative_purchased_balance"]),
        cumulative_defaulted=fens(defaults["cumulative_default_balance"]),
        overdue_balance=fens(balance["overdue_balance"]),
        serious_overdue_balance=fens(balance["serious_overdue_balance"]),
        cumulative_recovered=fens(collected["cumulative_recovery_amount"]),
        cumulative_interest=fens(collected["cumulative_interest_paid"])
        - read_collections(terms, start).interest,
    )


def read_watch(terms: Terms, ledgers: Ledgers, cut_offs: int) -> Watch:
    """What last month left of the triggers; one that the terms have added since was not breached.

    `cut_offs` is how many the deal has had; the ledger `trigger_metric` has those that a mean may look
    back on, which are those before a payment date.
    Raises WaterfallError where one is missing: a mean of fewer months would be another figure.
    """
    since = dict(open_watch(terms, 1).breached_since)
    for row in ledgers["trigger_test"]:
        if row["trigger_code"] in since and row["breached_since_number"] is not None:
            since[row["trigger_code"]] = np.array([row["breached_since_number"]], dtype=np.int64)
    history: dict[str, Measures] = {}
    for trigger in terms.triggers:
        metric, months = trigger.measured
        if months > 1:
            history[metric] = _read_measures(terms, ledgers["trigger_metric"], metric)
            expected = _count_cut_offs(terms, cut_offs, months)
            _refuse_gap(terms, trigger, len(history[metric]), expected)
    return Watch(since, history)


def _count_cut_offs(terms: Terms, cut_offs: int, months: int) -> int:
    """Those before a payment date that a mean of so many months looks back on, at the next cut-off."""
    apart = terms.payment.months_between or 1
    return sum(number > cut_offs + 1 - months for number in range(apart, cut_offs + 1, apart))


def _read_measures(terms: Terms, rows: list[Row], metric: str) -> Measures:
    """The metric at the cut-offs before a payment date, newest first."""
    found = [
        row
        for row in rows
        if row["metric_code"] == metric and is_paid_out(terms, row["as_of_date"])
    ]
    return tuple(
        (row["as_of_date"], (fens(row["numerator_amount"]), fens(row["denominator_amount"])))
        for row in sorted(found, key=lambda row: row["as_of_date"], reverse=True)
    )


def _refuse_gap(terms: Terms, trigger: Trigger, found: int, expected: int) -> None:
    if found < expected:
        raise WaterfallError(
            f"{terms.deal_id}: trigger {trigger.code} is a mean of months of which the lake has {found}, "
            f"expected {expected}: the release that closed one of them kept no pool.trigger_metric; restate "
            f"the deal from its first month: `tapehouse restate {terms.deal_id} {first_month(terms)}`"
        )


def _ledger(rows: list[Row], key: str, column: str) -> dict[str, Fen]:
    return {row[key]: fens(row[column]) for row in rows}


def read_one(relation: "DuckDBPyRelation") -> Row:
    """The only row of a relation; WaterfallError where there is another number of rows."""
    return _only(rows_of(relation), f"a table of the columns {', '.join(relation.columns)}")


def _only(rows: list[Row], name: str) -> Row:
    if len(rows) != 1:
        raise WaterfallError(
            f"{name}: {len(rows)} rows, expected 1; close the month before this one again"
        )
    return rows[0]
