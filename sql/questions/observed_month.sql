-- The loans that the deal owned after the month before and that had not defaulted, by how they repay;
-- and what all of its loans brought. A loan that defaults in the month still counts at its opening; one
-- that is repurchased is left out, for that is no prepayment.
with pool as (
    select * from lake.purchase.pool_loan where deal_id = $deal and as_of_date = $before
),
moved as (
    select
        pool.annual_rate, pool.remaining_months, pool.repayment_method_code,
        pool.outstanding_balance,
        pool.is_defaulted as was_defaulted,
        loan.is_new_default,
        loan.default_balance,
        loan.scheduled_principal_paid + loan.prepaid_principal_paid
        + loan.overdue_principal_paid as principal,
        loan.interest_paid,
        loan.recovery_amount,
        case when loan.is_defaulted then 0 else loan.closing_balance end as closing
    from pool
    inner join lake.pool.loan_month as loan
        on loan.deal_id = $deal and loan.as_of_date = $day and pool.loan_id = loan.loan_id
    where loan.repurchase_amount = 0
)
select
    moved.annual_rate, moved.remaining_months, moved.repayment_method_code,
    moved.was_defaulted,
    sum(moved.outstanding_balance)::decimal(18, 2) as opening,
    (sum(moved.outstanding_balance) filter (not moved.is_new_default))::decimal(18, 2) as alive,
    sum(moved.principal)::decimal(18, 2) as principal,
    sum(moved.interest_paid)::decimal(18, 2) as interest,
    sum(moved.default_balance)::decimal(18, 2) as defaulted,
    sum(moved.recovery_amount)::decimal(18, 2) as recovered,
    sum(moved.closing)::decimal(18, 2) as closing
from moved
group by all
order by all
