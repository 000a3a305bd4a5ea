-- One row per loan of the tape that no deal owns, in a month with a purchase: the loan, and the values that
-- criteria look at beside the tape's own.
with offered as (
    select tape.*
    from {{ ref('loan_tape') }} as tape
    cross join {{ ref('phase') }} as phase
    anti join {{ ref('owned_loan') }} as owned on tape.loan_id = owned.loan_id
    anti join {{ source('closed', 'owned_elsewhere') }} as elsewhere
        on tape.loan_id = elsewhere.loan_id
    where phase.has_purchase and tape.closing_balance > 0
),

taken_back as (
    select repurchased.loan_id from {{ source('closed', 'repurchased_loan') }} as repurchased
    union
    select elsewhere.loan_id from {{ source('closed', 'repurchased_elsewhere') }} as elsewhere
)

select
    offered.*,
    {{ months_between('offered.origination_date', 'offered.as_of_date') }} as seasoning_months,
    {{ age_at('offered.borrower_age', 'offered.as_of_date', 'offered.maturity_date') }}
        as maturity_age,
    taken_back.loan_id is not null as was_repurchased
from offered
left join taken_back on offered.loan_id = taken_back.loan_id
