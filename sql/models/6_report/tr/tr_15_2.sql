-- One row per trigger: its test at the cut-off, since when it is in force, and from which payment date its
-- effect holds (TR-15). A metric is the mean of `average_months` cut-offs. An event has no rate: it happened
-- or not.
select
    trigger_test.line_number,
    trigger_test.trigger_code,
    trigger_test.clause_name,
    trigger_test.metric_code,
    nullif(trigger_test.event_code, '') as event_code,
    case when trigger_test.metric_code != 'event' then terms.average_months end as average_months,
    case when trigger_test.metric_code != 'event' then trigger_test.metric_rate end as metric_rate,
    case when trigger_test.metric_code != 'event' then trigger_test.breached_when_code end
        as breached_when_code,
    case when trigger_test.metric_code != 'event' then trigger_test.threshold_rate end
        as threshold_rate,
    trigger_test.is_breached,
    trigger_test.breached_since_date,
    trigger_test.is_cured,
    trigger_test.effect_code,
    trigger_test.acts_from_date,
    trigger_test.is_acting
from {{ ref('trigger_test') }} as trigger_test
inner join {{ source('deal', 'trigger') }} as terms
    on trigger_test.trigger_code = terms.trigger_code
