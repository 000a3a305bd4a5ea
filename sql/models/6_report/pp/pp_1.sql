-- One row per purchase of loans that this payment date's cash made (PP-1).
select
    purchase_round.purchase_number,
    purchase_round.round_number,
    case
        when purchase.is_at_opening then term.initial_cut_off_date
        else purchase_round.as_of_date
    end as cut_off_date,
    purchase_round.purchase_date,
    purchase_round.available_amount,
    purchase_round.budget_amount,
    purchase_round.eligible_loan_count,
    purchase_round.eligible_balance,
    purchase_round.purchased_loan_count,
    purchase_round.purchased_balance,
    purchase_round.price_amount,
    case
        when purchase_round.purchased_balance > 0
            then
                1 - {{ divide('purchase_round.price_amount', 'purchase_round.purchased_balance') }}
    end::decimal(18, 6) as discount_rate,
    purchase_round.remaining_amount,
    purchase_round.supply_shortfall_amount,
    coalesce(
        {{ divide('purchase_round.price_amount', 'purchase_round.available_amount') }}, 0
    )::decimal(18, 6) as purchase_ratio
from {{ ref('purchase_round') }} as purchase_round
cross join {{ ref('purchase') }} as purchase
cross join {{ source('deal', 'term') }} as term
