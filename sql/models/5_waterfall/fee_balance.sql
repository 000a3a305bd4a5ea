-- One row per tax or fee and month: opening unpaid + accrued - paid = closing unpaid.
with paid as (
    select
        payment.target_code as fee_code,
        {{ money('sum(payment.due_amount)') }} as due_amount,
        {{ money('sum(payment.paid_amount)') }} as paid_amount
    from {{ ref('payment') }} as payment
    where payment.kind_code = 'fee'
    group by payment.target_code
),

moved as (
    select
        fee.fee_code,
        fee.line_number,
        coalesce(last_month.closing_unpaid, 0) as opening_unpaid,
        coalesce(paid.due_amount - coalesce(last_month.closing_unpaid, 0), 0) as accrued_amount,
        coalesce(paid.paid_amount, 0) as paid_amount
    from {{ source('deal', 'fee') }} as fee
    left join {{ source('closed', 'fee_balance') }} as last_month
        on fee.fee_code = last_month.fee_code
    left join paid on fee.fee_code = paid.fee_code
)

select
    period.deal_id,
    period.as_of_date,
    moved.line_number,
    moved.fee_code,
    {{ money('moved.opening_unpaid') }} as opening_unpaid,
    {{ money('moved.accrued_amount') }} as accrued_amount,
    {{ money('moved.paid_amount') }} as paid_amount,
    {{ money('moved.opening_unpaid + moved.accrued_amount - moved.paid_amount') }} as closing_unpaid
from moved
cross join {{ source('deal', 'period') }} as period
