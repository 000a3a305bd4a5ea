"""What projected notes are worth: lives, prices, yields, durations, support below them, break-even."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from deals.dates.coupons import coupon
from deals.terms.deal import Terms
from deals.terms.payments import Note
from deals.terms.rates import stated_rate
from waterfall.project.assumptions import Assumptions
from waterfall.project.deal import ClosedMonth, Conduct, project_deal
from waterfall.project.notes import NoteFlows, collect_note_flows
from waterfall.value.break_even import BreakEven, find_break_even
from waterfall.value.cash_flows import CashFlow, PricingError
from waterfall.value.discounting import flat_curve, present_value
from waterfall.value.lives import (
    convexity,
    dv01,
    macaulay_duration,
    modified_duration,
    weighted_average_life,
)
from waterfall.value.yields import yield_at_price

BREAK_EVEN_STEP = Decimal("0.001")


@dataclass(frozen=True)
class NoteValue:
    """One note in one scenario, valued on the payment date that the projection starts from.

    `rate` is the yearly rate that prices it; None where the note has no coupon and none was given,
    and then what rests on it is None. Lives and durations are in years, amounts in fen.
    """

    balance: int
    interest: int
    principal: int
    loss: int
    """Written off, or outstanding at the end."""
    interest_unpaid: int
    last_payment_date: date | None
    average_life: Fraction | None
    yield_at_par: float | None
    """The IRR of buying the outstanding balance at par; None where no single rate solves it."""
    rate: Decimal | None
    price: int | None
    macaulay: Fraction | None
    modified: Fraction | None
    convexity: float | None
    dv01: int | None


def value_note(
    terms: Terms,
    note: Note,
    flows: NoteFlows,
    unpaid: np.ndarray,
    scenario: int,
    as_of: date,
    balance: int,
    rate: Decimal | None,
) -> NoteValue:
    """The note's flows of one scenario, seen from `as_of`.

    `rate` None prices at its coupon, to 6 decimals.
    """
    principal = _dated(flows, flows.principal, scenario)
    cash = _dated(flows, flows.cash, scenario)
    paid = sum(flow.amount_fen for flow in principal)
    if rate is None and note.bears_interest:
        rate = stated_rate(coupon(terms, note, as_of))
    priced = rate is not None and bool(cash)
    curve = flat_curve(rate) if rate is not None else None
    value = present_value(cash, as_of, curve) if priced and curve else None
    has_value = value is not None and value > 0
    return NoteValue(
        balance=balance,
        interest=int(flows.interest[:, scenario].sum()),
        principal=paid,
        loss=balance - paid,
        interest_unpaid=int(unpaid[scenario]),
        last_payment_date=cash[-1].payment_date if cash else None,
        average_life=weighted_average_life(principal, as_of) if paid else None,
        yield_at_par=_try_yield(cash, as_of, balance),
        rate=rate,
        price=value,
        macaulay=macaulay_duration(cash, as_of, curve) if has_value and curve else None,
        modified=modified_duration(cash, as_of, rate) if has_value and rate is not None else None,
        convexity=convexity(cash, as_of, rate) if has_value and rate is not None else None,
        dv01=dv01(cash, as_of, curve) if has_value and curve else None,
    )


def _dated(flows: NoteFlows, amounts: np.ndarray, scenario: int) -> list[CashFlow]:
    return [
        CashFlow(day, int(amount))
        for day, amount in zip(flows.payment_dates, amounts[:, scenario], strict=True)
        if amount
    ]


def _try_yield(cash: Sequence[CashFlow], as_of: date, balance: int) -> float | None:
    if not cash or not balance:
        return None
    try:
        return yield_at_price(cash, as_of, balance)
    except PricingError:
        return None


def credit_support(terms: Terms, start: ClosedMonth, note: Note, pool: int) -> Fraction | None:
    """The share of pool and cash that may be lost before the note is: 1 - (notes down to it) / assets.

    Below zero where the assets do not cover it; None without assets.
    """
    place = terms.notes.index(note)
    above = sum(int(start.state.note_balance[item.code][0]) for item in terms.notes[: place + 1])
    cash = sum(int(balance[0]) for balance in start.state.account_balance.values())
    if start.waiting is not None:
        cash += int(start.waiting.collections.total()[0])
    return 1 - Fraction(above, pool + cash) if pool + cash else None


def find_break_evens(
    start: ClosedMonth,
    assumptions: Assumptions,
    conduct: Conduct,
    notes: Sequence[Note],
    step: Decimal = BREAK_EVEN_STEP,
) -> dict[str, BreakEven]:
    """By note, the highest constant CDR at which it is paid in full, without outside support.

    All else is as assumed. A note is not paid in full when principal or interest of it is
    outstanding at the end, or was written off.
    """
    alone = replace(start, terms=replace(start.terms, support=None))

    def losses(note: Note) -> Callable[[Sequence[Decimal]], list[bool]]:
        def find(rates: Sequence[Decimal]) -> list[bool]:
            scenarios = [replace(assumptions, cdr=(rate,)) for rate in rates]
            months = list(project_deal(alone, scenarios, conduct))
            end = months[-1].result.state
            paid = collect_note_flows(months, note.code).principal.sum(axis=0)
            short = int(start.state.note_balance[note.code][0]) - paid
            unpaid = end.interest_unpaid[note.code] + end.late_interest_unpaid[note.code]
            return ((short > 0) | (unpaid > 0)).tolist()

        return find

    return {note.code: find_break_even(losses(note), step) for note in notes}
