-- One row per purchase of the month: what it could spend, what it bought of the loans on offer, and what it
-- left. All of a month's purchases choose from the month's tape, and what one leaves is there for the next.
with bought as (
    select
        purchased_loan.round_number,
        count(*) as loan_count,
        sum(purchased_loan.balance_amount) as balance_amount,
        sum(purchased_loan.price_amount) as price_amount
    from {{ ref('purchased_loan') }} as purchased_loan
    group by purchased_loan.round_number
),

passed_over as (
    select
        passed_over.round_number,
        sum(passed_over.candidate_count) as loan_count,
        bool_or(passed_over.stopped_by_code = 'cash') as is_cash_short
    from {{ ref('passed_over') }} as passed_over
    group by passed_over.round_number
),

eligible as (
    select {{ money('sum(candidate.outstanding_balance)') }} as outstanding_balance
    from {{ ref('candidate') }} as candidate
),

placed as (
    select
        purchase_day.*,
        -- A pool taken whole is the deal's through its first collection period already.
        period.is_first and term.initial_pool_code = 'whole_tape' as is_at_opening,
        case when period.is_first then 0 else period.period_number end as purchase_number,
        case when not period.is_first then term.max_purchase_amount end as max_purchase_amount
    from {{ source('deal', 'purchase_day') }} as purchase_day
    cross join {{ source('deal', 'period') }} as period
    cross join {{ source('deal', 'term') }} as term
    cross join {{ ref('phase') }} as phase
    where phase.has_purchase or period.is_first
),

counted as (
    select
        placed.*,
        coalesce(bought.loan_count, 0) as purchased_loan_count,
        {{ money('bought.balance_amount') }} as purchased_balance,
        {{ money('bought.price_amount') }} as price_amount,
        coalesce(passed_over.loan_count, 0) as passed_over_loan_count,
        coalesce(passed_over.is_cash_short, false) as is_cash_short
    from placed
    left join bought on placed.round_number = bought.round_number
    left join passed_over on placed.round_number = passed_over.round_number
),

-- Less what the month's purchases before it have spent and taken.
left_over as (
    select
        counted.*,
        {{ money('budget.available_amount + counted.price_amount
            - sum(counted.price_amount) over (order by counted.round_number)') }} as available_amount,
        {{ money('eligible.outstanding_balance + counted.purchased_balance
            - sum(counted.purchased_balance) over (order by counted.round_number)') }} as offered_balance
    from counted
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
    period.deal_id,
    period.as_of_date,
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
cross join {{ source('deal', 'period') }} as period
