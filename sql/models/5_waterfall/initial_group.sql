-- One row per group of loans of the initial pool that repay alike, in the first month alone: a pool that was
-- drawn as it stands after the purchase, one that was taken whole as it opened, by what the first tape says.
-- Of a loan that no longer owes then, the months that it had to run are not known.
with initial_loan as (
    select
        pool_loan.status_code,
        pool_loan.annual_rate,
        pool_loan.remaining_months,
        pool_loan.repayment_method_code,
        pool_loan.outstanding_balance
    from {{ source('deal', 'period') }} as period
    cross join {{ ref('purchase') }} as purchase
    inner join {{ ref('pool_loan') }} as pool_loan on period.is_first and not purchase.is_at_opening
    union all
    select
        {{ payment_status('loan_month.days_past_due') }} as status_code,
        loan_month.annual_rate,
        case
            when loan_month.closing_balance > 0
                then
                    loan_month.remaining_months
                    + {{ months_between('term.initial_cut_off_date', 'period.as_of_date') }}
        end as remaining_months,
        loan_month.repayment_method_code,
        loan_month.opening_balance as outstanding_balance
    from {{ source('deal', 'period') }} as period
    cross join {{ source('deal', 'term') }} as term
    cross join {{ ref('purchase') }} as purchase
    inner join {{ ref('loan_month') }} as loan_month on period.is_first and purchase.is_at_opening
)

select
    initial_loan.status_code,
    initial_loan.annual_rate,
    initial_loan.remaining_months::integer as remaining_months,
    initial_loan.repayment_method_code,
    sum(initial_loan.outstanding_balance)::decimal(18, 2) as outstanding_balance
from initial_loan
group by all
