-- One row per kind of adjustment that the pool had in the period or the one before, and two for the
-- loans that are held, if any: the lines of TR-11 that follow its statistics.
with adjusted as (
    select
        coalesce(this_month.adjustment_code, last_month.adjustment_code) as adjustment_code,
        coalesce(this_month.adjustment_amount, 0) as adjustment_amount
    from {{ ref('adjustment_kind') }} as this_month
    full join {{ source('closed', 'adjustment_kind') }} as last_month
        on this_month.adjustment_code = last_month.adjustment_code
),

held as (
    select
        count(*) as loan_count,
        sum(held_loan.held_balance) as balance
    from {{ ref('held_loan') }} as held_loan
)

select
    (30 + row_number() over (order by adjusted.adjustment_code))::integer as line_number,
    'adjustment' as block_code,
    'adjustment_' || adjusted.adjustment_code as feature_code,
    'money' as unit_code,
    adjusted.adjustment_amount::decimal(24, 6) as amount
from adjusted
union all
select
    51 as line_number,
    'held' as block_code,
    'held_loan_count' as feature_code,
    'loans' as unit_code,
    held.loan_count::decimal(24, 6) as amount
from held
where held.loan_count > 0
union all
select
    52 as line_number,
    'held' as block_code,
    'held_balance' as feature_code,
    'money' as unit_code,
    held.balance::decimal(24, 6) as amount
from held
where held.loan_count > 0
