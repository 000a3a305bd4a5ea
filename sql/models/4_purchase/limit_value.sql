-- One row per pool limit: what is compared with the threshold, before the purchase and after it. Of a limit
-- on groups it is the balance of the largest group, or groups; of an average, the sum of balance x value.
with unknown as (
    select
        limit_sum.limit_number,
        limit_sum.before_amount,
        limit_sum.before_amount + limit_sum.purchased_amount as after_amount
    from {{ ref('limit_sum') }} as limit_sum
    inner join {{ source('deal', 'pool_limit') }} as pool_limit
        on limit_sum.limit_number = pool_limit.limit_number
    -- Loans of which the group cannot be told count in every group; those of unknown borrowers count
    -- as one borrower's.
    where limit_sum.group_name is null and not pool_limit.is_borrower
),

counted as (
    select
        limit_sum.limit_number,
        limit_sum.group_name,
        limit_sum.before_amount,
        limit_sum.purchased_amount,
        limit_sum.before_amount + limit_sum.purchased_amount as after_amount,
        pool_limit.group_count
    from {{ ref('limit_sum') }} as limit_sum
    inner join {{ source('deal', 'pool_limit') }} as pool_limit
        on limit_sum.limit_number = pool_limit.limit_number
    where limit_sum.group_name is not null or pool_limit.is_borrower
),

ranked as (
    select
        counted.*,
        row_number() over (
            partition by counted.limit_number
            order by counted.before_amount desc, counted.group_name asc
        ) as before_rank,
        row_number() over (
            partition by counted.limit_number
            order by counted.after_amount desc, counted.group_name asc
        ) as after_rank
    from counted
),

largest as (
    select
        ranked.limit_number,
        sum(ranked.before_amount) filter (where ranked.before_rank <= ranked.group_count)
            as before_amount,
        sum(ranked.after_amount) filter (where ranked.after_rank <= ranked.group_count)
            as after_amount,
        max(ranked.group_name) filter (where ranked.before_rank = 1 and ranked.before_amount > 0)
            as before_group_name,
        max(ranked.group_name) filter (where ranked.after_rank = 1 and ranked.after_amount > 0)
            as after_group_name,
        -- The most that a group has of which something was bought.
        max(ranked.after_amount) filter (where ranked.purchased_amount > 0) as purchased_group_amount
    from ranked
    group by ranked.limit_number
)

select
    pool_limit.limit_number,
    coalesce(largest.before_amount, 0) + coalesce(unknown.before_amount, 0) as before_amount,
    coalesce(largest.after_amount, 0) + coalesce(unknown.after_amount, 0) as after_amount,
    coalesce(largest.purchased_group_amount + coalesce(unknown.after_amount, 0), 0)
        as purchased_group_amount,
    case when pool_limit.has_groups then largest.before_group_name end as before_group_name,
    case when pool_limit.has_groups then largest.after_group_name end as after_group_name
from {{ source('deal', 'pool_limit') }} as pool_limit
left join largest on pool_limit.limit_number = largest.limit_number
left join unknown on pool_limit.limit_number = unknown.limit_number
