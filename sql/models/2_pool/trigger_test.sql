-- One row per trigger of the deal and month: the metric at the cut-off against its threshold.
with metric as (
    select
        'cumulative_default_rate' as metric_code,
        default_rate.cumulative_default_rate as metric_rate
    from {{ ref('default_rate') }} as default_rate
)

select
    period.deal_id,
    period.as_of_date,
    trigger.trigger_code,
    trigger.metric_code,
    trigger.effect_code,
    coalesce(metric.metric_rate, 0)::decimal(18, 6) as metric_rate,
    trigger.threshold_rate,
    coalesce(metric.metric_rate > trigger.threshold_rate, false) as is_triggered
from {{ source('deal', 'trigger') }} as trigger
inner join metric on trigger.metric_code = metric.metric_code
cross join {{ source('deal', 'period') }} as period
