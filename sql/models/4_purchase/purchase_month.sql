-- One row per deal and month: the number of the month's purchase, and whether it takes a pool whole.
select
    period.payment_date,
    period.is_first,
    -- A pool taken whole is the deal's through its first collection period already.
    period.is_first and term.initial_pool_code = 'whole_tape' as is_at_opening,
    case when period.is_first then 0 else period.period_number end as purchase_number
from {{ source('deal', 'period') }} as period
cross join {{ source('deal', 'term') }} as term
