-- One row per pool limit and month with a purchase: its value before the purchase and after it, of the
-- group that is nearest to the limit. An empty pool has no value, and meets every limit.
with pool as (
    select
        -- Wide, so that their products with a threshold fit.
        pool_balance.closing_balance::decimal(28, 2) as before_balance,
        purchase.closing_pool_balance::decimal(28, 2) as after_balance
    from {{ ref('pool_balance') }} as pool_balance
    cross join {{ ref('purchase') }} as purchase
),

compared as (
    select
        pool_limit.*,
        limit_value.before_group_name,
        limit_value.after_group_name,
        limit_value.before_amount,
        limit_value.after_amount,
        limit_value.purchased_group_amount,
        pool_limit.threshold_value * pool.after_balance as after_bound,
        case
            when pool_limit.comparison_code = 'at_least'
                then pool_limit.threshold_value * pool.before_balance - limit_value.before_amount
            else limit_value.before_amount - pool_limit.threshold_value * pool.before_balance
        end as before_excess_amount,
        case
            when pool_limit.comparison_code = 'at_least'
                then pool_limit.threshold_value * pool.after_balance - limit_value.after_amount
            else limit_value.after_amount - pool_limit.threshold_value * pool.after_balance
        end as after_excess_amount,
        {{ divide('limit_value.before_amount', 'pool.before_balance') }} as before_value,
        {{ divide('limit_value.after_amount', 'pool.after_balance') }} as after_value
    from {{ source('deal', 'pool_limit') }} as pool_limit
    inner join {{ ref('limit_value') }} as limit_value
        on pool_limit.limit_number = limit_value.limit_number
    cross join pool
)

select
    compared.limit_number,
    compared.limit_code,
    compared.limit_name_zh,
    compared.limit_name_en,
    compared.limit_kind_code,
    compared.unit_code,
    compared.comparison_code,
    compared.threshold_value,
    compared.before_group_name,
    compared.before_value,
    compared.after_group_name,
    compared.after_value,
    compared.before_excess_amount <= 0 as is_met_before,
    compared.after_excess_amount <= 0 as is_met_after,
    compared.after_excess_amount <= 0
    or case
        -- Of a group over its limit nothing is bought.
        when compared.has_groups then compared.purchased_group_amount <= compared.after_bound
        when compared.is_borrower then compared.after_amount <= compared.before_amount
        else compared.after_excess_amount <= compared.before_excess_amount
    end as is_kept
from compared
cross join {{ ref('phase') }} as phase
where phase.has_purchase
