-- One row per note and month: opening + issued - principal paid - written off = closing, and the same for its
-- interest and for the interest on unpaid interest.
with line as (
    select unnest(settlement.note, recursive := true)
    from {{ ref('settlement') }} as settlement
)

select
    line.line_number,
    line.note_code,
    line.opening_balance,
    line.issued_amount,
    line.principal_paid,
    line.write_off_amount,
    line.closing_balance,
    line.opening_interest_unpaid,
    line.interest_accrued,
    line.interest_paid,
    line.closing_interest_unpaid,
    line.opening_late_interest_unpaid,
    line.late_interest_accrued,
    line.late_interest_paid,
    line.closing_late_interest_unpaid,
    {{ money('coalesce(last_month.cumulative_principal_paid, 0) + line.principal_paid') }}
        as cumulative_principal_paid,
    {{ money('coalesce(last_month.cumulative_write_off_amount, 0) + line.write_off_amount') }}
        as cumulative_write_off_amount
from line
left join {{ source('closed', 'note_balance') }} as last_month
    on line.note_code = last_month.note_code
