-- One row: loans that defaulted for the first time in the collection period, at their balance then (TR-4-2).
select
    term.default_days_past_due as default_days,
    default_rate.new_default_count,
    default_rate.new_default_balance,
    coalesce(
        {{ divide('default_rate.new_default_balance', 'pool_balance.opening_balance') }}, 0
    )::decimal(18, 6) as new_default_share
from {{ ref('default_rate') }} as default_rate
cross join {{ ref('pool_balance') }} as pool_balance
cross join {{ source('deal', 'term') }} as term
