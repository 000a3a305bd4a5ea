-- One row per purchase of the month and reason for which eligible loans were passed over: `cash`, `price`
-- (none can be told), or the pool limit that the loan was the first to break.
select
    period.period_number as purchase_number,
    draw.round_number,
    draw.stopped_by_code,
    draw.candidate_count
from {{ ref('draw') }} as draw
cross join {{ source('deal', 'period') }} as period
where not draw.is_bought
