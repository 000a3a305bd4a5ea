"""The engine on the actual month: last month's ledgers in, rows of payments out.

The arguments are DuckDB relations as the dbt models hand them over; the results are Arrow tables with
money as DECIMAL(18,2). Everything between is int64 fen, with one scenario: what came.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from deals.calendar import period_of
from deals.terms import Terms
from waterfall.books import Collections, PoolFacts, Settlement, State
from waterfall.drawing import Candidates, draw
from waterfall.engine import opening_state, settle, settle_issue
from waterfall.money import Fen, WaterfallError, zero_fen

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyRelation

Row = dict[str, Any]
Ledger = Mapping[str, "DuckDBPyRelation"]


def purchase_budget(
    terms: Terms,
    period: "DuckDBPyRelation",
    phase: "DuckDBPyRelation",
    collection: "DuckDBPyRelation",
    pool_balance: "DuckDBPyRelation",
    ledger: Ledger,
) -> "pa.Table":
    """One row `available_amount`: the cash left for buying loans when the steps before it are paid."""
    settlements = _settle_month(
        terms, _one(period), _one(phase), _one(collection), _one(pool_balance), ledger, None
    )
    budget = sum(int(settlement.purchase_budget[0]) for _, settlement in settlements)
    return _table({"available_amount": "money"}, [(_money(budget),)])


def drawn(draw_order: "DuckDBPyRelation", purchase_budget: "DuckDBPyRelation") -> "pa.Table":
    """One row `draw_number` for each loan that the greedy draw takes within the budget."""
    candidates = draw_order.project(
        "draw_number, (outstanding_balance * 100)::bigint as balance_fen"
    ).order("draw_number")
    columns = candidates.fetchnumpy()
    cash = _fen(_one(purchase_budget)["available_amount"])
    drawn = draw(Candidates.at_par(np.asarray(columns["balance_fen"], dtype=np.int64)), cash)
    return _table({"draw_number": "count"}, np.asarray(columns["draw_number"])[drawn.taken])


def payments(
    terms: Terms,
    period: "DuckDBPyRelation",
    phase: "DuckDBPyRelation",
    collection: "DuckDBPyRelation",
    pool_balance: "DuckDBPyRelation",
    purchase: "DuckDBPyRelation",
    ledger: Ledger,
) -> "pa.Table":
    """One row for each step that was carried out, in order, over the month's payment dates."""
    period_row = _one(period)
    price = np.array([_fen(_one(purchase)["price_amount"])], dtype=np.int64)
    settlements = _settle_month(
        terms, period_row, _one(phase), _one(collection), _one(pool_balance), ledger, price
    )
    rows = [
        (payment_date, payment)
        for payment_date, settlement in settlements
        for payment in settlement.payments
    ]
    return _table(
        PAYMENT_COLUMNS,
        [
            (
                period_row["deal_id"],
                period_row["as_of_date"],
                payment_date,
                step_number,
                payment.kind,
                payment.target_code,
                payment.clause,
                payment.account_code,
                _money(int(payment.due[0])),
                _money(int(payment.paid[0])),
                _money(int(payment.shortfall[0])),
                _money(int(payment.supported[0])),
                _money(int(payment.account_balance_after[0])),
            )
            for step_number, (payment_date, payment) in enumerate(rows, start=1)
        ],
    )


def _settle_month(
    terms: Terms,
    period_row: Row,
    phase_row: Row,
    collection_row: Row,
    pool_row: Row,
    ledger: Ledger,
    price: Fen | None,
) -> list[tuple[date, Settlement]]:
    """Each payment date of the month: the issue in the first one, and the collections' if there are any."""
    period = period_of(terms, period_row["month"])
    settlements: list[tuple[date, Settlement]] = []
    state = opening_state(terms)
    if period.is_first:
        issue = settle_issue(terms, state, price)
        settlements.append((terms.closing_date, issue))
        state, price = issue.state, None
    else:
        state = _state(terms, ledger)
    if period.period_number > 0:
        settlement = settle(
            terms,
            period,
            phase_row["phase_code"],
            state,
            _collections(collection_row),
            _pool(pool_row),
            price if phase_row["phase_code"] == "revolving" else None,
        )
        settlements.append((period.payment_date, settlement))
    return settlements


def _state(terms: Terms, ledger: Ledger) -> State:
    notes = _rows(ledger["note_balance"])
    nothing = zero_fen(1)
    return State(
        account_balance={
            row["account_code"]: _fens(row["closing_balance"])
            for row in _rows(ledger["account_balance"])
        },
        note_balance={row["note_code"]: _fens(row["closing_balance"]) for row in notes},
        interest_unpaid={row["note_code"]: _fens(row["closing_interest_unpaid"]) for row in notes},
        late_interest_unpaid={row["note_code"]: nothing for row in notes},
        fee_unpaid={
            row["fee_code"]: _fens(row["closing_unpaid"]) for row in _rows(ledger["fee_balance"])
        },
        deficiency=dict.fromkeys(terms.deficiency_notes, nothing),
        support_drawn=_fens(_one(ledger["support_balance"])["closing_drawn"]),
        support_repaid=nothing,
    )


def _collections(row: Row) -> Collections:
    nothing = zero_fen(1)
    return Collections(
        principal=_fens(row["principal_paid"] - row["prepaid_principal_paid"]),
        prepayment=_fens(row["prepaid_principal_paid"]),
        interest=_fens(row["interest_paid"]),
        fee=_fens(row["fee_paid"]),
        recovery=_fens(row["recovery_amount"]),
        repurchase=nothing,
        clean_up=nothing,
        defaulted=nothing,
    )


def _pool(row: Row) -> PoolFacts:
    nothing = zero_fen(1)
    return PoolFacts(
        opening_balance=_fens(row["opening_balance"]),
        closing_balance=_fens(row["closing_balance"]),
        initial_balance=nothing,
        cumulative_purchased=nothing,
        cumulative_defaulted=nothing,
    )


def _rows(relation: "DuckDBPyRelation") -> list[Row]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _one(relation: "DuckDBPyRelation") -> Row:
    rows = _rows(relation)
    if len(rows) != 1:
        raise WaterfallError(
            f"a ledger with columns {', '.join(relation.columns)} has {len(rows)} rows, expected 1; "
            "close the month before this one again"
        )
    return rows[0]


def _fen(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _fens(amount: Decimal) -> Fen:
    return np.array([_fen(amount)], dtype=np.int64)


def _money(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


PAYMENT_COLUMNS = {
    "deal_id": "text",
    "as_of_date": "date",
    "payment_date": "date",
    "step_number": "count",
    "kind_code": "text",
    "target_code": "text",
    "clause_name": "text",
    "account_code": "text",
    "due_amount": "money",
    "paid_amount": "money",
    "shortfall_amount": "money",
    "supported_amount": "money",
    "account_balance": "money",
}


def _table(columns: Mapping[str, str], rows: "Sequence[Any] | np.ndarray") -> "pa.Table":
    """Rows (tuples, or one column's array) as an Arrow table of declared types, empty or not."""
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "date": pa.date32(),
        "count": pa.int64(),
        "money": pa.decimal128(18, 2),
    }
    fields = [pa.field(name, types[kind]) for name, kind in columns.items()]
    if isinstance(rows, np.ndarray):
        return pa.table([pa.array(rows, type=fields[0].type)], schema=pa.schema(fields))
    values = list(zip(*rows, strict=True)) or [[] for _ in fields]
    arrays = [
        pa.array(column, type=field.type) for column, field in zip(values, fields, strict=True)
    ]
    return pa.table(arrays, schema=pa.schema(fields))
