-- One row per reason for which loans were repurchased at this cut-off, and their total (TR-14). The
-- share is of the pool at the start of the collection period; the price is the balance, with the interest of
-- the terms.
with repurchased as (
    select repurchase.*
    from {{ ref('repurchase') }} as repurchase
    where repurchase.balance_amount > 0
),

reason as (
    select
        row_number() over (
            order by repurchased.cause_code, repurchased.reason_en, repurchased.reason_zh
        ) as line_number,
        repurchased.cause_code,
        repurchased.reason_zh,
        repurchased.reason_en,
        count(*) as loan_count,
        sum(repurchased.balance_amount) as repurchase_amount,
        sum(repurchased.interest_amount) as interest_amount,
        sum(repurchased.price_amount) as price_amount
    from repurchased
    group by repurchased.cause_code, repurchased.reason_zh, repurchased.reason_en
),

line as (
    select * from reason
    union all
    select
        (select count(*) from reason) + 1 as line_number,
        'total' as cause_code,
        null as reason_zh,
        null as reason_en,
        count(*) as loan_count,
        sum(repurchased.balance_amount) as repurchase_amount,
        sum(repurchased.interest_amount) as interest_amount,
        sum(repurchased.price_amount) as price_amount
    from repurchased
)

select
    line.line_number::integer as line_number,
    line.cause_code,
    line.reason_zh,
    line.reason_en,
    pool_balance.as_of_date as repurchase_date,
    line.loan_count,
    {{ money('line.repurchase_amount') }} as repurchase_amount,
    {{ divide('coalesce(line.repurchase_amount, 0)', 'pool_balance.opening_balance') }} as pool_share,
    {{ money('line.interest_amount') }} as interest_amount,
    {{ money('line.price_amount') }} as price_amount
from line
cross join {{ ref('pool_balance') }} as pool_balance
