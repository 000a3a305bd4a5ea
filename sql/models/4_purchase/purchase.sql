-- One row per deal and month: what could be spent on loans, what was, and what the pool is afterwards. Of a
-- month with several purchases the amounts are their sums, and what the last one left.
with last_month as (
    select
        {{ money('max(purchase.initial_pool_balance)') }} as initial_pool_balance,
        coalesce(max(purchase.cumulative_purchase_count), 0) as purchase_count,
        coalesce(max(purchase.cumulative_purchased_loan_count), 0) as purchased_loan_count,
        {{ money('max(purchase.cumulative_purchased_balance)') }} as purchased_balance,
        {{ money('max(purchase.cumulative_price_amount)') }} as price_amount,
        {{ money('max(purchase.cumulative_idle_day_amount)') }} as idle_day_amount
    from {{ source('closed', 'purchase') }} as purchase
),

-- Cumulative figures are of continued purchases: without the initial pool.
continued as (
    select
        case when this_month.is_first then 0 else total.purchase_count end as purchase_count,
        case when this_month.is_first then 0 else total.purchased_loan_count end as purchased_loan_count,
        case when this_month.is_first then 0 else total.purchased_balance end as purchased_balance,
        case when this_month.is_first then 0 else total.price_amount end as price_amount,
        -- Cash is idle until the first purchase, too.
        {{ money('total.idle_day_amount
            + budget.available_amount
            * greatest(coalesce(total.first_purchase_date - this_month.payment_date, 0), 0)') }}
            as idle_day_amount
    from {{ ref('purchase_month') }} as this_month
    cross join {{ ref('purchase_total') }} as total
    cross join {{ ref('purchase_budget') }} as budget
)

select
    this_month.purchase_number,
    total.purchase_count,
    phase.phase_code,
    this_month.is_at_opening,
    budget.available_amount,
    total.eligible_loan_count,
    total.eligible_balance,
    total.purchased_loan_count,
    total.purchased_balance,
    total.price_amount,
    {{ money('budget.available_amount - total.price_amount') }} as remaining_amount,
    total.supply_shortfall_amount,
    total.idle_days,
    continued.idle_day_amount,
    case when this_month.is_first then total.purchased_balance else last_month.initial_pool_balance end
        as initial_pool_balance,
    last_month.purchase_count + continued.purchase_count as cumulative_purchase_count,
    last_month.purchased_loan_count + continued.purchased_loan_count
        as cumulative_purchased_loan_count,
    {{ money('last_month.purchased_balance + continued.purchased_balance') }}
        as cumulative_purchased_balance,
    {{ money('last_month.price_amount + continued.price_amount') }} as cumulative_price_amount,
    {{ money('last_month.idle_day_amount + continued.idle_day_amount') }} as cumulative_idle_day_amount,
    case
        when phase.is_clean_up_called then 0::decimal(18, 2)
        when this_month.is_at_opening then pool_balance.closing_balance
        else {{ money('pool_balance.closing_balance + total.purchased_balance') }}
    end as closing_pool_balance
from {{ ref('purchase_month') }} as this_month
cross join {{ ref('purchase_total') }} as total
cross join continued
cross join {{ ref('phase') }} as phase
cross join {{ ref('purchase_budget') }} as budget
cross join {{ ref('pool_balance') }} as pool_balance
cross join last_month
