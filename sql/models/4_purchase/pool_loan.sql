-- One row per loan that the deal owns after the purchase, effective from the cut-off: what the next month
-- starts from. Loans paid off or repurchased are gone; one written off stays for what it may still recover.
with kept as (
    select
        loan_month.loan_id,
        loan_month.entry_batch,
        loan_month.entry_date,
        loan_month.closing_balance as outstanding_balance,
        loan_month.interest_unpaid,
        loan_month.is_defaulted,
        loan_month.is_written_off,
        loan_month.status_code,
        {{ characteristics('loan_month') }},
        loan_month.days_past_due
    from {{ ref('loan_month') }} as loan_month
    where
        loan_month.closing_balance > 0
        or (loan_month.is_written_off and loan_month.status_code != 'repurchased')
),

bought as (
    select
        purchased_loan.loan_id,
        purchased_loan.purchase_number as entry_batch,
        purchased_loan.as_of_date as entry_date,
        purchased_loan.balance_amount as outstanding_balance,
        0::decimal(18, 2) as interest_unpaid,
        false as is_defaulted,
        false as is_written_off,
        {{ payment_status('tape.days_past_due') }} as status_code,
        {{ characteristics('tape') }},
        tape.days_past_due
    from {{ ref('purchased_loan') }} as purchased_loan
    inner join {{ ref('loan_tape') }} as tape on purchased_loan.loan_id = tape.loan_id
    cross join {{ ref('purchase') }} as purchase
    where not purchase.is_at_opening
),

owned as (
    select * from kept
    union all
    select * from bought
)

select
    owned.loan_id,
    owned.entry_batch,
    owned.entry_date,
    owned.outstanding_balance,
    owned.interest_unpaid,
    owned.is_defaulted,
    owned.is_written_off,
    owned.status_code,
    {{ characteristics('owned') }},
    owned.days_past_due
from owned
cross join {{ ref('phase') }} as phase
where not phase.is_clean_up_called
