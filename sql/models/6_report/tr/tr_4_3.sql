-- One row: the cumulative default rate on both denominators, and its trigger (TR-4-3).
with default_trigger as (
    select
        trigger.trigger_code,
        trigger.threshold_rate
    from {{ source('deal', 'trigger') }} as trigger
    where trigger.metric_code in ('cumulative_default_rate', 'cumulative_default_rate_initial')
    -- Of several thresholds, the one that is met first.
    order by trigger.threshold_rate, trigger.trigger_code
    limit 1
)

select
    period.period_number,
    default_rate.cumulative_default_balance,
    purchase.initial_pool_balance,
    default_rate.cumulative_purchased_balance,
    coalesce(default_rate.cumulative_default_rate, 0)::decimal(18, 6) as cumulative_default_rate,
    coalesce(default_rate.cumulative_default_rate_initial, 0)::decimal(18, 6)
        as cumulative_default_rate_initial,
    default_trigger.threshold_rate as trigger_threshold_rate,
    trigger_test.is_in_force as is_triggered
from {{ ref('default_rate') }} as default_rate
cross join {{ ref('purchase') }} as purchase
cross join {{ source('deal', 'period') }} as period
left join default_trigger on true
left join {{ ref('trigger_test') }} as trigger_test
    on default_trigger.trigger_code = trigger_test.trigger_code
