-- One row per loan that the deal owned through the collection period: what it knew of the loan, and what
-- the month's tape says of it.
with adjusted as (
    select
        adjustment.loan_id,
        sum(adjustment.adjustment_amount) as amount
    from {{ ref('adjustment') }} as adjustment
    group by adjustment.loan_id
)

select
    owned.loan_id,
    owned.entry_batch,
    owned.entry_date,
    owned.opening_balance,
    owned.is_defaulted as was_defaulted,
    owned.is_written_off as was_written_off,
    case when owned.is_defaulted then 'defaulted' else {{ payment_status('owned.days_past_due') }} end
        as opening_status_code,
    tape.loan_id is null as is_absent,
    tape.loan_id is null and owned.opening_balance > 0 as is_unreported,
    held.loan_id is not null as is_held,
    tape.status_code = 'repurchased' as is_returned,
    term.default_days_past_due,
    -- A negative balance is an overpayment that the servicer owes back: the pool holds nothing.
    case
        when tape.status_code = 'repurchased'
            then least({{ tape_balance_left('tape') }}, tape.repurchase_price_amount)
        else greatest(tape.closing_balance, 0)
    end as tape_remaining_balance,
    coalesce(adjusted.amount, 0) as adjustment_amount,
    coalesce(tape.scheduled_principal_paid, 0) as scheduled_principal_paid,
    coalesce(tape.prepaid_principal_paid, 0) as prepaid_principal_paid,
    coalesce(tape.overdue_principal_paid, 0) as overdue_principal_paid,
    coalesce(tape.write_off_amount, 0) as tape_write_off_amount,
    coalesce(tape.interest_paid, 0) as interest_paid,
    coalesce(tape.fee_paid, 0) as fee_paid,
    coalesce(tape.recovery_amount, 0) as recovery_amount,
    tape.days_past_due,
    notice.loan_id is not null as is_noticed,
    coalesce(breach.is_disproved, false) as is_disproved,
    -- What was added to the balance is not unpaid beside it.
    greatest(
        owned.interest_unpaid
        + coalesce(tape.interest_due - tape.interest_paid, 0)
        - greatest(coalesce(tape.adjustment_amount, 0) + coalesce(tape.unexplained_amount, 0), 0),
        0
    ) as interest_unpaid,
    {{ characteristics('tape', otherwise='owned') }}
from {{ ref('owned_loan') }} as owned
left join adjusted on owned.loan_id = adjusted.loan_id
left join {{ ref('held_loan') }} as held on owned.loan_id = held.loan_id
cross join {{ source('deal', 'term') }} as term
left join {{ ref('loan_tape') }} as tape on owned.loan_id = tape.loan_id
left join {{ source('deal', 'repurchase_notice') }} as notice on owned.loan_id = notice.loan_id
left join {{ ref('warranty_breach') }} as breach on owned.loan_id = breach.loan_id
