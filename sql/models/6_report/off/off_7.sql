-- One row per step of each priority of payments: who is paid how much, from which account and on which
-- condition, stated once (OFF-7).
select
    priority_step.line_number,
    priority_step.phase_code,
    priority_step.step_number,
    priority_step.clause_name,
    priority_step.account_name_zh,
    priority_step.account_name_en,
    priority_step.item_zh,
    priority_step.item_en,
    priority_step.payee_zh,
    priority_step.payee_en,
    priority_step.amount_rule_zh,
    priority_step.amount_rule_en,
    priority_step.split_code,
    priority_step.condition_zh,
    priority_step.condition_en
from {{ source('deal', 'priority_step') }} as priority_step
cross join {{ source('deal', 'period') }} as period
where period.is_first
