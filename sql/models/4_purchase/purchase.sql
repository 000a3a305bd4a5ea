-- One row per deal and month: what could be spent on loans, what was, and what the pool is afterwards.
with eligible as (
    select
        count(*) as loan_count,
        {{ money('sum(draw_order.outstanding_balance)') }} as outstanding_balance
    from {{ ref('draw_order') }} as draw_order
),

bought as (
    select
        count(*) as loan_count,
        {{ money('sum(purchased_loan.balance_amount)') }} as balance_amount,
        {{ money('sum(purchased_loan.price_amount)') }} as price_amount
    from {{ ref('purchased_loan') }} as purchased_loan
),

-- The pool that a static deal takes whole is bought at the opening balance of its first period.
taken_whole as (
    select
        {{ money('sum(pool_balance.opening_balance) filter (where period.is_first)') }} as balance_amount,
        coalesce(sum(pool_balance.opening_loan_count) filter (where period.is_first), 0)::bigint
            as loan_count
    from {{ ref('pool_balance') }} as pool_balance
    cross join {{ source('deal', 'period') }} as period
),

last_month as (
    select
        {{ money('max(purchase.initial_pool_balance)') }} as initial_pool_balance,
        {{ money('max(purchase.cumulative_purchased_balance)') }} as cumulative_purchased_balance
    from {{ source('closed', 'purchase') }} as purchase
)

select
    period.deal_id,
    period.as_of_date,
    period.period_number as purchase_number,
    phase.phase_code,
    budget.available_amount,
    eligible.loan_count as eligible_loan_count,
    eligible.outstanding_balance as eligible_balance,
    bought.loan_count + taken_whole.loan_count as purchased_loan_count,
    {{ money('bought.balance_amount + taken_whole.balance_amount') }} as purchased_balance,
    {{ money('bought.price_amount + taken_whole.balance_amount') }} as price_amount,
    {{ money('budget.available_amount - bought.price_amount - taken_whole.balance_amount') }}
        as remaining_amount,
    case
        when period.is_first then {{ money('bought.balance_amount + taken_whole.balance_amount') }}
        else last_month.initial_pool_balance
    end as initial_pool_balance,
    case
        when period.is_first then 0::decimal(18, 2)
        else {{ money('last_month.cumulative_purchased_balance + bought.balance_amount') }}
    end as cumulative_purchased_balance,
    {{ money('pool_balance.closing_balance + bought.balance_amount') }} as closing_pool_balance
from {{ source('deal', 'period') }} as period
cross join {{ ref('phase') }} as phase
cross join {{ ref('purchase_budget') }} as budget
cross join {{ ref('pool_balance') }} as pool_balance
cross join eligible
cross join bought
cross join taken_whole
cross join last_month
