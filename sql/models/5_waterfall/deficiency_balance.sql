-- One row per principal deficiency ledger and month: opening + defaulted - made good - written off with the
-- note = closing.
with line as (
    select unnest(settlement.deficiency, recursive := true)
    from {{ ref('settlement') }} as settlement
)

select
    period.deal_id,
    period.as_of_date,
    line.line_number,
    line.note_code,
    line.opening_balance,
    line.defaulted_amount,
    line.made_good_amount,
    line.write_off_amount,
    line.closing_balance
from line
cross join {{ source('deal', 'period') }} as period
