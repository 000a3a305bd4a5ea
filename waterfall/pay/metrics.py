"""What triggers measure at a cut-off date: each metric as an exact ratio of fen, by scenario.

What happened on the payment date before (interest unpaid, cash idle) is known at the cut-off; what
happens on this one is measured at the next.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from deals.dates.calendar import Period
from deals.dates.coupons import coupon, in_force
from deals.terms.deal import Terms
from deals.terms.payments import Note
from deals.terms.triggers import Trigger
from waterfall.books import Collections, Ledger, PoolFacts, State
from waterfall.money import Fen, WaterfallError, multiply
from waterfall.pay.accruals import earn_interest
from waterfall.ratios import Ratio, add_up, average

Measures = tuple[tuple[date, Ratio], ...]
"""A metric at several cut-off dates."""


@dataclass(frozen=True, eq=False)
class Watch:
    """What is remembered of the triggers between two cut-off dates.

    `breached_since` is, by trigger code, the period number of the breach that lasts, 0 where there is
    none. `history` has, by metric, the measures of earlier cut-offs that a mean is made of, newest first.
    """

    breached_since: Mapping[str, NDArray[np.int64]]
    history: Mapping[str, Measures] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CutOff:
    """All that a trigger may look at: arrays of shape (scenarios,) and the events of the month."""

    terms: Terms
    period: Period
    opening: State
    """The deal after the payment date before."""
    collections: Collections
    pool: PoolFacts
    watch: Watch
    events: frozenset[str] = frozenset()
    """Codes of the events that were entered by hand, up to this cut-off and not withdrawn."""


def measure(cut_off: CutOff, trigger: Trigger) -> Ratio:
    """The trigger's metric, or its mean or sum over the calendar months that the trigger looks back on.

    In the deal's first months the mean is over the cut-offs that there are. An event that happened is
    one. Raises WaterfallError where the metric is not known: unknown is not a pass.
    """
    if trigger.metric == "event":
        happened = np.full(cut_off.opening.scenarios, trigger.event_code in cut_off.events)
        return happened.astype(np.int64), np.ones(cut_off.opening.scenarios, dtype=np.int64)
    metric, months = trigger.measured
    ratio = METRICS[metric](cut_off)
    if ratio is None:
        raise WaterfallError(
            f"trigger {trigger.code} needs {metric}, which is not known: expected {NEEDED[metric]};"
            " give them, or remove the trigger"
        )
    if months == 1:
        return ratio
    ratios = [ratio, *(one for _, one in look_back(cut_off, metric, months))]
    return add_up(ratios) if trigger.rolling == "sum" else average(ratios)


def look_back(cut_off: CutOff, metric: str, months: int) -> Measures:
    """The remembered measures of the calendar months before, so many with this cut-off's own."""
    earliest = _month_number(cut_off.period.collection_end_date) - months
    history = cut_off.watch.history.get(metric, ())
    return tuple(item for item in history if _month_number(item[0]) > earliest)


def remember(cut_off: CutOff) -> dict[str, Measures]:
    """What later means need of this cut-off, where a payment date follows it, and of those before it,
    newest first."""
    if not cut_off.period.has_payment:
        return dict(cut_off.watch.history)
    longest: dict[str, int] = {}
    for trigger in cut_off.terms.triggers:
        metric, months = trigger.measured
        longest[metric] = max(months, longest.get(metric, 1))
    end = cut_off.period.collection_end_date
    return {
        metric: ((end, ratio), *look_back(cut_off, metric, months))
        for metric, months in longest.items()
        if months > 1 and (ratio := METRICS[metric](cut_off)) is not None
    }


def _month_number(day: date) -> int:
    return 12 * day.year + day.month


def _cumulative_default(cut_off: CutOff) -> Ratio:
    return cut_off.pool.cumulative_defaulted, _stated_denominator(cut_off)


