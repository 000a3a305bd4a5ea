-- One row per deal and month: what its purchases bought together, and what the last one left.
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
