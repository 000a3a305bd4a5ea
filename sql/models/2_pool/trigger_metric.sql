-- One row per metric that a trigger may read, deal and month: numerator over denominator at the cut-off, of
-- which means of months are made. None at the closing.
with metric as (
    select unnest(cut_off.trigger_metric, recursive := true)
    from {{ ref('cut_off') }} as cut_off
)

select
    metric.metric_code,
    metric.numerator_amount,
    metric.denominator_amount,
    metric.metric_rate
from metric
