-- One row per trigger: what it waits for, its threshold and from when each holds, what follows and whether it
-- ends again, stated once (OFF-6).
select
    trigger_term.line_number,
    trigger_term.clause_name,
    trigger_term.event_zh,
    trigger_term.event_en,
    trigger_term.definition_zh,
    trigger_term.definition_en,
    trigger_term.threshold_zh,
    trigger_term.threshold_en,
    trigger_term.effect_code,
    trigger_term.acts_code,
    trigger_term.is_curable
from {{ source('deal', 'trigger_term') }} as trigger_term
cross join {{ source('deal', 'period') }} as period
where period.is_first
