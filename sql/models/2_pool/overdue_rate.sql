-- One row per deal and month: the overdue rates at the cut-off and at the one before, which means of three
-- months are made of.
select
    cut_off.overdue_rate,
    cut_off.previous_overdue_rate,
    cut_off.serious_overdue_rate,
    cut_off.previous_serious_overdue_rate
from {{ ref('cut_off') }} as cut_off
