-- One row per eligible loan: what the draw, the price and the limits of the pool are told of it.
select
    row_number() over () - 1 as candidate_number,
    loan_tape.loan_id,
    eligibility.outstanding_balance,
    {{ characteristics('loan_tape') }}
from {{ ref('loan_eligibility') }} as eligibility
inner join {{ ref('loan_tape') }} as loan_tape on eligibility.loan_id = loan_tape.loan_id
where eligibility.is_eligible
