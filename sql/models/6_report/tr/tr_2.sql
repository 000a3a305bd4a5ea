-- One row: the reporting period and its dates (TR-2).
with day_count as (
    select string_agg(distinct note.day_count_code, ', ' order by note.day_count_code) as day_count_code
    from {{ source('deal', 'note') }} as note
    where note.annual_rate > 0
)

select
    period.period_number,
    period.year_period_number,
    period.collection_start_date,
    period.as_of_date as collection_end_date,
    period.accrual_start_date,
    period.accrual_end_date,
    period.report_date,
    period.payment_date,
    period.has_payment as is_paid_out,
    phase.phase_code,
    day_count.day_count_code
from {{ source('deal', 'period') }} as period
cross join {{ ref('phase') }} as phase
cross join day_count
