-- One row per payment status of the pool after the purchase, with its total, and the loans settled (TR-4-1).
with total as (
    select
        sum(counted.loan_count)::bigint as loan_count,
        {{ money('sum(counted.outstanding_balance)') }} as outstanding_balance
    from {{ ref('pool_status') }} as counted
),

shared as (
    select
        counted.line_number,
        counted.status_code,
        counted.loan_count,
        {{ largest_remainder_share('counted.loan_count', 'total.loan_count', 'counted.line_number') }}
            as loan_count_share,
        counted.outstanding_balance,
        {{ largest_remainder_share(
            'counted.outstanding_balance', 'total.outstanding_balance', 'counted.line_number'
        ) }} as balance_share
    from {{ ref('pool_status') }} as counted
    cross join total
),

settled as (
    select count(*) as loan_count
    from {{ ref('loan_month') }} as loan_month
    where loan_month.status_code = 'settled' and loan_month.opening_balance > 0
),

line as (
    select * from shared
    union all
    select
        7 as line_number,
        'total' as status_code,
        total.loan_count,
        case when total.loan_count > 0 then 1 end as loan_count_share,
        total.outstanding_balance,
        case when total.outstanding_balance > 0 then 1 end as balance_share
    from total
    union all
    select
        8 as line_number,
        'settled' as status_code,
        settled.loan_count,
        null as loan_count_share,
        0 as outstanding_balance,
        null as balance_share
    from settled
)

select
    line.line_number,
    line.status_code,
    line.loan_count,
    line.loan_count_share::decimal(9, 6) as loan_count_share,
    {{ money('line.outstanding_balance') }} as outstanding_balance,
    line.balance_share::decimal(9, 6) as balance_share
from line
-- A pool whose every status is known has no need of the line that says otherwise.
where line.status_code != 'unknown' or line.loan_count > 0
