-- One row per payment status: the loans and the balance of the pool after the purchase.
with status as (
    select
        unnest(
            ['current', 'overdue_1_30', 'overdue_31_60', 'overdue_61_90', 'overdue_over_90', 'unknown']
        ) as status_code,
        unnest(range(1, 7))::integer as line_number
)

select
    status.line_number,
    status.status_code,
    count(pool_loan.loan_id) as loan_count,
    {{ money('sum(pool_loan.outstanding_balance)') }} as outstanding_balance
from status
left join {{ ref('pool_loan') }} as pool_loan
    on status.status_code = pool_loan.status_code and pool_loan.outstanding_balance > 0
group by status.line_number, status.status_code
