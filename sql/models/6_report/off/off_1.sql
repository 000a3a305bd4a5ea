-- One row per statistic of the initial pool, stated once (OFF-1). Weights are the outstanding balances;
-- `value` is in the unit that the row says.
select
    pool_feature.line_number,
    pool_feature.block_code,
    pool_feature.feature_code,
    pool_feature.unit_code,
    pool_feature.feature_value
from {{ ref('pool_feature') }} as pool_feature
cross join {{ source('deal', 'period') }} as period
where pool_feature.scope_code = 'initial' and period.is_first
