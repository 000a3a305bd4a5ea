-- One row per deal and month: the overdue rates at the cut-off and at the one before, which means of three
-- months are made of.
select
    period.deal_id,
    period.as_of_date,
    cut_off.overdue_rate,
    cut_off.previous_overdue_rate,
    cut_off.serious_overdue_rate,
    cut_off.previous_serious_overdue_rate
from {{ ref('cut_off') }} as cut_off
cross join {{ source('deal', 'period') }} as period
