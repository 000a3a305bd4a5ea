"""A closed month as a projection starts from it, read from SQL's relations: lake or scratch database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deals.dates.calendar import period_of
from deals.terms.deal import Terms
from deals.terms.money import fen
from waterfall.project.deal import ClosedMonth
from waterfall.project.groups import group_loans
from waterfall.tables.arrow import rows_of
from waterfall.tables.read import before_waiting, read_one, read_state, read_waiting, read_watch

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

LOAN = (
    "loan_id, outstanding_balance as balance, annual_rate, remaining_months, "
    "repayment_method_code, status_code"
)


@dataclass(frozen=True)
class MonthTables:
    """One deal's month after its payment date; `ledgers` by the names of their tables are the balances,
    the triggers and what they measured in the months up to this one.
    """

    ledgers: Mapping[str, "DuckDBPyRelation"]
    purchase: "DuckDBPyRelation"
    default_rate: "DuckDBPyRelation"
    collection: "DuckDBPyRelation"
    pool_loan: "DuckDBPyRelation"
    event: "DuckDBPyRelation"
    waiting_collection: "DuckDBPyRelation"


def read_closed_month(terms: Terms, month: str, tables: MonthTables) -> ClosedMonth:
    """The deal as the month left it; `terms` at the run's scale.

    Raises WaterfallError for a loan that cannot be projected, naming it.
    """
    bought, defaults = read_one(tables.purchase), read_one(tables.default_rate)
    collected, cut_offs = read_one(tables.collection), period_of(terms, month).period_number
    ledgers = {name: rows_of(relation) for name, relation in tables.ledgers.items()}
    events = tables.event.project("event_code").fetchall()
    waiting = read_waiting(terms, rows_of(tables.waiting_collection))
    return ClosedMonth(
        terms=terms,
        month=month,
        state=before_waiting(terms, waiting, read_state(terms, ledgers)),
        watch=read_watch(terms, ledgers, cut_offs),
        groups=group_loans(tables.pool_loan.project(LOAN).pl()),
        initial_balance=fen(bought["initial_pool_balance"]),
        cumulative_purchased=fen(bought["cumulative_purchased_balance"]),
        cumulative_defaulted=fen(defaults["cumulative_default_balance"]),
        cumulative_recovered=fen(collected["cumulative_recovery_amount"]),
        cumulative_interest=fen(collected["cumulative_interest_paid"]),
        events=frozenset(code for (code,) in events),
        waiting=waiting,
    )
