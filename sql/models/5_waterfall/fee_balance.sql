-- One row per tax or fee and month: opening unpaid + accrued - paid = closing unpaid.
with line as (
    select unnest(settlement.fee, recursive := true)
    from {{ ref('settlement') }} as settlement
)

select
    line.line_number,
    line.fee_code,
    line.opening_unpaid,
    line.accrued_amount,
    line.paid_amount,
    line.closing_unpaid
from line
