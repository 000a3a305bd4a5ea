-- One row: the pool after the purchase and the cash in the accounts, against the notes.
with cash as (
    select {{ money('sum(account_balance.closing_balance)') }} as amount
    from {{ ref('account_balance') }} as account_balance
),

pool as (
    select {{ money('sum(pool_loan.outstanding_balance)') }} as balance
    from {{ ref('pool_loan') }} as pool_loan
)

select
    any_value(pool.balance) as pool_balance,
    any_value(cash.amount) as cash_amount,
    {{ money('any_value(pool.balance) + any_value(cash.amount)') }} as asset_amount,
    {{ money('sum(note.closing_balance)') }} as note_balance,
    {{ money("sum(note.closing_balance) filter (where note.tranche_class_code != 'equity')") }}
        as rated_balance
from {{ ref('ranked_note') }} as note
cross join pool
cross join cash
