-- One row per deal and month: what could be spent on loans, what was, and what the pool is afterwards. Of a
-- month with several purchases the amounts are their sums, and what the last one left.
with total as (
    select
        count(*) as purchase_count,
        coalesce(max(purchase_round.eligible_loan_count), 0) as eligible_loan_count,
        {{ money('max(purchase_round.eligible_balance)') }} as eligible_balance,
        coalesce(sum(purchase_round.purchased_loan_count), 0)::bigint as purchased_loan_count,
        {{ money('sum(purchase_round.purchased_balance)') }} as purchased_balance,
        {{ money('sum(purchase_round.price_amount)') }} as price_amount,
        {{ money('arg_max(purchase_round.supply_shortfall_amount, purchase_round.round_number)') }}
            as supply_shortfall_amount,
        coalesce(arg_max(purchase_round.idle_days, purchase_round.round_number), 0) as idle_days,
        {{ money('sum(purchase_round.idle_day_amount)') }} as idle_day_amount,
        min(purchase_round.purchase_date) as first_purchase_date
    from {{ ref('purchase_round') }} as purchase_round
),

last_month as (
    select
        {{ money('max(purchase.initial_pool_balance)') }} as initial_pool_balance,
        coalesce(max(purchase.cumulative_purchase_count), 0) as purchase_count,
        coalesce(max(purchase.cumulative_purchased_loan_count), 0) as purchased_loan_count,
        {{ money('max(purchase.cumulative_purchased_balance)') }} as purchased_balance,
        {{ money('max(purchase.cumulative_price_amount)') }} as price_amount,
        {{ money('max(purchase.cumulative_idle_day_amount)') }} as idle_day_amount
    from {{ source('closed', 'purchase') }} as purchase
),

placed as (
    select
        period.deal_id,
        period.as_of_date,
        period.payment_date,
        period.is_first,
        -- A pool taken whole is the deal's through its first collection period already.
        period.is_first and term.initial_pool_code = 'whole_tape' as is_at_opening,
        case when period.is_first then 0 else period.period_number end as purchase_number
    from {{ source('deal', 'period') }} as period
    cross join {{ source('deal', 'term') }} as term
),

-- Cumulative figures are of continued purchases: without the initial pool.
continued as (
    select
        placed.deal_id,
        -- Cash is idle until the first purchase, too.
        {{ money('total.idle_day_amount
            + budget.available_amount
            * greatest(coalesce(total.first_purchase_date - placed.payment_date, 0), 0)') }}
            as idle_day_amount,
        case when placed.is_first then 0 else total.purchase_count end as purchase_count,
        case when placed.is_first then 0 else total.purchased_loan_count end as purchased_loan_count,
        case when placed.is_first then 0 else total.purchased_balance end as purchased_balance,
        case when placed.is_first then 0 else total.price_amount end as price_amount
    from placed
    cross join total
    cross join {{ ref('purchase_budget') }} as budget
)

select
    placed.deal_id,
    placed.as_of_date,
    placed.purchase_number,
    total.purchase_count,
    phase.phase_code,
    placed.is_at_opening,
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
    case when placed.is_first then total.purchased_balance else last_month.initial_pool_balance end
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
        when placed.is_at_opening then pool_balance.closing_balance
        else {{ money('pool_balance.closing_balance + total.purchased_balance') }}
    end as closing_pool_balance
from placed
inner join continued on placed.deal_id = continued.deal_id
cross join {{ ref('phase') }} as phase
cross join {{ ref('purchase_budget') }} as budget
cross join {{ ref('pool_balance') }} as pool_balance
cross join total
cross join last_month
