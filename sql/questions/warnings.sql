-- One row per closed month and rule that warns of it, as `status --warnings` shows it.
select
    deal_id, strftime(as_of_date, '%Y-%m'), rule_id, failing_count, row_count, words_en
from lake.close.verdict
where outcome_code = 'failed'
order by all
