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

last_month as (
    select
        {{ money('max(purchase.initial_pool_balance)') }} as initial_pool_balance,
        {{ money('max(purchase.cumulative_purchased_balance)') }} as cumulative_purchased_balance
    from {{ source('closed', 'purchase') }} as purchase
),

placed as (
    select
        period.deal_id,
        period.as_of_date,
        period.is_first,
        -- A pool taken whole is the deal's through its first collection period already.
        period.is_first and term.initial_pool_code = 'whole_tape' as is_at_opening,
        case when period.is_first then 0 else period.period_number end as purchase_number
    from {{ source('deal', 'period') }} as period
    cross join {{ source('deal', 'term') }} as term
)

select
    placed.deal_id,
    placed.as_of_date,
    placed.purchase_number,
    phase.phase_code,
    placed.is_at_opening,
    budget.available_amount,
    case when placed.is_at_opening then bought.loan_count else eligible.loan_count end
        as eligible_loan_count,
    case when placed.is_at_opening then bought.balance_amount else eligible.outstanding_balance end
        as eligible_balance,
    bought.loan_count as purchased_loan_count,
    bought.balance_amount as purchased_balance,
    bought.price_amount,
    {{ money('budget.available_amount - bought.price_amount') }} as remaining_amount,
    case
        when placed.is_first then bought.balance_amount
        else last_month.initial_pool_balance
    end as initial_pool_balance,
    case
        when placed.is_first then 0::decimal(18, 2)
        else {{ money('last_month.cumulative_purchased_balance + bought.balance_amount') }}
    end as cumulative_purchased_balance,
    case
        when placed.is_at_opening then pool_balance.closing_balance
        else {{ money('pool_balance.closing_balance + bought.balance_amount') }}
    end as closing_pool_balance
from placed
cross join {{ ref('phase') }} as phase
cross join {{ ref('purchase_budget') }} as budget
cross join {{ ref('pool_balance') }} as pool_balance
cross join eligible
cross join bought
cross join last_month
