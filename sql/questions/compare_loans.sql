-- The loans of the pool that differ between two months, versions or deals, the largest difference first.
with one as (
    select loan_id, closing_balance, days_past_due, status_code
    from lake.pool.loan_month $at_one
    where deal_id = $deal and strftime(as_of_date, '%Y-%m') = $month
),
other as (
    select loan_id, closing_balance, days_past_due, status_code
    from lake.pool.loan_month $at_other
    where deal_id = $other_deal and strftime(as_of_date, '%Y-%m') = $other_month
)
select
    loan_id, one.closing_balance, other.closing_balance, one.days_past_due, other.days_past_due,
    one.status_code, other.status_code
from one
full join other using (loan_id)
where (one.closing_balance, one.days_past_due, one.status_code)
    is distinct from (other.closing_balance, other.days_past_due, other.status_code)
order by abs(coalesce(one.closing_balance, 0) - coalesce(other.closing_balance, 0)) desc, loan_id
