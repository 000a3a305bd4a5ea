-- One row per event that the month itself tells: the phase changed, a trigger was breached, acts or is
-- cured, the clean-up call may be made.
select
    1 as place,
    'phase_' || phase.phase_code as event_code,
    phase.as_of_date as since_date,
    null as metric_code,
    null as effect_code
from {{ ref('phase') }} as phase
inner join {{ source('closed', 'phase') }} as last_month on phase.phase_code != last_month.phase_code
-- The first payment date after the closing begins what was planned.
where last_month.phase_code != 'closing' or phase.phase_code != phase.scheduled_phase_code
union all
select
    2 as place,
    state.event_code,
    coalesce(trigger_test.breached_since_date, trigger_test.as_of_date) as since_date,
    trigger_test.metric_code,
    trigger_test.effect_code
from {{ ref('trigger_test') }} as trigger_test
cross join
    lateral (
        values
        (
            'trigger_breached',
            trigger_test.is_in_force and trigger_test.breached_since_date = trigger_test.as_of_date
        ),
        ('trigger_acts', trigger_test.is_acting),
        ('trigger_cured', trigger_test.is_cured)
    ) as state (event_code, is_so)
where state.is_so
union all
select
    3 as place,
    'clean_up_call_allowed' as event_code,
    phase.as_of_date as since_date,
    null as metric_code,
    null as effect_code
from {{ ref('phase') }} as phase
where phase.is_call_allowed and not phase.is_clean_up_called
