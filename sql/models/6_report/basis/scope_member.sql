-- One row per loan and scope, as the pool keeps it: in the pool after the purchase, among what this month's
-- purchase brought into it, or in a first pool as it was taken whole.
select
    'pool' as scope_code,
    pool_loan.loan_id,
    pool_loan.outstanding_balance,
    {{ characteristics('pool_loan') }}
from {{ ref('pool_loan') }} as pool_loan
where pool_loan.outstanding_balance > 0
union all
select
    'purchased' as scope_code,
    pool_loan.loan_id,
    pool_loan.outstanding_balance,
    {{ characteristics('pool_loan') }}
from {{ ref('pool_loan') }} as pool_loan
cross join {{ source('deal', 'period') }} as period
where
    pool_loan.entry_batch = period.period_number
    and pool_loan.outstanding_balance > 0
    and not period.is_first
union all
select
    'opening' as scope_code,
    owned_loan.loan_id,
    owned_loan.opening_balance as outstanding_balance,
    {{ characteristics('owned_loan') }}
from {{ ref('owned_loan') }} as owned_loan
cross join {{ source('deal', 'period') }} as period
where owned_loan.opening_balance > 0 and period.is_first
