"""Lay the deal's terms, the month's dates and last month's figures beside the tape, for SQL to read."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deals.dates.calendar import Period, period_of, previous_month
from deals.terms.coupons import coupon
from deals.terms.deal import Terms
from flows.close.limits import limit_columns, limit_rows
from flows.close.month import Run
from flows.close.purchase_terms import purchase_tables
from flows.entries.notices import Notice
from flows.lake.connection import LakeError, columns_of, has_table, lake_exists, open_lake
from flows.lake.tables import Table, published_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MONEY = "decimal(18, 2)"
RATE = "decimal(9, 6)"


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
    connection: "DuckDBPyConnection", terms: Terms, period: Period, run: Run, deals_folder: Path
) -> None:
    """Write the schema `deal` of the scratch database: one table for each kind of term.

    `terms` are at the run's scale; amounts become DECIMAL(18,2) in the currency unit.
    """
    connection.execute("create schema deal")
    _write(
        connection, "deal.period", PERIOD_COLUMNS, [_period_row(terms, period, run, deals_folder)]
    )
    _write(connection, "deal.term", TERM_COLUMNS, [_term_row(terms)])
    _write(connection, "deal.note", NOTE_COLUMNS, [
        (number, note.code, note.name_zh, note.name_en, note.security_code, note.tranche_class,
         _money(note.notional_fen), coupon(terms, note, period.accrual_start_date), note.day_count,
         note.initial_rating_code, note.current_rating_code)
        for number, note in enumerate(terms.notes, start=1)
    ])  # fmt: skip
    _write(connection, "deal.fee", FEE_COLUMNS, [
        (number, fee.code, fee.name_zh, fee.name_en)
        for number, fee in enumerate(terms.fees, start=1)
    ])  # fmt: skip
    _write(connection, "deal.party", PARTY_COLUMNS, [
        (number, party.role_code, party.name_zh, party.name_en, party.address, party.contact)
        for number, party in enumerate(terms.parties, start=1)
    ])  # fmt: skip
    _write(connection, "deal.account", ACCOUNT_COLUMNS, [
        (number, account.code, account.name_zh, account.name_en)
        for number, account in enumerate(terms.accounts, start=1)
    ])  # fmt: skip
    _write(connection, "deal.trigger", TRIGGER_COLUMNS, [
        (trigger.code, trigger.metric, trigger.threshold(period.period_number))
        for trigger in terms.triggers
    ])  # fmt: skip
    for name, (columns, rows) in purchase_tables(terms, period).items():
        _write(connection, name, columns, rows)
    _write(connection, "deal.event", EVENT_COLUMNS, [
        (event.code, period_of(terms, event.since_month).collection_end_date,
         event.since_month == period.month, event.file_name, event.sha256, event.note)
        for event in run.events
    ])  # fmt: skip
    _write(connection, "deal.eligibility", limit_columns(), limit_rows(terms, period))
    _write(connection, "deal.warranty", WARRANTY_COLUMNS, [
        (list(terms.warranty.criteria), terms.warranty.price) for _ in (1,) if terms.warranty
    ])  # fmt: skip
    _write(connection, "deal.repurchase_notice", NOTICE_COLUMNS, _notice_rows(run.notice))
    connection.execute("create schema close")
    _write(connection, "close.run", RUN_COLUMNS, [_run_row(terms, period, run)])


def stage_last_month(
    connection: "DuckDBPyConnection", lake: Path, terms: Terms, period: Period
) -> None:
    """Copy last month's published rows of the deal into the schema `closed`; empty in the first month.

    Of a table carried `by_target`, the rows of any earlier month that are about this one.
    This is the only way in which a month reads an earlier one.
    """
    connection.execute("create schema closed")
    for table in published_tables():
        connection.execute(f"create table closed.{table.name} ({table.definition()})")
    if period.is_first or not lake_exists(lake):
        return
    with open_lake(lake) as source:
        for table in published_tables():
            if table.meta.get("carried") and has_table(source, table.full_name):
                _copy_last_month(source, connection, table, period)


def _copy_last_month(
    source: "DuckDBPyConnection", target: "DuckDBPyConnection", table: Table, period: Period
) -> None:
    known = columns_of(source, "lake", table)
    missing = [column.name for column in table.columns if column.name not in known]
    if missing:
        raise LakeError(
            f"{period.deal_id} {period.month}: table {table.full_name} of the lake has no "
            f"{', '.join(missing)}, for {previous_month(period.month)} was closed by an earlier release; "
            "close the deal again from its first month, each with --restate"
        )
    columns = ", ".join(column.name for column in table.columns)
    _copy_rows(
        source,
        target,
        f"closed.{table.name}",
        f"select {columns} from lake.{table.full_name} "
        f"where deal_id = ? and {CARRIED[table.meta['carried']]}",
        [period.deal_id, *_carried_values(table, period)],
    )


# `carried` in a table's meta: which rows of earlier months a month reads.
CARRIED = {
    True: "strftime(as_of_date, '%Y-%m') = ?",
    "by_target": "as_of_date < ? and target_date = ?",
}


def _carried_values(table: Table, period: Period) -> list[Any]:
    if table.meta["carried"] == "by_target":
        return [period.collection_end_date, period.collection_end_date]
    return [previous_month(period.month)]


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
    connection.execute(BOOK_TABLES)
    connection.executemany("insert into deal.book_deal values (?, ?, ?, ?, ?)", [*others, own])
    if not run.seen:
        return
    with open_lake(lake) as source:
        for other in run.seen:
            values = [other.deal_id, other.as_of_date]
            _copy_rows(source, connection, "closed.owned_elsewhere", OWNED_ELSEWHERE, values)
            if has_table(source, "pool.repurchased_loan"):
                _copy_rows(
                    source,
                    connection,
                    "closed.repurchased_elsewhere",
                    REPURCHASED_ELSEWHERE,
                    values,
                )


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
    if rows:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into {name} values ({marks})", rows)


def _money(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


PERIOD_COLUMNS = {
    "deal_id": "varchar not null",
    "as_of_date": "date not null",
    "month": "varchar not null",
    "period_number": "integer not null",
    "collection_start_date": "date",
    "accrual_start_date": "date",
    "accrual_end_date": "date",
    "report_date": "date",
    "payment_date": "date",
    "scheduled_phase_code": "varchar",
    "expected_maturity_date": "date",
    "legal_final_date": "date",
    "is_first": "boolean",
    "is_expected_maturity": "boolean",
    "is_legal_final": "boolean",
    "scale": "integer",
    "deals_folder": "varchar",
}


def _period_row(terms: Terms, period: Period, run: Run, deals_folder: Path) -> tuple[Any, ...]:
    return (
        period.deal_id,
        period.collection_end_date,
        period.month,
        period.period_number,
        period.collection_start_date,
        period.accrual_start_date,
        period.accrual_end_date,
        period.report_date,
        period.payment_date,
        period.scheduled_phase,
        period.expected_maturity_date,
        terms.dates.legal_final_date,
        period.is_first,
        period.is_expected_maturity,
        period.is_legal_final,
        run.scale,
        str(deals_folder),
    )


TERM_COLUMNS = {
    "initial_pool_code": "varchar",
    "initial_cut_off_date": "date",
    "max_purchase_amount": MONEY,
    "overdue_days_past_due": "integer",
    "serious_overdue_days_past_due": "integer",
    "default_days_past_due": "integer",
    "default_rate_denominator_code": "varchar",
    "unreported_loan_code": "varchar",
    "max_unreported_share": RATE,
    "has_forecast": "boolean",
}


def _term_row(terms: Terms) -> tuple[Any, ...]:
    most = terms.purchase.max_amount_fen if terms.purchase else None
    return (
        terms.structure.initial_pool,
        terms.dates.initial_cut_off_date,
        None if most is None else _money(most),
        terms.default.overdue_days_past_due,
        terms.default.serious_overdue_days_past_due,
        terms.default.days_past_due,
        terms.default.rate_denominator,
        terms.default.unreported_loan,
        terms.default.max_unreported_share,
        terms.forecast is not None,
    )


NOTE_COLUMNS = {
    "line_number": "integer",
    "note_code": "varchar",
    "note_name_zh": "varchar",
    "note_name_en": "varchar",
    "security_code": "varchar",
    "tranche_class_code": "varchar",
    "notional_amount": MONEY,
    "annual_rate": RATE,
    "day_count_code": "varchar",
    "initial_rating_code": "varchar",
    "current_rating_code": "varchar",
}
FEE_COLUMNS = {
    "line_number": "integer",
    "fee_code": "varchar",
    "fee_name_zh": "varchar",
    "fee_name_en": "varchar",
}
PARTY_COLUMNS = {
    "line_number": "integer",
    "role_code": "varchar",
    "party_name_zh": "varchar",
    "party_name_en": "varchar",
    "party_address": "varchar",
    "party_contact": "varchar",
}
ACCOUNT_COLUMNS = {
    "line_number": "integer",
    "account_code": "varchar",
    "account_name_zh": "varchar",
    "account_name_en": "varchar",
}
TRIGGER_COLUMNS = {
    "trigger_code": "varchar",
    "metric_code": "varchar",
    "threshold_rate": "decimal(18, 6)",
}
EVENT_COLUMNS = {
    "event_code": "varchar",
    "since_date": "date",
    "is_new": "boolean",
    "evidence_file_name": "varchar",
    "evidence_sha256": "varchar",
    "event_note": "varchar",
}


WARRANTY_COLUMNS = {"criterion_codes": "varchar[]", "price_code": "varchar"}
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
    )
