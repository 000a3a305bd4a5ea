-- One row per trigger of the deal and month: the metric at the cut-off against the threshold in force, and
-- from which payment date its effect holds. At the closing nothing is tested.
with test as (
    select unnest(cut_off.trigger_test, recursive := true)
    from {{ ref('cut_off') }} as cut_off
)

select
    test.line_number,
    test.trigger_code,
    test.clause_name,
    test.metric_code,
    test.event_code,
    test.breached_when_code,
    test.metric_rate,
    test.threshold_rate,
    test.is_breached,
    test.breached_since_number,
    test.breached_since_date,
    test.effect_code,
    test.is_in_force,
    test.is_cured,
    test.acts_code,
    test.acts_from_date,
    test.is_acting
from test
