"""Loans that defaulted have a table of their own, which the next month reads: filled from the months."""

from collections.abc import Sequence

from flows.lake.upgrade.change import Change, Known, Step

TABLE = "pool.defaulted_loan"
COLUMNS = {
    "deal_id": "varchar",
    "as_of_date": "date",
    "loan_id": "varchar",
    "entry_batch": "integer",
    "default_date": "date",
    "default_balance": "decimal(18, 2)",
    "recovered_amount": "decimal(18, 2)",
    "outstanding_balance": "decimal(18, 2)",
    "disposal_code": "varchar",
}
# Of every month the loans that had defaulted by then, as the months up to it left them.
FILL = """
    insert into lake.pool.defaulted_loan
    with loan as (
        select * from lake.pool.loan_month where is_defaulted
    ),
    defaulted as (
        select deal_id, loan_id, entry_batch, as_of_date as default_date, default_balance
        from loan where is_new_default
    ),
    standing as (
        select
            run.deal_id, run.as_of_date, defaulted.loan_id, defaulted.entry_batch,
            defaulted.default_date, defaulted.default_balance,
            sum(
                loan.recovery_amount
                + case when loan.is_new_default then 0
                    else loan.scheduled_principal_paid + loan.prepaid_principal_paid
                        + loan.overdue_principal_paid + loan.interest_paid + loan.fee_paid
                end
            )::decimal(18, 2) as recovered_amount,
            arg_max(loan.closing_balance, loan.as_of_date) as outstanding_balance,
            arg_max(loan.status_code, loan.as_of_date) as status_code,
            arg_max(loan.is_written_off, loan.as_of_date) as is_written_off
        from lake.close.run as run
        join defaulted
            on run.deal_id = defaulted.deal_id and defaulted.default_date <= run.as_of_date
        join loan
            on defaulted.deal_id = loan.deal_id and defaulted.loan_id = loan.loan_id
            and defaulted.entry_batch = loan.entry_batch
            and loan.as_of_date between defaulted.default_date and run.as_of_date
        group by run.deal_id, run.as_of_date, defaulted.loan_id, defaulted.entry_batch,
            defaulted.default_date, defaulted.default_balance
    )
    select
        deal_id, as_of_date, loan_id, entry_batch, default_date, default_balance, recovered_amount,
        outstanding_balance,
        case
            when status_code = 'repurchased' then 'repurchased'
            when is_written_off and recovered_amount > 0 then 'written_off_recovering'
            when is_written_off then 'written_off'
            when status_code in ('settled', 'unknown') then status_code
            when status_code = 'current' then 'cured'
            when recovered_amount > 0 then 'collecting'
            else 'not_disposed'
        end
    from standing
"""


def _changes(known: Known) -> Sequence[Change]:
    if TABLE in known:
        return []
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    statements = (
        "create schema if not exists lake.pool",
        f"create table lake.{TABLE} ({columns})",
        f"alter table lake.{TABLE} set partitioned by (deal_id, as_of_date)",
        FILL,
    )
    words = "the table is made, and filled from pool.loan_month"
    return [Change(TABLE, words, statements, adds=frozenset(COLUMNS))]


STEP = Step(6, "loans that defaulted have a table of their own", _changes)
