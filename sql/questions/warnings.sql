-- One row per closed month and rule that warns of it, as `status --warnings` shows it.
select strftime(as_of_date, '%Y-%m') as month, verdict.*
from lake.close.verdict as verdict
where outcome_code = 'failed'
order by deal_id, as_of_date, rule_id, stop_code
