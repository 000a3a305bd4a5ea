-- One row per collection period since the closing that the lake has: the dynamic pool (DP-1).
with month as (
    select * from {{ source('history', 'pool_month') }}
    union all
    select * from {{ ref('pool_month') }}
)

select
    (row_number() over (order by month.as_of_date))::integer as line_number,
    (
        period.period_number
        - {{ months_between('month.as_of_date', 'period.as_of_date') }}
    )::integer as period_number,
    month.as_of_date as collection_end_date,
    month.* exclude (deal_id, as_of_date)
from month
cross join {{ source('deal', 'period') }} as period
