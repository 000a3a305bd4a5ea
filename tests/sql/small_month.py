"""One month of a small deal: loans, terms and last month's figures in, every model built by dbt."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from deals.dates.calendar import Period, period_of
from deals.load import load_deal
from deals.terms.deal import Terms
from expectations.counts import mark_rows
from expectations.rules.tape import row_rules
from flows.close.check import cash_rules_of
from flows.close.month import Run
from flows.close.stage import stage_book, stage_last_month, stage_terms
from flows.entries.events import Event
from flows.entries.notices import Notice, NoticedLoan
from flows.entries.statements import StatedAccount, Statement
from flows.lake.tables import published_tables
from flows.transform.run import run_models
from tapes.read.landed.record import create_tables
from tapes.recognise.load import load_formats
from tests.changed_terms import changed
from tests.deal_files import write_deal

Row = dict[str, Any]

DEALS = Path(__file__).parent / "deals"
TAPE = "tape"
FILE_ROW: Row = {
    "tape_sha256": TAPE,
    "file_name": "tape.csv",
    "part_number": 0,
    "version": 1,
    "format_id": "canonical",
    "byte_count": 1,
    "is_synthetic": True,
    "scale": 1,
}

# Of a tape that lies in files the view is of those files.
ACCEPTED_ROW = """
    create view landed.accepted_row as
    select tape_row.* from landed.tape_row as tape_row
    anti join landed.failed_row as failed_row
        on tape_row.tape_sha256 = failed_row.tape_sha256
        and tape_row.row_number = failed_row.row_number
