-- One row per loan of the pool with a balance at the cut-off, with its age in months.
select
    loan_id, outstanding_balance as balance, annual_rate, remaining_months,
    repayment_method_code,
    (year($day) - year(origination_date)) * 12 + month($day) - month(origination_date) as age
from lake.purchase.pool_loan
where deal_id = $deal and as_of_date = $day and outstanding_balance > 0
