-- One row: sums, bounds and weights over the pool after the purchase, and of which of them every loan's value
-- is known.
select
    count(*) as loan_count,
    count(distinct pool_loan.borrower_id) as borrower_count,
    {{ money('sum(pool_loan.outstanding_balance)') }} as outstanding_balance,
    {{ money('sum(pool_loan.contract_amount)') }} as contract_amount,
    max(pool_loan.outstanding_balance) as max_balance,
    sum(pool_loan.outstanding_balance * pool_loan.term_months) as weighted_contract_months,
    sum(pool_loan.outstanding_balance * pool_loan.remaining_months)
        as weighted_remaining_months,
    sum(
        pool_loan.outstanding_balance
        * {{ months_between('pool_loan.origination_date', 'pool_loan.as_of_date') }}
    ) as weighted_age_months,
    max(pool_loan.remaining_months) as max_remaining_months,
    min(pool_loan.remaining_months) as min_remaining_months,
    sum(pool_loan.outstanding_balance * pool_loan.annual_rate) as weighted_annual_rate,
    max(pool_loan.annual_rate) as max_annual_rate,
    min(pool_loan.annual_rate) as min_annual_rate,
    -- Figures on the loans whose value is known would be those of another pool.
    count(pool_loan.borrower_id) = count(*) as is_borrower_known,
    count(pool_loan.contract_amount) = count(*) as is_contract_known,
    count(pool_loan.term_months) = count(*) as is_term_known,
    count(pool_loan.remaining_months) = count(*) as is_remaining_known,
    count(pool_loan.origination_date) = count(*) as is_age_known,
    count(pool_loan.annual_rate) = count(*) as is_rate_known
from {{ ref('pool_loan') }} as pool_loan
where pool_loan.outstanding_balance > 0