"""


@dataclass(frozen=True)
class Month:
    """The scratch database of a built month, open for reading."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, table: str, where: str = "true") -> list[Row]:
        """The rows of a table, in the order of its columns."""
        found = self.connection.execute(f"select * from {table} where {where} order by all")
        names = [name for name, *_ in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def row(self, table: str, where: str = "true") -> Row:
        """The only row that the condition leaves."""
        (row,) = self.rows(table, where)
        return row

    def column(self, table: str, key: str, value: str) -> Row:
        """One column of a table by another that names its rows."""
        return {row[key]: row[value] for row in self.rows(table)}


def loan(loan_id: str, opening: Any, closing: Any, **changes: Any) -> Row:
    """A row of the tape that every limit of the small deals admits; amounts are texts or integers."""
    return {
        "loan_id": loan_id,
        "borrower_id": f"B-{loan_id}",
        "product_code": "transaction_instalment",
        "origination_date": date(2017, 3, 15),
        "maturity_date": date(2017, 11, 15),
        "term_months": 8,
        "currency_code": "CNY",
        "contract_amount": "600.00",
        "annual_rate": "0.12",
        "repayment_method_code": "equal_instalment",
        "opening_balance": opening,
        "adjustment_amount": 0,
        "scheduled_principal_paid": 0,
        "prepaid_principal_paid": 0,
        "overdue_principal_paid": 0,
        "interest_due": 0,
        "interest_paid": 0,
        "fee_paid": 0,
        "recovery_amount": 0,
        "write_off_amount": 0,
        "closing_balance": closing,
        "remaining_months": 5,
        "days_past_due": 0,
        "max_days_past_due": 0,
        "past_due_count": 0,
        "five_class_code": "normal",
        "status_code": "current",
        "region_code": "ZJ",
        "borrower_age": 30,
        "occupation_code": "employee",
        "credit_score": 700,
        "is_renegotiated": False,
        "is_disputed": False,
        "is_pledged": False,
    } | changes


def late(loan_id: str, balance: Any, days_past_due: int, **changes: Any) -> Row:
    """A loan of which nothing was paid, that many days past due."""
    days = {"days_past_due": days_past_due, "max_days_past_due": days_past_due}
    return loan(loan_id, balance, balance, status_code="overdue", **days) | changes


def owned(loan_id: str, balance: Any, **changes: Any) -> Row:
    """A loan as last month's `pool_loan` has it."""
    return {
        "loan_id": loan_id,
        "entry_batch": 0,
        "entry_date": date(2017, 6, 30),
        "outstanding_balance": balance,
        "is_defaulted": False,
        "is_written_off": False,
        "status_code": "current",
        "borrower_id": f"B-{loan_id}",
        "contract_amount": "600.00",
        "annual_rate": "0.12",
        "term_months": 8,
        "remaining_months": 6,
        "origination_date": date(2017, 3, 15),
        "days_past_due": 0,
    } | changes


@dataclass(frozen=True)
class Builder:
    """Builds months in one folder: dbt parses the project once, and each month keeps its database."""

    folder: Path

    def build(
        self,
        deal_id: str,
        month: str,
        loans: Iterable[Row],
        last_month: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
        states_currency: bool = True,
        edits: Sequence[tuple[str, str]] = (),
        noticed: Mapping[str, str] | None = None,
        events: Sequence[Event] = (),
        stated: Sequence[StatedAccount] = (),
        **term_changes: Any,
    ) -> Month:
        """Close `month` as the flow does, up to the report tables.

        `last_month` fills the schema `closed`; `states_currency` is whether the tape has a column for it;
        `events` stand at the cut-off; `stated` is the custodian's statement; `noticed` are the loans of a
        repurchase notice with their reasons. `edits` replace texts of the deal's file, each at its only
        place; `term_changes` change terms that SQL alone reads.
        """
        deals = self._edit(deal_id, edits) if edits else DEALS
        deal = load_deal(deal_id, deals)
        terms = deal.terms
        period = period_of(terms, month)
        database = self.folder / "build.duckdb"
        with duckdb.connect(str(database)) as connection:
            run = replace(_run(terms, period, noticed or {}), events=tuple(events))
            if stated:
                kept = Statement(deal_id, month, 1, "statement.csv", "statement", tuple(stated))
                run = replace(run, statement=kept)
            stage_terms(connection, changed(terms, **term_changes), deal.text, period, run)
            stage_last_month(connection, None, period)
            stage_book(connection, None, changed(terms, **term_changes), run)
            if last_month:
                last_month(connection)
            file_row = FILE_ROW | {"states_currency": states_currency}
            currency_code = None if states_currency else terms.currency
            land_loans(connection, list(loans), period.collection_end_date, file_row, currency_code)
            rules = row_rules(period.collection_end_date)
            mark_rows(connection, (*rules, *cash_rules_of(terms, period)))
            connection.execute(ACCEPTED_ROW)
            run_models(connection)
        number = len(list(self.folder.glob("month_*.duckdb")))
        kept = database.rename(self.folder / f"month_{number}.duckdb")
        return _open(kept)

    def _edit(self, deal_id: str, edits: Sequence[tuple[str, str]]) -> Path:
        """A folder of deals with the edited file."""
        return write_deal(deal_id, self.folder / "deals", *edits, source=DEALS).parent


def _open(database: Path) -> Month:
    """The database under the name that dbt built it with."""
    connection = duckdb.connect()
    connection.execute(f"attach '{database}' as build (read_only)")
    connection.execute("use build")
    return Month(connection)


def _run(terms: Terms, period: Period, noticed: Mapping[str, str]) -> Run:
    return Run(
        run_id="run",
        deal_id=terms.deal_id,
        month=period.month,
        as_of_date=period.collection_end_date,
        previous_run_id="",
        tape_sha256=TAPE,
        terms_sha256=terms.sha256,
        code_version="0",
        scale=1,
        is_synthetic=True,
        notice=_notice(terms, period, noticed) if noticed else None,
    )


def _notice(terms: Terms, period: Period, noticed: Mapping[str, str]) -> Notice:
    return Notice(
        deal_id=terms.deal_id,
        month=period.month,
        sha256="notice",
        order=1,
        loans=tuple(
            NoticedLoan(line, loan_id, reason)
            for line, (loan_id, reason) in enumerate(noticed.items(), start=2)
        ),
        list_file_name="loans.csv",
        list_sha256="list",
        evidence_file_name="letter.pdf",
        evidence_sha256="letter",
        folder=Path(),
    )


def land_loans(
    connection: duckdb.DuckDBPyConnection,
    loans: Sequence[Row],
    as_of_date: date,
    file_row: Row,
    currency_code: str | None,
) -> None:
    """The schema `landed` with these loans as the rows of one file, in this order.

    `currency_code` is that of a tape that states none.
    """
    create_tables(connection)
    canonical = load_formats()["canonical"].canonical
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in canonical)
    connection.execute(f"""
        create table landed.tape_row (
            tape_sha256 varchar, row_number bigint, {columns}, has_critical_bad_cell boolean,
            critical_bad_columns varchar, rounded_columns varchar, unmatched_tables varchar
        )""")
    connection.execute("""
        create table landed.bad_cell (
            tape_sha256 varchar, file_name varchar, row_number bigint,
            column_name varchar, cell_text varchar, expected_type varchar
        )""")
    insert(connection, "landed.tape_file", [file_row | {"row_count": len(loans)}])
    place = {"tape_sha256": TAPE, "as_of_date": as_of_date, "has_critical_bad_cell": False}
    insert(
        connection,
        "landed.tape_row",
        [place | {"row_number": row_number} | row for row_number, row in enumerate(loans, start=1)],
    )
    if currency_code:
        connection.execute("update landed.tape_row set currency_code = ?", [currency_code])


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Rows into a table by the names of their columns; a name that the table lacks is an error."""
    for row in rows:
        marks = ", ".join("?" for _ in row)
        connection.execute(
            f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
        )


NEXT = "target_date = last_day(as_of_date + interval 1 month)"


def carry(month: Month) -> Callable[[duckdb.DuckDBPyConnection], None]:
    """Lay a built month's carried tables into `closed`, as the lake would bring them.

    Of its forecast that is the month that comes next, of what is carried for a year that of the months
    before it, too. The tables that have a history get the month's rows beside those before.
    """

    def copy(connection: duckdb.DuckDBPyConnection, name: str, question: str) -> None:
        rows = month.connection.execute(question).to_arrow_table()
        connection.register("carried_rows", rows)
        connection.execute(f"insert into {name} from carried_rows")
        connection.unregister("carried_rows")

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        for table in published_tables():
            if table.meta.get("carried"):
                which = NEXT if table.meta["carried"] == "by_target" else "true"
                question = f"from {table.full_name} where {which}"
                if table.meta["carried"] == "last_year":
                    question = f"{question} union all from closed.{table.name}"
                copy(connection, f"closed.{table.name}", question)
            if table.meta.get("has_history"):
                history = f"history.{table.name}"
                copy(connection, history, f"from {table.full_name} union all from {history}")

    return fill
