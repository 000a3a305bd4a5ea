-- One row per note and month: opening + issued - principal paid = closing, and the same for its interest.
with paid as (
    select
        payment.target_code as note_code,
        {{ money("sum(payment.paid_amount) filter (where payment.kind_code = 'principal')") }}
            as principal_paid,
        {{ money("sum(payment.due_amount) filter (where payment.kind_code = 'interest')") }}
            as interest_due,
        {{ money("sum(payment.paid_amount) filter (where payment.kind_code = 'interest')") }}
            as interest_paid,
        count(*) filter (where payment.kind_code = 'interest') > 0 as has_interest_step
    from {{ ref('payment') }} as payment
    where payment.kind_code in ('principal', 'interest')
    group by payment.target_code
),

moved as (
    select
        note.note_code,
        note.line_number,
        coalesce(last_month.closing_balance, 0) as opening_balance,
        case when period.is_first then note.notional_amount else 0 end as issued_amount,
        coalesce(paid.principal_paid, 0) as principal_paid,
        coalesce(last_month.closing_interest_unpaid, 0) as opening_interest_unpaid,
        coalesce(last_month.cumulative_principal_paid, 0) as opening_principal_paid,
        case
            when paid.has_interest_step
                then paid.interest_due - coalesce(last_month.closing_interest_unpaid, 0)
            else 0
        end as interest_accrued,
        coalesce(paid.interest_paid, 0) as interest_paid,
        period.deal_id,
        period.as_of_date
    from {{ source('deal', 'note') }} as note
    cross join {{ source('deal', 'period') }} as period
    left join {{ source('closed', 'note_balance') }} as last_month
        on note.note_code = last_month.note_code
    left join paid on note.note_code = paid.note_code
)

select
    moved.deal_id,
    moved.as_of_date,
    moved.line_number,
    moved.note_code,
    {{ money('moved.opening_balance') }} as opening_balance,
    {{ money('moved.issued_amount') }} as issued_amount,
    {{ money('moved.principal_paid') }} as principal_paid,
    {{ money('moved.opening_balance + moved.issued_amount - moved.principal_paid') }} as closing_balance,
    {{ money('moved.opening_interest_unpaid') }} as opening_interest_unpaid,
    {{ money('moved.interest_accrued') }} as interest_accrued,
    {{ money('moved.interest_paid') }} as interest_paid,
    {{ money('moved.opening_interest_unpaid + moved.interest_accrued - moved.interest_paid') }}
        as closing_interest_unpaid,
    {{ money('moved.opening_principal_paid + moved.principal_paid') }} as cumulative_principal_paid
from moved
