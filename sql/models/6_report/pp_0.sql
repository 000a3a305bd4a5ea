-- One row per term of the continued purchase, in words (PP-0).
select
    period.deal_id,
    period.as_of_date,
    arrangement.line_number,
    arrangement.topic_code,
    arrangement.arrangement_zh,
    arrangement.arrangement_en
from {{ source('deal', 'arrangement') }} as arrangement
cross join {{ source('deal', 'period') }} as period
