"""A run of a structure as plain rows of the currency unit: one table a subject, in the lake's own words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from deals.dates.coupons import coupon
from deals.terms.deal import Terms
from deals.terms.money import yuan
from deals.terms.rates import stated_rate
from waterfall.pay.month import PHASES
from waterfall.structure import StructureMonth, StructureRun
from waterfall.tables.arrow import money, rate
from waterfall.tables.ledgers import MonthLines, NoteLine, state_month
from waterfall.tables.triggers import state_rate

Row = dict[str, Any]


def state_run(terms: Terms, run: StructureRun) -> dict[str, list[Row]]:
    """Every table by its name; each row starts with its payment date. Amounts are Decimal."""
    tables: dict[str, list[Row]] = {name: [] for name in ("payment", *LEDGERS, *OTHERS)}
    issue = state_month(terms, [(terms.dates.closing_date, run.issue)])
    tables["payment"] += _payments("closing", issue)
    for month in run.months:
        lines = state_month(terms, [(month.period.payment_date, month.settlement)])
        tables["payment"] += _payments(_phase(month), lines)
        for name, rows in LEDGERS.items():
            tables[name] += [_place(month) | row for row in rows(terms, month, lines)]
        for name, rows in OTHERS.items():
            tables[name] += [_place(month) | row for row in rows(month)]
    return tables


def _payments(phase: str, lines: MonthLines) -> list[Row]:
    return [
        {"payment_date": line.payment_date, "phase_code": phase} | asdict(line)
        for line in lines.payment
    ]


def _notes(terms: Terms, month: StructureMonth, lines: MonthLines) -> list[Row]:
    """With the coupon when the accrual starts, and the residual, which the lake has as payments."""
    notes = {note.code: note for note in terms.notes}
    start = month.period.accrual_start_date

    def extra(line: NoteLine) -> Row:
        residual = month.result.paid("residual", line.note_code)
        return {
            "coupon_rate": stated_rate(coupon(terms, notes[line.note_code], start)),
            "residual_paid": money(residual),
        }

    return [asdict(line) | extra(line) for line in lines.note]


def _triggers(month: StructureMonth) -> Iterable[Row]:
    for number, test in enumerate(month.result.tests, start=1):
        trigger = test.trigger
        yield {
            "line_number": number,
            "trigger_code": trigger.code,
            "clause_name": trigger.clause,
            "metric_code": trigger.metric,
            "event_code": trigger.event_code,
            "breached_when_code": trigger.breached_when,
            "metric_rate": state_rate(int(test.value[0])),
            "threshold_rate": rate(test.threshold),
            "is_breached": bool(test.is_breached[0]),
            "breached_since_number": int(test.breached_since[0]) or None,
            "effect_code": trigger.effect,
            "is_in_force": bool(test.breached_since[0]),
            "is_cured": bool(test.is_cured[0]),
            "acts_code": trigger.acts,
            "is_acting": bool(test.is_acting[0]),
        }


def _pool(month: StructureMonth) -> Iterable[Row]:
    """opening - principal - repurchased - defaulted - called + purchased = closing."""
    row, facts = month.row, month.pool
    yield {
        "collection_end_date": row.collection_end,
        "phase_code": _phase(month),
        "opening_balance": money(facts.opening_balance),
        "principal_paid": yuan(row.principal + row.prepayment),
        "prepaid_principal_paid": yuan(row.prepayment),
        "repurchase_amount": yuan(row.repurchase),
        "new_default_balance": yuan(row.defaulted),
        "called_balance": money(facts.closing_balance * month.result.is_called),
        "purchased_balance": yuan(month.purchased),
        "closing_balance": yuan(month.closing_pool),
        "available_amount": money(month.result.purchase_budget()),
        "is_call_allowed": bool(month.result.may_be_called[0]),
        "is_clean_up_called": bool(month.result.is_called[0]),
    }


LEDGERS: Mapping[str, Callable[[Terms, StructureMonth, MonthLines], Iterable[Row]]] = {
    "note": _notes,
    "fee": lambda terms, month, lines: map(asdict, lines.fee),
    "account": lambda terms, month, lines: map(asdict, lines.account),
    "deficiency": lambda terms, month, lines: map(asdict, lines.deficiency),
    "support": lambda terms, month, lines: map(asdict, lines.support if terms.support else ()),
}
"""Columns as in the lake's tables of these ledgers."""
OTHERS: Mapping[str, Callable[[StructureMonth], Iterable[Row]]] = {
    "trigger": _triggers,
    "pool": _pool,
}


def _place(month: StructureMonth) -> dict[str, Any]:
    return {"payment_date": month.period.payment_date}


def _phase(month: StructureMonth) -> str:
    return PHASES[int(month.result.phases[0])]
