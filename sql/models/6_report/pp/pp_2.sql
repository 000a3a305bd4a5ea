-- One row: the purchases of the month and since closing, and the cash that lay idle between them (PP-2).
-- Turnover is what was bought after closing over the initial pool.
select
    purchase.purchase_count,
    purchase.purchased_loan_count,
    purchase.purchased_balance,
    purchase.price_amount,
    purchase.cumulative_purchase_count,
    purchase.cumulative_purchased_loan_count,
    purchase.cumulative_purchased_balance,
    purchase.cumulative_price_amount,
    purchase.initial_pool_balance,
    coalesce(
        {{ divide('purchase.cumulative_purchased_balance', 'purchase.initial_pool_balance') }}, 0
    )::decimal(18, 6) as turnover_ratio,
    purchase.remaining_amount as idle_amount,
    purchase.idle_days,
    purchase.idle_day_amount,
    purchase.cumulative_idle_day_amount,
    purchase.supply_shortfall_amount
from {{ ref('purchase') }} as purchase
