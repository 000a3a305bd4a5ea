"""The base case that a close makes: from the closed month to the deal's end, as its terms assume.

One row per target month, measure and note. What each measure is, so that an actual figure can stand
beside it: `pool_balance` after the month's purchases, loans over 90 days past due and written-off ones
left out; `principal`, `interest` and `recovery` cash of the collection period; `defaulted` at the
balance of the default; `purchased` principal; `note_balance` after the payment date, `note_interest` paid
on it, without a residual.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from deals.dates.calendar import CalendarError, period_of
from deals.terms.deal import Terms
from deals.terms.forecast import Forecast
from waterfall.money import Fen, WaterfallError
from waterfall.project.assumptions import Assumptions
from waterfall.project.deal import ClosedMonth, ProjectedMonth, project_deal
from waterfall.tables.arrow import money, table_of
from waterfall.tables.closed_month import MonthTables, read_closed_month

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class ForecastLine:
    """One figure of one month to come; `note_code` is empty where it is the pool's."""

    target_date: date
    measure_code: str
    note_code: str
    forecast_amount: Decimal


def forecast(terms: Terms, month: str, tables: MonthTables) -> "pa.Table":
    """The forecast as a table; no row where the terms assume nothing, or the month was the last.

    Nor where a loan or a date cannot be projected: the close goes on, and a rule warns of it.
    """
    if terms.forecast is None or period_of(terms, month).is_legal_final:
        return table_of(ForecastLine, [])
    try:
        lines = list(forecast_deal(read_closed_month(terms, month, tables), terms.forecast))
    except (WaterfallError, CalendarError):
        lines = []
    return table_of(ForecastLine, lines)


def forecast_deal(start: ClosedMonth, assumed: Forecast) -> Iterator[ForecastLine]:
    """Every figure of every month to the deal's end; nothing once notes and pool are gone."""
    is_repaid = not any(balance.any() for balance in start.state.note_balance.values())
    if is_repaid and not start.groups:
        return
    for month in project_deal(start, [assumptions_of(assumed)]):
        yield from _state(start.terms, month)


def assumptions_of(assumed: Forecast) -> Assumptions:
    """The scenario of the terms' base case."""
    return Assumptions(
        cpr=(assumed.cpr,),
        cdr=(assumed.cdr,),
        delinquency=(assumed.delinquency,),
        delinquency_months=assumed.delinquency_months,
        roll=(assumed.roll,),
        recovery=(assumed.recovery,),
        recovery_lag=assumed.recovery_lag,
    )


def _state(terms: Terms, month: ProjectedMonth) -> Iterator[ForecastLine]:
    flows, result = month.flows, month.result
    pool: dict[str, Fen] = {
        "pool_balance": flows.closing + month.bought.principal - month.sold,
        "principal": flows.principal,
        "interest": flows.interest,
        "defaulted": flows.defaulted,
        "recovery": flows.recovery,
        "purchased": month.bought.principal,
    }
    day = month.period.collection_end_date
    for code, amount in pool.items():
        yield ForecastLine(day, code, "", money(amount))
    for note in terms.notes:
        balance, interest = result.state.note_balance[note.code], result.paid("interest", note.code)
        yield ForecastLine(day, "note_balance", note.code, money(balance))
        yield ForecastLine(day, "note_interest", note.code, money(interest))
