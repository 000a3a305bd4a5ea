"""One payment date of one scenario, written again from the contract's words with fractions.

Nothing is shared with the engine but the terms: Python integers, `Fraction`, and one if per kind.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from deals.terms import Terms


@dataclass
class PlainState:
    account: int
    notes: dict[str, int]
    interest: dict[str, int]
    fees: dict[str, int]
    drawn: int


def year_fraction(start: date, end: date, day_count: str) -> Fraction:
    if day_count == "30/360":
        first = min(start.day, 30)
        last = 30 if end.day == 31 and first == 30 else end.day
        months = 12 * (end.year - start.year) + end.month - start.month
        return Fraction(30 * months + last - first, 360)
    return Fraction((end - start).days, int(day_count[4:7]))


def round_half_up(amount: Fraction) -> int:
    return (amount + Fraction(1, 2)).__floor__()


def settle_plainly(
    terms: Terms,
    phase: str,
    start: date,
    end: date,
    is_matured: bool,
    state: PlainState,
    flows: tuple[int, int, int, int],
    pool: int,
    price: int | None,
) -> list[tuple[int, int, int, int]]:
    """Change the state; return (due, paid, supported, account after) of each step."""
    principal, interest, fee_cash, recovery = flows
    outstanding = dict(state.notes)
    for fee in terms.fees:
        base = {
            "interest_collections": Fraction(interest),
            "pool_balance": Fraction(pool),
            "note_balance": Fraction(sum(outstanding.values())),
        }[fee.basis]
        if fee.basis != "interest_collections":
            base *= year_fraction(start, end, fee.day_count)
        state.fees[fee.code] += round_half_up(base * Fraction(fee.rate))
    for note in terms.notes:
        base = outstanding[note.code]
        if terms.interest_on_unpaid_interest == "compounding":
            base += state.interest[note.code]
        time = year_fraction(start, end, note.day_count)
        state.interest[note.code] += round_half_up(base * Fraction(note.annual_rate) * time)

    state.account += principal + interest + fee_cash + recovery
    rows = []
    for step in terms.priority[phase]:  # type: ignore[index]
        supported = 0
        covered = terms.support is not None and step.target in terms.support.covers
        if step.kind == "fee":
            due = state.fees[step.target]
            paid = min(due, state.account)
        elif step.kind == "interest":
            due = state.interest[step.target]
            paid = min(due, state.account)
        elif step.kind == "principal":
            due = state.notes[step.target]
            paid = min(due, state.account)
            if not is_matured:
                due = paid
        elif step.kind == "purchase":
            due = state.account
            paid = due if price is None else price
        else:
            due = paid = state.account
        state.account -= paid
        if covered and step.kind in ("interest", "principal"):
            limit = terms.support.limit_fen  # type: ignore[union-attr]
            supported = due - paid if limit is None else min(due - paid, limit - state.drawn)
        state.drawn += supported
        paid += supported
        if step.kind == "fee":
            state.fees[step.target] -= paid
        if step.kind == "interest":
            state.interest[step.target] -= paid
        if step.kind == "principal":
            state.notes[step.target] -= paid
        rows.append((due, paid, supported, state.account))
    return rows
