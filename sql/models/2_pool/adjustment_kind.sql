-- One row per kind of adjustment of the pool: how many loans, what was added and what was taken away.
select
    adjustment.adjustment_code,
    count(distinct adjustment.loan_id) as loan_count,
    {{ money('sum(adjustment.adjustment_amount)') }} as adjustment_amount,
    {{ money('sum(abs(adjustment.adjustment_amount))') }} as absolute_amount
from {{ ref('adjustment') }} as adjustment
group by adjustment.adjustment_code
