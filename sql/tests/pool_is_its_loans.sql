-- One row where the pool is not the sum of its loans; a close judges rule pool_differs_from_loans.
select pool.closing_balance
from {{ ref('pool_balance') }} as pool
where
    pool.closing_balance is distinct from
    (select coalesce(sum(loan.closing_balance), 0) from {{ ref('loan_month') }} as loan)
