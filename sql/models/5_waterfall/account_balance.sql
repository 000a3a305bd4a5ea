-- One row per account and month: opening + in + support - out = closing.
with paid as (
    select
        {{ money('sum(payment.paid_amount)') }} as paid_amount,
        {{ money('sum(payment.supported_amount)') }} as supported_amount
    from {{ ref('payment') }} as payment
    where payment.account_code = 'collection'
),

last_month as (
    select {{ money('max(account_balance.closing_balance)') }} as closing_balance
    from {{ source('closed', 'account_balance') }} as account_balance
    where account_balance.account_code = 'collection'
),

issued as (
    select {{ money('sum(note_balance.issued_amount)') }} as issued_amount
    from {{ ref('note_balance') }} as note_balance
)

select
    period.deal_id,
    period.as_of_date,
    'collection' as account_code,
    last_month.closing_balance as opening_balance,
    {{ money('issued.issued_amount + collection.collected_amount') }} as inflow_amount,
    paid.supported_amount as support_amount,
    paid.paid_amount as outflow_amount,
    {{ money('
        last_month.closing_balance
        + issued.issued_amount
        + collection.collected_amount
        + paid.supported_amount
        - paid.paid_amount
    ') }} as closing_balance
from {{ source('deal', 'period') }} as period
cross join {{ ref('collection') }} as collection
cross join paid
cross join last_month
cross join issued
