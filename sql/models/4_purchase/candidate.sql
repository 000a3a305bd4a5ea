-- One row per eligible loan, numbered: what the draw chooses from.
select
    row_number() over () - 1 as candidate_number,
    eligibility.loan_id,
    eligibility.outstanding_balance
from {{ ref('loan_eligibility') }} as eligibility
where eligibility.is_eligible
