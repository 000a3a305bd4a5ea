"""Lay the deal's terms, the month's dates and last month's figures beside the tape, for SQL to read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from deals.dates.calendar import Period, period_of, previous_month
from deals.tables import deal_tables
from deals.tables.columns import MONEY
from deals.terms.deal import Terms
from deals.words.numbers import Sentence
from expectations.rule import WEIGHTS, Verdict
from flows.close.month import Run
from flows.entries.notices import Notice
from flows.entries.statements import Statement
from flows.lake.connection import tables_with_rows
from flows.lake.last_tape import lay_last_tape, make_tables
from flows.lake.tables import Table, published_tables
from reports.pack import LANGUAGES
from reports.words import load_words
from tapes.sql_text import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


BOOK_TABLES = f"""
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
OWNED_ELSEWHERE = """
    select loan_id, deal_id, as_of_date, outstanding_balance
    from lake.purchase.pool_loan where deal_id = ? and as_of_date = ?
"""
REPURCHASED_ELSEWHERE = """
    select loan_id from lake.pool.repurchased_loan where deal_id = ? and as_of_date = ?
"""


def stage_terms(
    connection: "DuckDBPyConnection", terms: Terms, text: str, period: Period, run: Run
) -> None:
    """Write the schema `deal` of the scratch database, one table for each kind of term, the words of the
    report's items and codes, and the run.

    `text` is the admitted text of the terms, from which the models of the month build them.
    """
    connection.execute("create schema deal")
    for name, (columns, rows) in deal_tables(terms, text, period, _say_code).items():
        _write(connection, f"deal.{name}", columns, rows)
    _write(connection, "deal.event", EVENT_COLUMNS, [
        (event.code, period_of(terms, event.since_month).collection_end_date,
         event.since_month == period.month, event.file_name, event.sha256, event.note)
        for event in run.events
    ])  # fmt: skip
    _write(connection, "deal.repurchase_notice", NOTICE_COLUMNS, _notice_rows(run.notice))
    _write(
        connection, "deal.custodian_statement", STATEMENT_COLUMNS, _statement_rows(run.statement)
    )
    _write(connection, "deal.row_decision", DECISION_COLUMNS, [
        (one.tape_sha256, one.row_number, one.loan_id, one.kind, one.by, one.why, one.decided_at,
         one.identity)
        for one in run.decisions
    ])  # fmt: skip
    connection.execute("create schema words")
    _write(connection, "words.item", ITEM_COLUMNS, load_words().item_rows())
    _write(connection, "words.code", CODE_COLUMNS, load_words().code_rows())
    connection.execute("create schema close")
    _write(connection, "close.run", RUN_COLUMNS, [_run_row(terms, period, run)])


def _say_code(column: str, value: str) -> Sentence:
    """A code of the tape in the words of the report."""
    return Sentence(*(load_words().name_code(column, value, language) for language in LANGUAGES))


def stage_last_month(
    connection: "DuckDBPyConnection", lake: "DuckDBPyConnection | None", period: Period
) -> None:
    """Copy last month's published rows of the deal into the schema `closed`; empty in the first month.

    Of a table carried `last_year`, the rows of the twelve months before; of one carried `by_target`, the
    rows of any earlier month that are about this one. Of a table that `has_history` the rows of every month
    before go to the schema `history`, too.
    This is the only way in which a month reads an earlier one.
    """
    connection.execute("create schema closed; create schema history")
    for table in published_tables():
        connection.execute(f"create table closed.{table.name} ({table.definition()})")
        if table.meta.get("has_history"):
            connection.execute(f"create table history.{table.name} ({table.definition()})")
    make_tables(connection)
    if period.is_first or lake is None:
        return
    filled = tables_with_rows(lake)
    for table in published_tables():
        if table.full_name not in filled:
            continue
        if table.meta.get("carried"):
            which, values = CARRIED[table.meta["carried"]], _carried_values(table, period)
            _copy_months(lake, connection, table, "closed", which, [period.deal_id, *values])
        if table.meta.get("has_history"):
            values = [period.deal_id, period.collection_end_date]
            _copy_months(lake, connection, table, "history", "as_of_date < ?", values)
    lay_last_tape(connection, lake, period)


