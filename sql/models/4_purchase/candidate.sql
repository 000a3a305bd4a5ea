-- One row per eligible loan: what the draw, the price and the limits of the pool are told of it.
select
    loan_tape.deal_id,
    loan_tape.as_of_date,
    row_number() over () - 1 as candidate_number,
    loan_tape.loan_id,
    eligibility.outstanding_balance,
    loan_tape.borrower_id,
    loan_tape.product_code,
    loan_tape.repayment_method_code,
    loan_tape.region_code,
    loan_tape.star_grade_code,
    loan_tape.borrower_age,
    loan_tape.credit_score,
    loan_tape.annual_rate,
    loan_tape.term_months,
    loan_tape.remaining_months,
    loan_tape.origination_date
from {{ ref('loan_eligibility') }} as eligibility
inner join {{ ref('loan_tape') }} as loan_tape on eligibility.loan_id = loan_tape.loan_id
where eligibility.is_eligible
