-- One row per month of origination of the loans of the originator's book at the initial cut-off, as the first
-- tape has them, stated once (REG-3): its rates. Those of what is overdue are over the balance, and unknown
-- where a status is. What defaulted in all of a month's loans one tape does not tell.
with cohort as (
    select
        book.*,
        {{ divide(
            'book.prepaid_principal_paid',
            'book.opening_balance - book.scheduled_principal_paid',
            12,
        ) }} as month_rate,
        book.unknown_balance = 0 as is_told
    from {{ ref('book_cohort') }} as book
)

select
    (row_number() over (order by cohort.origination_month nulls last))::integer as line_number,
    cohort.origination_month,
    period.as_of_date as collection_end_date,
    cohort.months_on_book,
    cohort.loan_count,
    cohort.outstanding_balance,
    case
        when cohort.is_told
            then
                {{ divide(
                    'cohort.overdue_31_60_balance + cohort.overdue_61_90_balance
                    + cohort.overdue_over_90_balance',
                    'cohort.outstanding_balance',
                ) }}
    end as overdue_30_share,
    case
        when cohort.is_told
            then
                {{ divide(
                    'cohort.overdue_61_90_balance + cohort.overdue_over_90_balance',
                    'cohort.outstanding_balance',
                ) }}
    end as overdue_60_share,
    case
        when cohort.is_told
            then {{ divide('cohort.overdue_over_90_balance', 'cohort.outstanding_balance') }}
    end as overdue_90_share,
    cohort.month_rate::decimal(18, 6) as prepayment_rate,
    {{ annual_of_monthly('cohort.month_rate') }} as annual_prepayment_rate,
    null::decimal(18, 6) as cumulative_default_rate
from cohort
cross join {{ source('deal', 'period') }} as period
