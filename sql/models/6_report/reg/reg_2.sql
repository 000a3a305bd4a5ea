-- One row per month of origination of the loans of the originator's book at the initial cut-off, as the first
-- tape has them, stated once (REG-2). Loans that were settled before are not on it.
select
    (row_number() over (order by cohort.origination_month nulls last))::integer as line_number,
    cohort.origination_month,
    period.as_of_date as collection_end_date,
    cohort.loan_count,
    cohort.contract_amount,
    cohort.outstanding_balance,
    cohort.current_balance,
    cohort.overdue_1_30_balance,
    cohort.overdue_31_60_balance,
    cohort.overdue_61_90_balance,
    cohort.overdue_over_90_balance,
    cohort.unknown_balance as unknown_status_balance,
    cohort.prepaid_principal_paid
from {{ ref('book_cohort') }} as cohort
cross join {{ source('deal', 'period') }} as period