def _cumulative_default_initial(cut_off: CutOff) -> Ratio:
    return cut_off.pool.cumulative_defaulted, cut_off.pool.initial_balance


def _cumulative_net_loss(cut_off: CutOff) -> Ratio | None:
    lost = _lost(cut_off)
    return None if lost is None else (lost, _stated_denominator(cut_off))


def _cumulative_net_loss_initial(cut_off: CutOff) -> Ratio | None:
    lost = _lost(cut_off)
    return None if lost is None else (lost, cut_off.pool.initial_balance)


def _stated_denominator(cut_off: CutOff) -> Fen:
    """The initial pool, with the purchases since where the terms count them."""
    pool = cut_off.pool
    if cut_off.terms.default.rate_denominator == "initial_pool":
        return pool.initial_balance
    return pool.initial_balance + pool.cumulative_purchased


def _lost(cut_off: CutOff) -> Fen | None:
    """Defaults less recoveries since the closing; below zero they count as zero."""
    recovered = cut_off.pool.cumulative_recovered
    if recovered is None:
        return None
    return np.maximum(cut_off.pool.cumulative_defaulted - recovered, 0)


def _default(cut_off: CutOff) -> Ratio:
    return cut_off.collections.defaulted, cut_off.pool.opening_balance


def _net_loss(cut_off: CutOff) -> Ratio:
    return cut_off.collections.net_loss(), cut_off.pool.opening_balance


def _overdue(cut_off: CutOff) -> Ratio | None:
    overdue = cut_off.pool.overdue_balance
    return None if overdue is None else (overdue, cut_off.pool.closing_balance)


def _serious_overdue(cut_off: CutOff) -> Ratio | None:
    overdue = cut_off.pool.serious_overdue_balance
    return None if overdue is None else (overdue, cut_off.pool.closing_balance)


def _payment(cut_off: CutOff) -> Ratio:
    """Principal collected over the opening pool, the period's rate; no pool has no bad rate."""
    opening = cut_off.pool.opening_balance
    collected = cut_off.collections.principal + cut_off.collections.prepayment
    return np.where(opening == 0, 1, collected), opening


def _excess_spread(cut_off: CutOff) -> Ratio:
    """Interest and fees less the coupons of the period's months, a year's rate of the opening pool.

    Each note's coupon for so many twelfths of a year is in whole fen. Below zero it counts as zero; no
    pool has no bad spread.
    """
    terms, period = cut_off.terms, cut_off.period
    cost = sum(
        (
            multiply(
                cut_off.opening.note_balance[note.code],
                coupon(terms, note, period.accrual_start_date),
                (period.months, 12),
            )
            for note in terms.notes
        ),
        0 * cut_off.collections.interest,
    )
    spread = np.maximum(cut_off.collections.interest + cut_off.collections.fee - cost, 0)
    opening = cut_off.pool.opening_balance
    return np.where(opening == 0, 1, 12 * spread), period.months * opening


def _interest_cover(cut_off: CutOff) -> Ratio:
    """Interest and fees collected over the interest due on the payment date of the notes that are not
    equity's, what was unpaid before included; where nothing is due it is covered."""
    due = _interest_due(cut_off)
    collected = cut_off.collections.interest + cut_off.collections.fee
    return np.where(due == 0, 1, collected), due


def _interest_due(cut_off: CutOff) -> Fen:
    opening, due = cut_off.opening, 0 * cut_off.collections.interest
    for note in _rated(cut_off.terms):
        unpaid = opening.interest_unpaid[note.code]
        earned, late = earn_interest(
            cut_off.terms, cut_off.period, note, opening.note_balance[note.code], unpaid
        )
        due = due + earned + late + unpaid + opening.late_interest_unpaid[note.code]
    return due


