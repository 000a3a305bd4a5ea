-- One row per loan that the originator has taken back from the deal so far: it is not offered again.
with every as (
    select
        earlier.loan_id,
        earlier.repurchase_date
    from {{ source('closed', 'repurchased_loan') }} as earlier
    union all
    select
        repurchase.loan_id,
        repurchase.as_of_date as repurchase_date
    from {{ ref('repurchase') }} as repurchase
    where repurchase.balance_amount > 0
)

select
    every.loan_id,
    every.repurchase_date
from every
