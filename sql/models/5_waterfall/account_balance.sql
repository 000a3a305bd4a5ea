-- One row per account and month: opening + in + support + transfers in - transfers out - out = closing, and
-- what a reserve should hold.
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
    line.target_balance
from line