def _copy_months(
    source: "DuckDBPyConnection",
    target: "DuckDBPyConnection",
    table: Table,
    schema: str,
    which: str,
    values: Sequence[Any],
) -> None:
    """The deal's rows of the table that meet a condition, into the schema of the scratch database."""
    columns = ", ".join(column.name for column in table.columns)
    query = f"select {columns} from lake.{table.full_name} where deal_id = ? and {which}"
    _copy_rows(source, target, f"{schema}.{table.name}", query, values)


# `carried` in a table's meta: which rows of earlier months a month reads.
CARRIED = {
    True: "strftime(as_of_date, '%Y-%m') = ?",
    "last_year": "as_of_date < ? and as_of_date >= ?",
    "by_target": "as_of_date < ? and target_date = ?",
}


def _carried_values(table: Table, period: Period) -> list[Any]:
    if table.meta["carried"] == "by_target":
        return [period.collection_end_date, period.collection_end_date]
    if table.meta["carried"] == "last_year":
        end = period.collection_end_date
        return [end, date(end.year - 1, end.month, 1)]
    return [previous_month(period.month)]


def stage_book(
    connection: "DuckDBPyConnection", lake: "DuckDBPyConnection | None", terms: Terms, run: Run
) -> None:
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
    connection.execute(BOOK_TABLES)
    insert_rows(connection, "deal.book_deal", [*others, own])
    if lake is None:
        return
    for other in run.seen:
        values = [other.deal_id, other.as_of_date]
        _copy_rows(lake, connection, "closed.owned_elsewhere", OWNED_ELSEWHERE, values)
        _copy_rows(lake, connection, "closed.repurchased_elsewhere", REPURCHASED_ELSEWHERE, values)


def _copy_rows(
    source: "DuckDBPyConnection",
    target: "DuckDBPyConnection",
    name: str,
    query: str,
    values: Sequence[Any],
) -> None:
    """Put what the lake answers to the query into the scratch table `name`."""
    # The table of Arrow rows is found by its name in the statement.
    lake_rows = source.execute(query, values).to_arrow_table()
    target.register("lake_rows", lake_rows)
    target.execute(f"insert into {name} select * from lake_rows")
    target.unregister("lake_rows")


