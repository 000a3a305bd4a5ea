-- One row per deal and month: how the pool's balance moved through the collection period, before this
-- payment date's purchase. The initial pool of a static deal is bought at the opening.
select
    {{ money('sum(loan_month.opening_balance)') }} as opening_balance,
    {{ money('sum(loan_month.adjustment_amount)') }} as adjustment_amount,
    {{ money('sum(
        loan_month.scheduled_principal_paid
        + loan_month.prepaid_principal_paid
        + loan_month.overdue_principal_paid
    )') }} as principal_paid,
    {{ money('sum(loan_month.write_off_amount)') }} as write_off_amount,
    {{ money('sum(loan_month.repurchase_amount)') }} as repurchase_amount,
    {{ money('sum(loan_month.closing_balance)') }} as closing_balance,
    count(*) filter (where loan_month.opening_balance > 0) as opening_loan_count,
    count(*) filter (where loan_month.closing_balance > 0) as loan_count,
    {{ money('sum(loan_month.opening_balance) filter (where loan_month.is_unreported)') }}
        as unreported_balance,
    -- Unknown is not a pass: a loan whose days are unknown counts with those that are late.
    {{ money('sum(loan_month.closing_balance) filter (
        where coalesce(loan_month.days_past_due > term.overdue_days_past_due, true)
    )') }} as overdue_balance,
    {{ money('sum(loan_month.closing_balance) filter (
        where coalesce(loan_month.days_past_due > term.serious_overdue_days_past_due, true)
    )') }} as serious_overdue_balance,
    any_value(term.max_unreported_share) as max_unreported_share
from {{ source('deal', 'term') }} as term
left join {{ ref('loan_month') }} as loan_month on true
