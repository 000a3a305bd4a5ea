-- One row per trigger that ends the continued purchase when it acts: its value at the cut-off against the
-- threshold, and what came of it (PP-5). None of a deal that buys nothing, nor at the closing, where nothing
-- is tested.
select
    (row_number() over (order by trigger_test.line_number))::integer as line_number,
    trigger_test.trigger_code,
    trigger_test.clause_name,
    trigger_test.metric_code,
    nullif(trigger_test.event_code, '') as event_code,
    case when trigger_test.metric_code != 'event' then trigger_test.metric_rate end as metric_rate,
    case when trigger_test.metric_code != 'event' then trigger_test.breached_when_code end
        as breached_when_code,
    case when trigger_test.metric_code != 'event' then trigger_test.threshold_rate end
        as threshold_rate,
    case
        when trigger_test.is_acting then 'ended'
        when phase.scheduled_phase_code = 'allocation' then 'over'
        when trigger_test.is_in_force then 'ends_next'
        when trigger_test.is_cured then 'cured'
        else 'goes_on'
    end as early_end_code
from {{ ref('trigger_test') }} as trigger_test
cross join {{ ref('phase') }} as phase
cross join {{ source('deal', 'term') }} as term
where
    term.has_continued_purchase
    and trigger_test.effect_code in ('end_revolving', 'accelerate', 'default')
