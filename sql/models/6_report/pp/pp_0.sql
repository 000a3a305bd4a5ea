-- One row per term of the continued purchase, in words (PP-0).
select
    arrangement.line_number,
    arrangement.topic_code,
    arrangement.arrangement_zh,
    arrangement.arrangement_en
from {{ source('deal', 'arrangement') }} as arrangement
