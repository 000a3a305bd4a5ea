-- One row per deal and month: the cash that the owned loans brought in, by kind.
with total as (
    select
        {{ money('sum(loan_month.scheduled_principal_paid)') }} as scheduled_principal_paid,
        {{ money('sum(loan_month.prepaid_principal_paid)') }} as prepaid_principal_paid,
        {{ money('sum(loan_month.overdue_principal_paid)') }} as overdue_principal_paid,
        {{ money('sum(loan_month.interest_paid)') }} as interest_paid,
        {{ money('sum(loan_month.fee_paid)') }} as fee_paid,
        {{ money('sum(loan_month.recovery_amount)') }} as recovery_amount
    from {{ ref('loan_month') }} as loan_month
),

taken_back as (
    select {{ money('sum(repurchase.price_amount)') }} as price_amount
    from {{ ref('repurchase') }} as repurchase
),

history as (
    select
        {{ money('max(collection.cumulative_interest_paid)') }} as interest_paid,
        {{ money('max(collection.cumulative_recovery_amount)') }} as recovery_amount
    from {{ source('closed', 'collection') }} as collection
)

select
    total.scheduled_principal_paid,
    total.prepaid_principal_paid,
    total.overdue_principal_paid,
    {{ money('total.scheduled_principal_paid
        + total.prepaid_principal_paid
        + total.overdue_principal_paid') }} as principal_paid,
    total.interest_paid,
    total.fee_paid,
    total.recovery_amount,
    taken_back.price_amount as repurchase_price_amount,
    {{ money('total.scheduled_principal_paid
        + total.prepaid_principal_paid
        + total.overdue_principal_paid
        + total.interest_paid
        + total.fee_paid
        + total.recovery_amount
        + taken_back.price_amount') }} as collected_amount,
    {{ money('history.interest_paid + total.interest_paid') }} as cumulative_interest_paid,
    {{ money('history.recovery_amount + total.recovery_amount') }} as cumulative_recovery_amount
from total
cross join taken_back
cross join history
