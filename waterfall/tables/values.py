"""What the notes of a structure are worth on the closing date, as plain rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from deals.terms.deal import Terms
from deals.terms.payments import Note
from waterfall.project.notes import NoteFlows, collect_note_flows
from waterfall.structure import StructureRun
from waterfall.tables.projection import ratio, state_value
from waterfall.value.cash_flows import CashFlow, PricingError, round_fen
from waterfall.value.note import NoteValue, value_note
from waterfall.value.yields import yield_at_price


@dataclass(frozen=True)
class Pricing:
    """How notes are priced: at a price per 100 issued where `per_100` has one by the note's code, else at
    the yearly rate, else (None) at the coupon."""

    rate: Decimal | None = None
    per_100: Mapping[str, Decimal] = field(default_factory=dict)

    def price_of(self, note: Note) -> int | None:
        """The stated price in fen; None where the note is priced at a rate."""
        per_100 = self.per_100.get(note.code)
        if per_100 is None:
            return None
        return round_fen(Fraction(per_100) * note.notional_fen / 100, "half_up")


def state_values(terms: Terms, run: StructureRun, pricing: Pricing) -> list[dict[str, Any]]:
    """One row per note: life, IRR, yield, price, durations; amounts are Decimal, ratios to 6 decimals.

    `irr` is that of a holder who paid 100 on the closing date; `yield` the yearly compounded rate (ACT/365F)
    at the price. None where the flows have none.
    """
    return [_state_note(terms, note, run, pricing) for note in terms.notes]


def _state_note(terms: Terms, note: Note, run: StructureRun, pricing: Pricing) -> dict[str, Any]:
    flows, end = collect_note_flows(run.months, note.code), run.months[-1].result.state
    unpaid = end.interest_unpaid[note.code] + end.late_interest_unpaid[note.code]
    closing, issued = terms.dates.closing_date, note.notional_fen
    price, rate = pricing.price_of(note), pricing.rate
    if price is not None:
        found = _try_yield(flows, closing, price)
        # Without a rate at that price the value is told, and nothing rests on it.
        rate = None if found is None else Decimal(repr(found))
    value = value_note(terms, note, flows, unpaid, 0, closing, issued, rate)
    if price is not None:
        value = replace(value, price=price) if rate is not None else _without_rate(value, price)
    row = state_value(1, note, value)
    # Of a price, the rate to more digits than the yield below would say nothing.
    del row["scenario"], row["pricing_rate"]
    irr = row.pop("yield_at_par")
    return row | {"irr": irr, "yield": ratio(None if value.rate is None else float(value.rate))}


def _without_rate(value: NoteValue, price: int) -> NoteValue:
    return replace(
        value, price=price, rate=None, macaulay=None, modified=None, convexity=None, dv01=None
    )


def _try_yield(flows: NoteFlows, as_of: date, price: int) -> float | None:
    cash = [
        CashFlow(day, int(amount))
        for day, amount in zip(flows.payment_dates, flows.cash[:, 0], strict=True)
        if amount
    ]
    try:
        return yield_at_price(cash, as_of, price)
    except PricingError:
        return None
