"""A projection as plain rows of the currency unit: one table a subject, scenarios numbered from 1."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from deals.terms.deal import Terms
from deals.terms.money import yuan
from deals.terms.payments import Note
from waterfall.pay.month import PHASES
from waterfall.project.assumptions import LAGS, VECTORS, Assumptions
from waterfall.project.deal import ProjectedMonth
from waterfall.project.expected import ExpectedCashFlow
from waterfall.project.notes import NoteFlows
from waterfall.value.break_even import BreakEven
from waterfall.value.note import NoteValue

Row = dict[str, Any]


def state_scenarios(scenarios: Sequence[Assumptions]) -> list[Row]:
    """What each scenario assumes, as the command line writes it."""
    rows = []
    for number, scenario in enumerate(scenarios, start=1):
        vectors = {name: ",".join(map(str, getattr(scenario, name))) for name in VECTORS}
        lags = {name: getattr(scenario, name) for name in LAGS}
        rows.append({"scenario": number} | vectors | lags | {"price": scenario.price})
    return rows


def state_pool(months: Sequence[ProjectedMonth], count: int) -> Iterator[Row]:
    """The pool by month: opening + bought - scheduled - prepaid - defaulted = closing."""
    for number in range(count):
        for month in months:
            flows = {
                field.name: yuan(value[number])
                for field in fields(month.flows)
                if (value := getattr(month.flows, field.name)) is not None
            }
            yield {
                "scenario": number + 1,
                "collection_end": month.period.collection_end_date,
                "phase": PHASES[int(month.result.phases[number])],
                **flows,
                "purchase_principal": yuan(month.bought.principal[number]),
                "purchase_price": yuan(month.bought.cost[number]),
                "unspent": yuan(month.unspent[number]),
            }


def state_notes(notes: Mapping[str, NoteFlows], count: int) -> Iterator[Row]:
    """What each note is paid by payment date, and what is left."""
    for number in range(count):
        for code, flows in notes.items():
            for place, day in enumerate(flows.payment_dates):
                yield {
                    "scenario": number + 1,
                    "note": code,
                    "payment_date": day,
                    "interest": yuan(flows.interest[place, number]),
                    "principal": yuan(flows.principal[place, number]),
                    "balance": yuan(flows.balance[place, number]),
                }


def state_value(number: int, note: Note, value: NoteValue) -> Row:
    """One note of one scenario; ratios to 6 decimals, the price per 100 of the balance too."""
    per_hundred = None
    if value.price is not None and value.balance:
        per_hundred = ratio(Fraction(100 * value.price, value.balance))
    return {
        "scenario": number,
        "note": note.code,
        "balance": yuan(value.balance),
        "interest": yuan(value.interest),
        "principal": yuan(value.principal),
        "loss": yuan(value.loss),
        "interest_unpaid": yuan(value.interest_unpaid),
        "last_payment_date": value.last_payment_date,
        "average_life_years": ratio(value.average_life),
        "yield_at_par": ratio(value.yield_at_par),
        "pricing_rate": value.rate,
        "price": None if value.price is None else yuan(value.price),
        "price_per_100": per_hundred,
        "macaulay_years": ratio(value.macaulay),
        "modified_years": ratio(value.modified),
        "convexity": ratio(value.convexity),
        "dv01": None if value.dv01 is None else yuan(value.dv01),
    }


def state_support(
    terms: Terms, support: Mapping[str, Fraction | None], found: Mapping[str, BreakEven | str]
) -> list[Row]:
    """The support below each note, and the CDR up to which it is paid in full without outside help."""
    rows = []
    for note in terms.notes:
        result = found.get(note.code, "")
        is_found = isinstance(result, BreakEven)
        rows.append(
            {
                "note": note.code,
                "credit_support": ratio(support[note.code]),
                "break_even_cdr": result.rate if is_found else None,
                "first_loss_cdr": result.first_loss if is_found else None,
                "remark": "" if is_found else result,
            }
        )
    return rows


def state_expected(rows: Sequence[ExpectedCashFlow]) -> list[Row]:
    """OFF-4: the pool's expected cash flows, nothing prepaid and nothing defaulted."""
    return [
        {
            "collection_end": row.collection_end_date,
            "opening_balance": yuan(row.opening_balance),
            "principal_due": yuan(row.principal_due),
            "interest_due": yuan(row.interest_due),
            "principal_and_interest_due": yuan(row.principal_due + row.interest_due),
            "closing_balance": yuan(row.closing_balance),
        }
        for row in rows
    ]


def ratio(value: Fraction | float | None) -> Decimal | None:
    """A life, yield or share to 6 decimals."""
    return None if value is None else Decimal(f"{float(value):.6f}")
