-- One row: what moved of the originator's book in the collection period before the initial cut-off, as the
-- first tape has it, stated once (REG-4). What was owed at its start and what was paid out in it are unknown
-- where a loan has no date of origination; the month's defaults are, for one tape does not tell who was in
-- default before.
with book as (
    select
        count(*) as cohort_count,
        sum(cohort.undated_loan_count) = 0 as is_dated,
        sum(cohort.opening_balance) filter (where not cohort.is_new) as opening_balance,
        sum(cohort.opening_balance) filter (where cohort.is_new) as new_balance,
        sum(cohort.opening_balance) as moving_balance,
        {%- for amount in (
            'adjustment_amount', 'scheduled_principal_paid', 'overdue_principal_paid', 'outstanding_balance',
            'current_balance', 'overdue_1_30_balance', 'overdue_31_60_balance', 'overdue_61_90_balance',
            'overdue_over_90_balance', 'unknown_balance',
        ) %}
        sum(cohort.{{ amount }})::decimal(18, 2) as {{ amount }},
        {%- endfor %}
        case when count(cohort.prepaid_principal_paid) = count(*) then sum(cohort.prepaid_principal_paid) end
            as prepaid_principal_paid,
        case when count(cohort.write_off_amount) = count(*) then sum(cohort.write_off_amount) end
            as write_off_amount,
        case when count(cohort.recovery_amount) = count(*) then sum(cohort.recovery_amount) end
            as recovery_amount
    from {{ ref('book_cohort') }} as cohort
),

measured as (
    select
        book.*,
        {{ divide(
            'book.prepaid_principal_paid', 'book.moving_balance - book.scheduled_principal_paid', 12,
        ) }} as month_rate
    from book
    where book.cohort_count > 0
)

select
    period.collection_start_date,
    period.as_of_date as collection_end_date,
    case when measured.is_dated then coalesce(measured.opening_balance, 0) end::decimal(18, 2)
        as opening_balance,
    case when measured.is_dated then coalesce(measured.new_balance, 0) end::decimal(18, 2)
        as new_balance,
    measured.scheduled_principal_paid,
    measured.prepaid_principal_paid::decimal(18, 2) as prepaid_principal_paid,
    measured.overdue_principal_paid,
    measured.adjustment_amount,
    measured.write_off_amount::decimal(18, 2) as write_off_amount,
    measured.outstanding_balance,
    measured.recovery_amount::decimal(18, 2) as recovery_amount,
    null::decimal(18, 2) as new_default_balance,
    measured.month_rate::decimal(18, 6) as prepayment_rate,
    {{ annual_of_monthly('measured.month_rate') }} as annual_prepayment_rate,
    measured.current_balance,
    measured.overdue_1_30_balance,
    measured.overdue_31_60_balance,
    measured.overdue_61_90_balance,
    measured.overdue_over_90_balance,
    measured.unknown_balance as unknown_status_balance
from measured
cross join {{ source('deal', 'period') }} as period
