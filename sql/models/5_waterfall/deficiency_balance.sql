-- One row per principal deficiency ledger and month: opening + defaulted - made good - written off with the
-- note = closing.
with line as (
    select unnest(settlement.deficiency, recursive := true)
    from {{ ref('settlement') }} as settlement
)

select
    line.line_number,
    line.note_code,
    line.opening_balance,
    line.defaulted_amount,
    line.made_good_amount,
    line.write_off_amount,
    line.closing_balance
from line
