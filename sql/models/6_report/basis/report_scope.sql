-- One row per scope that the month states loans of, and the loans of scope_loan that it is: the pool
-- after the purchase, what a continued purchase brought into it, and in the first month the initial
-- pool.
select
    'pool' as scope_code,
    'pool' as source_code
union all
select
    'purchased' as scope_code,
    'purchased' as source_code
from {{ ref('purchase') }} as purchase
cross join {{ source('deal', 'period') }} as period
where purchase.purchased_loan_count > 0 and not period.is_first
union all
-- A first pool that is drawn is the pool after its purchase.
select
    'initial' as scope_code,
    case when purchase.is_at_opening then 'opening' else 'pool' end as source_code
from {{ ref('purchase') }} as purchase
cross join {{ source('deal', 'period') }} as period
where period.is_first