def _write(
    connection: "DuckDBPyConnection",
    name: str,
    columns: Mapping[str, str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    definition = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create table {name} ({definition})")
    insert_rows(connection, name, rows)


def insert_rows(
    connection: "DuckDBPyConnection", name: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Put the rows into the table, some hundreds in one statement: one for each takes much longer."""
    for part in (rows[start : start + 500] for start in range(0, len(rows), 500)):
        values = ", ".join(f"({', '.join(map(literal, row))})" for row in part)
        connection.execute(f"insert into {name} values {values}")


EVENT_COLUMNS = {
    "event_code": "varchar",
    "since_date": "date",
    "is_new": "boolean",
    "evidence_file_name": "varchar",
    "evidence_sha256": "varchar",
    "event_note": "varchar",
}


NOTICE_COLUMNS = {
    "loan_id": "varchar",
    "reason": "varchar",
    "notice_sha256": "varchar",
    "list_file_name": "varchar",
    "evidence_file_name": "varchar",
    "evidence_sha256": "varchar",
}


def _notice_rows(notice: Notice | None) -> list[tuple[Any, ...]]:
    if notice is None:
        return []
    facts = (
        notice.sha256,
        notice.list_file_name,
        notice.evidence_file_name,
        notice.evidence_sha256,
    )
    return [(loan.loan_id, loan.reason, *facts) for loan in notice.loans]


STATEMENT_COLUMNS = {
    "account_code": "varchar",
    "opening_balance": MONEY,
    "inflow_amount": MONEY,
    "outflow_amount": MONEY,
    "closing_balance": MONEY,
    "statement_file_name": "varchar",
    "statement_sha256": "varchar",
}


def _statement_rows(statement: Statement | None) -> list[tuple[Any, ...]]:
    return [
        (stated.account_code, stated.opening_balance, stated.inflow, stated.outflow,
         stated.closing_balance, statement.file_name, statement.sha256)
        for stated in statement.accounts
    ] if statement else []  # fmt: skip


DECISION_COLUMNS = {
    "tape_sha256": "varchar",
    "row_number": "bigint",
    "loan_id": "varchar",
    "decision_code": "varchar",
    "decided_by": "varchar",
    "decision_reason": "varchar",
    "decided_at": "varchar",
    "decision_sha256": "varchar",
}


ITEM_COLUMNS = {
    "table_name": "varchar",
    "item_code": "varchar",
    "item_zh": "varchar",
    "item_en": "varchar",
}


CODE_COLUMNS = {
    "column_name": "varchar",
    "code": "varchar",
    "word_zh": "varchar",
    "word_en": "varchar",
    "word_number": "integer",
}


RUN_COLUMNS = {
    "deal_id": "varchar",
    "as_of_date": "date",
    "run_id": "varchar",
    "previous_run_id": "varchar",
    "period_number": "integer",
    "payment_date": "date",
    "currency_code": "varchar",
    "deal_name_zh": "varchar",
    "deal_name_en": "varchar",
    "tape_sha256": "varchar",
    "terms_sha256": "varchar",
    "code_version": "varchar",
    "scale": "integer",
    "is_synthetic": "boolean",
    "is_approval_needed": "boolean",
    "suppress_below_count": "integer",
}


def _run_row(terms: Terms, period: Period, run: Run) -> tuple[Any, ...]:
    return (
        run.deal_id,
        run.as_of_date,
        run.run_id,
        run.previous_run_id,
        period.period_number,
        period.payment_date,
        terms.currency,
        terms.name_zh,
        terms.name_en,
        run.tape_sha256,
        run.terms_sha256,
        run.code_version,
        run.scale,
        run.is_synthetic,
        terms.report.needs_approval,
        terms.report.suppress_below,
    )


VERDICT_COLUMNS = """
    deal_id varchar, as_of_date date, stop_code varchar, rule_id varchar, level_code varchar,
    outcome_code varchar, failing_count bigint, row_count bigint, words_zh varchar, words_en varchar,
    family_code varchar, failing_share decimal(9, 6), failing_change bigint, first_failing_keys varchar
"""
_WEIGHT = " ".join(f"when '{level}' then {weight}" for level, weight in WEIGHTS.items())
SCORE = f"""
    create or replace view close.delivery_score as
    select
        deal_id,
        as_of_date,
        count(*) as rule_count,
        count(*) filter (outcome_code = 'passed') as rule_passed_count,
        (
            sum(case level_code {_WEIGHT} end) filter (outcome_code = 'passed')
            / sum(case level_code {_WEIGHT} end)
        )::decimal(9, 6) as rule_passed_share
    from close.verdict
    where stop_code = 'tape'
    group by deal_id, as_of_date
"""


def stage_verdicts(connection: "DuckDBPyConnection", verdicts: Sequence[Verdict]) -> None:
    """Keep the verdicts on the month in `close.verdict`, and score its delivery by them."""
    connection.execute(f"create table if not exists close.verdict ({VERDICT_COLUMNS})")
    connection.execute(SCORE)
    period = connection.execute("select deal_id, as_of_date from deal.period").fetchone() or ()
    insert_rows(
        connection,
        "close.verdict",
        [
            (
                *period,
                verdict.stop_code,
                verdict.rule_id,
                verdict.level,
                verdict.outcome,
                verdict.failing_count,
                verdict.row_count,
                verdict.words_zh,
                verdict.words_en,
                verdict.family or None,
                verdict.failing_share,
                verdict.failing_change,
                ", ".join(verdict.keys) or None,
            )
            for verdict in verdicts
        ],
    )
