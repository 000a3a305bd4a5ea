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
        repurchased.cause_code,
        repurchased.criterion_code,
        repurchased.notice_reason,
        count(*) as loan_count,
        sum(repurchased.balance_amount) as repurchase_amount,
        sum(repurchased.interest_amount) as interest_amount,
        sum(repurchased.price_amount) as price_amount
    from repurchased
    group by repurchased.cause_code, repurchased.criterion_code, repurchased.notice_reason
),

worded as (
    select
        reason.*,
        replace(item.item_zh, '{name}', coalesce(reason.notice_reason, criterion.words_zh, ''))
            as reason_zh,
        replace(item.item_en, '{name}', coalesce(reason.notice_reason, criterion.words_en, ''))
            as reason_en
    from reason
    left join {{ source('words', 'item') }} as item
        on item.table_name = 'tr_14' and reason.cause_code = item.item_code
    left join {{ ref('criterion') }} as criterion
        on reason.criterion_code = criterion.criterion_code
),

line as (
    select
        row_number() over (order by worded.cause_code, worded.reason_en, worded.reason_zh)
            as line_number,
        worded.cause_code,
        worded.reason_zh,
        worded.reason_en,
        worded.loan_count,
        worded.repurchase_amount,
        worded.interest_amount,
        worded.price_amount
    from worded
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