def _debt_service_cover(cut_off: CutOff) -> Ratio:
    """All the period's cash over the interest due, as in interest cover, and the principal that falls due
    on the payment date: of the notes that are not equity's, what is above a note's scheduled balance, and
    from the expected maturity on all of it. Where nothing is due it is covered."""
    due = _interest_due(cut_off)
    for note in _rated(cut_off.terms):
        due = due + _principal_due(cut_off, note)
    return np.where(due == 0, 1, np.maximum(cut_off.collections.total(), 0)), due


def _principal_due(cut_off: CutOff, note: Note) -> Fen:
    balance, day = cut_off.opening.note_balance[note.code], cut_off.period.payment_date
    if cut_off.period.is_expected_maturity:
        return balance
    if not note.target_balances:
        return 0 * balance
    return np.maximum(balance - in_force(note.target_balances, day, note.notional_fen), 0)


def _idle_cash(cut_off: CutOff) -> Ratio:
    """Cash left in the accounts after the payment date before, over the opening pool.

    A reserve, an account with a target, is not idle, nor is one that keeps its cash.
    """
    accounts = cut_off.terms.accounts
    idle = [it.code for it in accounts if it.target is None and not it.keeps_cash]
    held = _total(cut_off.opening.account_balance, idle, cut_off.pool.opening_balance)
    return held, cut_off.pool.opening_balance


def _pool_to_notes(cut_off: CutOff) -> Ratio:
    """Pool and cash over the notes that are not equity's; notes repaid are covered."""
    opening, closing = cut_off.opening, cut_off.pool.closing_balance
    accounts = [account.code for account in cut_off.terms.accounts]
    cash = _total(opening.account_balance, accounts, closing) + cut_off.collections.total()
    rated = [note.code for note in _rated(cut_off.terms)]
    notes = _total(opening.note_balance, rated, closing)
    return np.where(notes == 0, 1, closing + np.maximum(cash, 0)), notes


def _interest_unpaid(cut_off: CutOff) -> Ratio:
    """Interest that the payment date before left unpaid, of notes that may not defer it."""
    opening, closing = cut_off.opening, cut_off.pool.closing_balance
    strict = [
        note.code
        for note in cut_off.terms.notes
        if note.bears_interest and not note.is_interest_deferrable
    ]
    unpaid = _total(opening.interest_unpaid, strict, closing)
    unpaid = unpaid + _total(opening.late_interest_unpaid, strict, closing)
    return unpaid, _total(opening.note_balance, strict, closing)


def _rated(terms: Terms) -> list[Note]:
    return [note for note in terms.notes if note.tranche_class != "equity"]


def _total(ledger: Ledger, codes: list[str], like: Fen) -> Fen:
    return sum((ledger[code] for code in codes), 0 * like)


METRICS: Mapping[str, Callable[[CutOff], Ratio | None]] = {
    "cumulative_default_rate": _cumulative_default,
    "cumulative_default_rate_initial": _cumulative_default_initial,
    "cumulative_net_loss_rate": _cumulative_net_loss,
    "cumulative_net_loss_rate_initial": _cumulative_net_loss_initial,
    "default_rate": _default,
    "net_loss_rate": _net_loss,
    "overdue_rate": _overdue,
    "serious_overdue_rate": _serious_overdue,
    "payment_rate": _payment,
    "excess_spread_rate": _excess_spread,
    "interest_cover_ratio": _interest_cover,
    "debt_service_cover_ratio": _debt_service_cover,
    "idle_cash_ratio": _idle_cash,
    "pool_to_notes_ratio": _pool_to_notes,
    "interest_unpaid_ratio": _interest_unpaid,
}
"""Each metric as numerators over denominators in fen; None where it is not known."""

NEEDED = {
    "overdue_rate": "the overdue balances of the pool",
    "serious_overdue_rate": "the seriously overdue balances of the pool",
    "cumulative_net_loss_rate": "the recoveries since the closing",
    "cumulative_net_loss_rate_initial": "the recoveries since the closing",
}
"""What a metric that may be unknown is made of."""
