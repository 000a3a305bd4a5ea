-- One row per note whose balance does not roll forward; a close judges rule note_roll_forward.
select note_code
from {{ ref('note_balance') }}
where opening_balance + issued_amount - principal_paid - write_off_amount is distinct from closing_balance
