-- One row per account and month: opening + in + support + transfers in - transfers out - out = closing, and
-- what a reserve should hold, by the last payment date.
with line as (
    select unnest(settlement.account, recursive := true)
    from {{ ref('settlement') }} as settlement
)

select
    line.line_number,
    line.account_code,
    line.opening_balance,
    line.inflow_amount,
    line.originator_amount,
    line.support_amount,
    line.transfer_in_amount,
    line.transfer_out_amount,
    line.outflow_amount,
    line.closing_balance,
    coalesce(line.target_balance, last_month.target_balance) as target_balance
from line
left join {{ source('closed', 'account_balance') }} as last_month
    on line.account_code = last_month.account_code
