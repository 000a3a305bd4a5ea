-- One row per deal and month: loans whose balance was adjusted by more than rounding, and all adjustments
-- without regard to sign, against what the terms allow of both.
select
    count(distinct adjustment.loan_id) filter (where adjustment.adjustment_code != 'rounding')
        as adjusted_loan_count,
    {{ money('sum(abs(adjustment.adjustment_amount))') }} as absolute_amount,
    {{ money('any_value(pool_balance.opening_balance)') }} as opening_balance,
    any_value(term.max_adjusted_loan_count) as max_adjusted_loan_count,
    any_value(term.max_adjusted_share) as max_adjusted_share
from {{ ref('pool_balance') }} as pool_balance
cross join {{ source('deal', 'term') }} as term
left join {{ ref('adjustment') }} as adjustment on pool_balance.as_of_date = adjustment.as_of_date
