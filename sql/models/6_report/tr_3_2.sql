-- One row per note: principal and interest paid on this payment date (TR-3-2).
-- before - paid = after; per 100 is the amount over a hundredth of the notional.
with short as (
    select
        payment.target_code as note_code,
        sum(payment.shortfall_amount) as shortfall_amount
    from {{ ref('payment') }} as payment
    where payment.kind_code in ('interest', 'principal')
    group by payment.target_code
),

paid as (
    select
        note.line_number,
        note.note_code,
        note.notional_amount,
        note.annual_rate,
        {{ money('balance.opening_balance + balance.issued_amount') }} as opening_balance,
        balance.principal_paid,
        {{ money('balance.opening_interest_unpaid + balance.interest_accrued') }} as interest_due,
        balance.interest_paid,
        balance.closing_balance,
        balance.closing_interest_unpaid,
        balance.cumulative_principal_paid,
        coalesce(short.shortfall_amount, 0) = 0 as is_paid_in_full
    from {{ ref('note_balance') }} as balance
    inner join {{ source('deal', 'note') }} as note on balance.note_code = note.note_code
    left join short on balance.note_code = short.note_code
)

select
    period.deal_id,
    period.as_of_date,
    paid.line_number,
    paid.note_code,
    paid.notional_amount,
    paid.opening_balance,
    {{ divide('paid.opening_balance * 100', 'paid.notional_amount') }} as opening_balance_per_100,
    paid.principal_paid,
    {{ divide('paid.principal_paid * 100', 'paid.notional_amount') }} as principal_paid_per_100,
    paid.annual_rate,
    paid.interest_due,
    paid.interest_paid,
    {{ divide('paid.interest_paid * 100', 'paid.notional_amount') }} as interest_paid_per_100,
    {{ money('paid.principal_paid + paid.interest_paid') }} as total_paid,
    paid.closing_balance,
    {{ divide('paid.closing_balance * 100', 'paid.notional_amount') }} as closing_balance_per_100,
    paid.cumulative_principal_paid,
    paid.is_paid_in_full,
    paid.closing_interest_unpaid > 0 as is_interest_deferred,
    case
        when period.is_legal_final then paid.closing_balance
        else 0::decimal(18, 2)
    end as principal_loss_amount
from paid
cross join {{ source('deal', 'period') }} as period
