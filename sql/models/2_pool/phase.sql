-- One row per deal and month: the phase that this payment date is in. Revolving ends on schedule or by a
-- trigger tested at this cut-off, and does not come back.
with revolving_end as (
    select count(*) > 0 as is_triggered
    from {{ ref('trigger_test') }} as trigger_test
    where trigger_test.is_triggered and trigger_test.effect_code = 'end_revolving'
),

last_month as (
    select coalesce(bool_or(phase.phase_code = 'allocation'), false) as is_allocation
    from {{ source('closed', 'phase') }} as phase
),

decided as (
    select
        period.deal_id,
        period.as_of_date,
        period.scheduled_phase_code,
        case
            when
                period.scheduled_phase_code = 'revolving'
                and (revolving_end.is_triggered or last_month.is_allocation)
                then 'allocation'
            else period.scheduled_phase_code
        end as phase_code
    from {{ source('deal', 'period') }} as period
    cross join revolving_end
    cross join last_month
)

select
    decided.deal_id,
    decided.as_of_date,
    decided.scheduled_phase_code,
    decided.phase_code,
    decided.phase_code in ('closing', 'revolving') as has_purchase
from decided
