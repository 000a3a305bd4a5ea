-- One row per owned loan that is held at its last balance, and why (HL-1).
select
    row_number() over (order by held_loan.loan_id)::integer as line_number,
    held_loan.loan_id,
    held_loan.held_code,
    held_loan.reason_code,
    held_loan.held_balance,
    held_loan.held_since_date
from {{ ref('held_loan') }} as held_loan
