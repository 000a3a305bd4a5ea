-- One row per statistic of what this month's purchase brought into the pool, and of the pool after it,
-- against the initial pool (PP-3).
select
    purchased.line_number,
    purchased.block_code,
    purchased.feature_code,
    purchased.unit_code,
    initial.feature_value as initial_value,
    purchased.feature_value as purchased_value,
    pool.feature_value as pool_value
from {{ ref('pool_feature') }} as purchased
inner join {{ ref('pool_feature') }} as pool
    on purchased.feature_code = pool.feature_code and pool.scope_code = 'pool'
left join {{ ref('pool_feature') }} as initial
    on purchased.feature_code = initial.feature_code and initial.scope_code = 'initial'
where purchased.scope_code = 'purchased'
