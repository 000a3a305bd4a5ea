-- One row per closed month: how its tape did by the rules on it.
select deal_id, strftime(as_of_date, '%Y-%m'), rule_passed_count, rule_count, rule_passed_share
from lake.close.delivery_score
order by all
