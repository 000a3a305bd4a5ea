"""Lay beside the tape what the other deals of the book own, for SQL to leave it alone and tie it out."""

from pathlib import Path
from typing import TYPE_CHECKING

from deals.terms.deal import Terms
from flows.close.stage import MONEY, Run, copy_rows
from flows.lake.connection import has_table, open_lake

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES = f"""
    create table deal.book_deal (
        book_code varchar not null, allocation_order integer not null, owner_code varchar not null,
        owner_as_of_date date not null, owner_run_id varchar not null
    );
    create table closed.owned_elsewhere (
        loan_id varchar not null, owner_code varchar not null, owner_as_of_date date not null,
        outstanding_balance {MONEY} not null
    );
    create table closed.repurchased_elsewhere (loan_id varchar not null)
"""
POOL = """
    select loan_id, deal_id, as_of_date, outstanding_balance
    from lake.purchase.pool_loan where deal_id = ? and as_of_date = ?
"""
REPURCHASED = """
    select loan_id from lake.pool.repurchased_loan where deal_id = ? and as_of_date = ?
"""


def stage_book(connection: "DuckDBPyConnection", lake: Path, terms: Terms, run: Run) -> None:
    """Write `deal.book_deal`, the deals of the book that have a pool, and `closed.owned_elsewhere`,
    the loans of those but this one, and `closed.repurchased_elsewhere`, what was taken back from them.

    They are those of the runs that this one sees, as the lake has them: of the deals that come
    earlier in the order after this month, of the later ones after the month before.
    """
    own = (terms.book.code, terms.book.order, run.deal_id, run.as_of_date, run.run_id)
    others = [
        (terms.book.code, other.book_order, other.deal_id, other.as_of_date, other.run_id)
        for other in run.seen
    ]
    connection.execute(TABLES)
    connection.executemany("insert into deal.book_deal values (?, ?, ?, ?, ?)", [*others, own])
    if not run.seen:
        return
    with open_lake(lake) as source:
        for other in run.seen:
            values = [other.deal_id, other.as_of_date]
            copy_rows(source, connection, "closed.owned_elsewhere", POOL, values)
            if has_table(source, "pool.repurchased_loan"):
                copy_rows(source, connection, "closed.repurchased_elsewhere", REPURCHASED, values)
