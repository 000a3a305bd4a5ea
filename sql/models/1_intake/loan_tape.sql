-- One row per accepted row of the month's tape: the originator's book as the servicer reports it.
select
    tape_row.loan_id,
    tape_row.borrower_id,
    tape_row.product_code,
    tape_row.origination_date,
    tape_row.maturity_date,
    tape_row.term_months,
    case
        when tape_file.states_currency then tape_row.currency_code
        else run.currency_code
    end as currency_code,
    tape_row.contract_amount,
    tape_row.annual_rate,
    tape_row.repayment_method_code,
    tape_row.opening_balance,
    tape_row.scheduled_principal_paid,
    tape_row.prepaid_principal_paid,
    tape_row.overdue_principal_paid,
    tape_row.interest_due,
    tape_row.interest_paid,
    tape_row.fee_paid,
    tape_row.recovery_amount,
    tape_row.write_off_amount,
    tape_row.adjustment_amount,
    tape_row.adjustment_code,
    tape_row.unexplained_amount,
    tape_row.repurchase_price_amount,
    tape_row.closing_balance,
    tape_row.remaining_months,
    tape_row.days_past_due,
    tape_row.max_days_past_due,
    tape_row.past_due_count,
    tape_row.five_class_code,
    tape_row.status_code,
    tape_row.region_code,
    tape_row.borrower_age,
    tape_row.gender_code,
    tape_row.occupation_code,
    tape_row.annual_income,
    tape_row.credit_score,
    tape_row.star_grade_code,
    tape_row.is_renegotiated,
    tape_row.is_disputed,
    tape_row.is_pledged,
    tape_row.tape_sha256,
    tape_row.row_number
from {{ source('landed', 'tape_row') }} as tape_row
cross join {{ source('close', 'run') }} as run
inner join {{ source('landed', 'tape_file') }} as tape_file
    on tape_row.tape_sha256 = tape_file.tape_sha256
anti join {{ source('landed', 'failed_row') }} as failed_row
    on
        tape_row.tape_sha256 = failed_row.tape_sha256
        and tape_row.row_number = failed_row.row_number
