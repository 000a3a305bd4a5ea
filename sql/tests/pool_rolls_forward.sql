-- One row where the pool does not roll forward; a close judges rule pool_roll_forward.
select closing_balance
from {{ ref('pool_balance') }}
where
    opening_balance + adjustment_amount - principal_paid - write_off_amount - repurchase_amount
    is distinct from closing_balance
