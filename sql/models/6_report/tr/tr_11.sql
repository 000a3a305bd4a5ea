-- One row per statistic of the pool after the purchase, against the last report (TR-11).
-- Weights are the outstanding balances; `value` is in the unit that the row says. Adjustments of the period,
-- by kind, and loans held at their last balance follow where there were any.
with feature as (
    select
        pool_feature.line_number,
        pool_feature.block_code,
        pool_feature.feature_code,
        pool_feature.unit_code,
        pool_feature.feature_value as amount
    from {{ ref('pool_feature') }} as pool_feature
    where pool_feature.scope_code = 'pool'
    union all
    select * from {{ ref('moved_statistic') }}
)

select
    feature.line_number,
    feature.block_code,
    feature.feature_code,
    feature.unit_code,
    last_month.current_value as previous_value,
    feature.amount as current_value
from feature
left join {{ source('closed', 'tr_11') }} as last_month
    on feature.feature_code = last_month.feature_code
