-- One row per collection period since the closing: the cumulative default rate on both denominators, the
-- serious overdue rate at its cut-off, and the trigger (TR-4-3).
with defaulted as (
    select * from {{ source('history', 'default_rate') }}
    union all
    select * from {{ ref('default_rate') }}
),

pool as (
    select * from {{ source('history', 'pool_balance') }}
    union all
    select * from {{ ref('pool_balance') }}
),

measured as (
    select
        defaulted.as_of_date,
        defaulted.cumulative_default_balance,
        -- The first month buys the initial pool at its end, and has not counted it yet.
        purchase.initial_pool_balance,
        defaulted.cumulative_purchased_balance,
        {{ divide('defaulted.cumulative_default_balance', 'purchase.initial_pool_balance') }}
            as rate_initial,
        {{ divide(
            'defaulted.cumulative_default_balance',
            'purchase.initial_pool_balance + defaulted.cumulative_purchased_balance',
        ) }} as rate_purchased,
        pool.serious_overdue_balance,
        {{ divide('pool.serious_overdue_balance', 'pool.closing_balance') }} as serious_overdue_rate
    from defaulted
    cross join {{ ref('purchase') }} as purchase
    left join pool on defaulted.as_of_date = pool.as_of_date
)

select
    (row_number() over (order by measured.as_of_date))::integer as line_number,
    (
        period.period_number
        - {{ months_between('measured.as_of_date', 'period.as_of_date') }}
    )::integer as period_number,
    measured.as_of_date as collection_end_date,
    measured.cumulative_default_balance,
    measured.initial_pool_balance,
    measured.cumulative_purchased_balance,
    case term.default_rate_denominator_code
        when 'initial_pool' then measured.rate_initial
        else measured.rate_purchased
    end as cumulative_default_rate,
    measured.rate_initial as cumulative_default_rate_initial,
    measured.rate_purchased as cumulative_default_rate_purchased,
    measured.serious_overdue_balance,
    measured.serious_overdue_rate,
    default_trigger.threshold_rate as trigger_threshold_rate,
    default_trigger.is_in_force as is_triggered
from measured
cross join {{ source('deal', 'period') }} as period
cross join {{ source('deal', 'term') }} as term
left join {{ ref('default_trigger') }} as default_trigger
    on measured.as_of_date = default_trigger.as_of_date
