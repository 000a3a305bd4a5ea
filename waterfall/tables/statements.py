"""What a run of a structure comes to, as plain rows of the currency unit: one table a subject."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from deals.terms.coupons import coupon
from deals.terms.deal import Terms
from waterfall.pay.month import PHASES
from waterfall.structure import StructureMonth, StructureRun
from waterfall.tables.arrow import money

Row = dict[str, Any]


def state_run(terms: Terms, run: StructureRun) -> dict[str, list[Row]]:
    """Every table by its name; each row starts with its payment date. Amounts are Decimal."""
    tables: dict[str, list[Row]] = {name: [] for name in TABLES}
    tables["payment"] += _issue_rows(terms, run)
    for month in run.months:
        for name, tell in TABLES.items():
            tables[name] += tell(terms, month)
    return tables


def _issue_rows(terms: Terms, run: StructureRun) -> list[Row]:
    return [
        {"payment_date": terms.dates.closing_date, "phase": "closing"} | _payment(number, item)
        for number, item in enumerate(run.issue.payments, start=1)
    ]


def _payments(terms: Terms, month: StructureMonth) -> list[Row]:
    return [
        _place(month) | {"phase": _phase(month)} | _payment(number, item)
        for number, item in enumerate(month.settlement.payments, start=1)
    ]


def _payment(number: int, item: Any) -> Row:
    return {
        "payment_number": number,
        "step": item.step_number,
        "clause": item.clause,
        "kind": item.kind,
        "target": item.target_code,
        "account": item.account_code,
        "to_account": item.to_account_code,
        "due": money(item.due),
        "paid": money(item.paid),
        "shortfall": money(item.shortfall),
        "supported": money(item.supported),
        "account_balance_after": money(item.account_balance_after),
    }


def _notes(terms: Terms, month: StructureMonth) -> list[Row]:
    opening, state, made = month.opening, month.result.state, month.settlement
    return [
        _place(month)
        | {
            "note": note.code,
            "opening_balance": money(opening.note_balance[note.code]),
            "coupon_rate": coupon(terms, note, month.period.accrual_start_date),
            "interest_accrued": money(
                made.interest_accrued[note.code] + made.late_interest_accrued[note.code]
            ),
            "interest_paid": money(month.result.paid("interest", note.code)),
            "interest_unpaid": money(
                state.interest_unpaid[note.code] + state.late_interest_unpaid[note.code]
            ),
            "principal_paid": money(month.result.paid("principal", note.code)),
            "residual_paid": money(month.result.paid("residual", note.code)),
            "written_off": money(month.result.paid("write_off", note.code)),
            "closing_balance": money(state.note_balance[note.code]),
            "deficiency": money(state.deficiency.get(note.code, 0 * state.support_drawn)),
        }
        for note in terms.notes
    ]


def _fees(terms: Terms, month: StructureMonth) -> list[Row]:
    return [
        _place(month)
        | {
            "fee": fee.code,
            "opening_unpaid": money(month.opening.fee_unpaid[fee.code]),
            "accrued": money(month.settlement.fee_accrued[fee.code]),
            "paid": money(month.result.paid("fee", fee.code)),
            "closing_unpaid": money(month.result.state.fee_unpaid[fee.code]),
        }
        for fee in terms.fees
    ]


def _accounts(terms: Terms, month: StructureMonth) -> list[Row]:
    made = month.settlement
    rows = []
    for account in terms.accounts:
        zero = 0 * month.opening.support_drawn
        moved_in = sum(
            (item.paid for item in made.payments if item.to_account_code == account.code), zero
        )
        supported = sum(
            (item.supported for item in made.payments if item.account_code == account.code), zero
        )
        moved_out = sum(
            (item.paid for item in made.payments if item.account_code == account.code), zero
        )
        rows.append(
            _place(month)
            | {
                "account": account.code,
                "opening_balance": money(month.opening.account_balance[account.code]),
                "collected": money(made.inflow[account.code]),
                "moved_in": money(moved_in),
                "supported": money(supported),
                "paid_out": money(moved_out),
                "closing_balance": money(month.result.state.account_balance[account.code]),
            }
        )
    return rows


def _support(terms: Terms, month: StructureMonth) -> list[Row]:
    if terms.support is None:
        return []
    state = month.result.state
    return [
        _place(month)
        | {
            "paid": money(month.result.supported()),
            "drawn_in_all": money(state.support_drawn),
            "repaid_in_all": money(state.support_repaid),
            "outstanding": money(state.support_drawn - state.support_repaid),
        }
    ]


def _triggers(terms: Terms, month: StructureMonth) -> list[Row]:
    return [
        _place(month)
        | {
            "trigger": test.trigger.code,
            "metric": test.trigger.metric,
            "value": Decimal(int(test.value[0])).scaleb(-6),
            "breached_when": test.trigger.breached_when,
            "threshold": Decimal(test.threshold).scaleb(-6),
            "is_breached": bool(test.is_breached[0]),
            "in_force_since_period": int(test.breached_since[0]) or None,
            "is_cured": bool(test.is_cured[0]),
            "effect": test.trigger.effect,
            "is_acting": bool(test.is_acting[0]),
        }
        for test in month.result.tests
    ]


def _pool(terms: Terms, month: StructureMonth) -> list[Row]:
    row, facts = month.row, month.pool
    return [
        _place(month)
        | {
            "collection_end": row.collection_end,
            "phase": _phase(month),
            "opening_balance": money(facts.opening_balance),
            "principal": money(row.principal),
            "prepayment": money(row.prepayment),
            "repurchase": money(row.repurchase),
            "defaulted": money(row.defaulted),
            "called": money(facts.closing_balance * month.result.is_called),
            "purchased": money(month.purchased),
            "closing_balance": money(month.closing_pool),
            "purchase_budget": money(month.result.purchase_budget()),
        }
    ]


TABLES: Mapping[str, Callable[[Terms, StructureMonth], list[Row]]] = {
    "payment": _payments,
    "note": _notes,
    "fee": _fees,
    "account": _accounts,
    "support": _support,
    "trigger": _triggers,
    "pool": _pool,
}


def _place(month: StructureMonth) -> Row:
    return {"payment_date": month.period.payment_date}


def _phase(month: StructureMonth) -> str:
    return PHASES[int(month.result.phases[0])]
