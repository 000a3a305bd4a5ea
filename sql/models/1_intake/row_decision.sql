-- One row per decision that stands on a row of the tape that had been set aside: by whom, why, and whether
-- the row is accepted now.
select
    decided.tape_sha256,
    decided.row_number,
    decided.loan_id,
    decided.decision_code,
    decided.decided_by,
    decided.decision_reason,
    decided.decided_at,
    accepted.row_number is not null as is_accepted,
    decided.decision_sha256
from {{ source('deal', 'row_decision') }} as decided
left join {{ source('landed', 'accepted_row') }} as accepted
    on
        decided.tape_sha256 = accepted.tape_sha256
        and decided.row_number = accepted.row_number
