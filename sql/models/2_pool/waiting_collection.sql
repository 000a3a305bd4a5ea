-- One row per deal and month without a payment date: what came in since the last one and waits for the
-- next, by kind, what defaulted meanwhile, and the pool that it began with. None where the month is paid out.
select
    coalesce(earlier.opening_balance, pool_balance.opening_balance) as opening_balance,
    {{ money('coalesce(earlier.principal_paid, 0) + collection.principal_paid') }} as principal_paid,
    {{ money('coalesce(earlier.prepaid_principal_paid, 0) + collection.prepaid_principal_paid') }}
        as prepaid_principal_paid,
    {{ money('coalesce(earlier.interest_paid, 0) + collection.interest_paid') }} as interest_paid,
    {{ money('coalesce(earlier.fee_paid, 0) + collection.fee_paid') }} as fee_paid,
    {{ money('coalesce(earlier.recovery_amount, 0) + collection.recovery_amount') }} as recovery_amount,
    {{ money('coalesce(earlier.repurchase_price_amount, 0) + collection.repurchase_price_amount') }}
        as repurchase_price_amount,
    {{ money('coalesce(earlier.new_default_balance, 0) + default_rate.new_default_balance') }}
        as new_default_balance
from {{ ref('collection') }} as collection
cross join {{ ref('pool_balance') }} as pool_balance
cross join {{ ref('default_rate') }} as default_rate
cross join {{ source('deal', 'period') }} as period
left join {{ source('closed', 'waiting_collection') }} as earlier on true
where not period.has_payment
