-- One row per purchase of the month: what it could spend, what it bought of the loans on offer, and what it
-- left. All of a month's purchases choose from the month's tape, and what one leaves is there for the next.
with eligible as (
    select {{ money('sum(candidate.outstanding_balance)') }} as outstanding_balance
    from {{ ref('candidate') }} as candidate
),

-- Less what the month's purchases before it have spent and taken.
left_over as (
    select
        counted.*,
        {{ money('budget.available_amount + counted.price_amount
            - sum(counted.price_amount) over (order by counted.round_number)') }} as available_amount,
        {{ money('eligible.outstanding_balance + counted.purchased_balance
            - sum(counted.purchased_balance) over (order by counted.round_number)') }} as offered_balance
    from {{ ref('round_outcome') }} as counted
    cross join {{ ref('purchase_budget') }} as budget
    cross join eligible
),

budgeted as (
    select
        left_over.*,
        case
            when left_over.max_purchase_amount < left_over.available_amount
                then left_over.max_purchase_amount
            else left_over.available_amount
        end as budget_amount,
        {{ money('left_over.available_amount - left_over.price_amount') }} as remaining_amount,
        (left_over.next_date - left_over.purchase_date)::integer as idle_days
    from left_over
)

select
    budgeted.purchase_number,
    budgeted.round_number,
    budgeted.purchase_date,
    budgeted.available_amount,
    budgeted.budget_amount,
    (budgeted.purchased_loan_count + budgeted.passed_over_loan_count)::bigint as eligible_loan_count,
    case when budgeted.is_at_opening then budgeted.purchased_balance else budgeted.offered_balance end
        as eligible_balance,
    budgeted.purchased_loan_count,
    budgeted.purchased_balance,
    budgeted.price_amount,
    budgeted.remaining_amount,
    case
        -- Cash is short as soon as it stops one loan; else the loans on offer are.
        when budgeted.is_cash_short then 0::decimal(18, 2)
        else {{ money('budgeted.budget_amount - budgeted.price_amount') }}
    end as supply_shortfall_amount,
    budgeted.idle_days,
    {{ money('budgeted.remaining_amount * budgeted.idle_days') }} as idle_day_amount
from budgeted
