-- One row per movement of money on the month's payment dates, in order: the steps of the priority of
-- payments, and what other accounts made up for them.
with line as (
    select unnest(settlement.payment, recursive := true)
    from {{ ref('settlement') }} as settlement
)

select
    line.payment_date,
    line.payment_number,
    line.step_number,
    line.kind_code,
    line.target_code,
    line.clause_name,
    line.account_code,
    line.to_account_code,
    line.due_amount,
    line.paid_amount,
    line.shortfall_amount,
    line.supported_amount,
    line.account_balance
from line
