-- One row per pool limit on shares, group of loans and month with a purchase: the group's share of the pool
-- before and after. The group without a name is of loans of which it cannot be told.
select
    limit_sum.limit_number,
    pool_limit.limit_code,
    limit_sum.group_name,
    {{ money('limit_sum.before_amount') }} as before_balance,
    {{ money('limit_sum.purchased_amount') }} as purchased_balance,
    {{ money('limit_sum.before_amount + limit_sum.purchased_amount') }} as after_balance,
    {{ divide('limit_sum.before_amount', 'pool_balance.closing_balance') }} as before_share,
    {{ divide(
        'limit_sum.before_amount + limit_sum.purchased_amount', 'purchase.closing_pool_balance'
    ) }} as after_share
from {{ ref('limit_sum') }} as limit_sum
inner join {{ source('deal', 'pool_limit') }} as pool_limit
    on limit_sum.limit_number = pool_limit.limit_number
cross join {{ ref('phase') }} as phase
cross join {{ ref('pool_balance') }} as pool_balance
cross join {{ ref('purchase') }} as purchase
where phase.has_purchase and (pool_limit.has_groups or pool_limit.is_borrower)
