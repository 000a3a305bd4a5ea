-- One row per purchase of the month: what it bought and passed over.
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

placed as (
    select
        purchase_day.*,
        this_month.is_at_opening,
        this_month.purchase_number,
        case when not this_month.is_first then term.max_purchase_amount end as max_purchase_amount
    from {{ source('deal', 'purchase_day') }} as purchase_day
    cross join {{ ref('purchase_month') }} as this_month
    cross join {{ source('deal', 'term') }} as term
    cross join {{ ref('phase') }} as phase
    where phase.has_purchase or this_month.is_first
)

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
