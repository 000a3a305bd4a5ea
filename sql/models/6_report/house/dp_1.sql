-- One row per collection period since the closing that the lake has: the dynamic pool (DP-1).
with pool_month as (
    select * from {{ source('history', 'pool_month') }}
    union all
    select * from {{ ref('pool_month') }}
)

select
    (row_number() over (order by pool_month.as_of_date))::integer as line_number,
    (
        period.period_number
        - {{ months_between('pool_month.as_of_date', 'period.as_of_date') }}
    )::integer as period_number,
    pool_month.as_of_date as collection_end_date,
    pool_month.opening_balance,
    pool_month.notes_opening_balance,
    pool_month.payment_rate,
    pool_month.prepayment_rate,
    pool_month.annual_prepayment_rate,
    pool_month.month_default_rate,
    pool_month.annual_default_rate,
    pool_month.loss_severity_rate,
    pool_month.yield_rate,
    pool_month.excess_spread_rate,
    pool_month.turnover_ratio,
    pool_month.pool_remaining_months,
    pool_month.notes_remaining_months,
    pool_month.duration_gap_months
from pool_month
cross join {{ source('deal', 'period') }} as period
