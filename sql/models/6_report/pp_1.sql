-- One row: this payment date's purchase of loans (PP-1). The price is par, so the discount is nil.
select
    purchase.deal_id,
    purchase.as_of_date,
    purchase.purchase_number,
    case
        when purchase.is_at_opening then term.initial_cut_off_date
        else purchase.as_of_date
    end as cut_off_date,
    case
        -- A pool taken whole is paid for at closing, where the first accrual starts.
        when purchase.is_at_opening then period.accrual_start_date
        when phase.has_purchase then period.payment_date
    end as purchase_date,
    purchase.available_amount,
    purchase.eligible_loan_count,
    purchase.eligible_balance,
    purchase.purchased_loan_count,
    purchase.purchased_balance,
    purchase.price_amount,
    coalesce(
        1 - {{ divide('purchase.price_amount', 'purchase.purchased_balance') }}, 0
    )::decimal(18, 6) as discount_rate,
    purchase.remaining_amount,
    coalesce({{ divide('purchase.price_amount', 'purchase.available_amount') }}, 0)::decimal(18, 6)
        as purchase_ratio
from {{ ref('purchase') }} as purchase
cross join {{ ref('phase') }} as phase
cross join {{ source('deal', 'period') }} as period
cross join {{ source('deal', 'term') }} as term
