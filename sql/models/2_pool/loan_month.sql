-- One row per loan that the deal owned through the collection period: what moved, and where it stands.
-- opening + adjustment - principal paid - written off - repurchased = closing, for each row.
with reported as (
    select
        owned.loan_id,
        owned.entry_batch,
        owned.entry_date,
        owned.opening_balance,
        owned.is_defaulted as was_defaulted,
        owned.is_written_off as was_written_off,
        tape.loan_id is null as is_absent,
        tape.loan_id is null and owned.opening_balance > 0 as is_unreported,
        term.unreported_loan_code = 'write_off' as is_absence_written_off,
        term.default_days_past_due,
        -- A negative balance is an overpayment that the servicer owes back: the pool holds nothing.
        greatest(tape.closing_balance, 0) as tape_closing_balance,
        tape.opening_balance as tape_opening_balance,
        tape.adjustment_amount + greatest(-tape.closing_balance, 0) as tape_adjustment_amount,
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
            - greatest(coalesce(tape.adjustment_amount, 0), 0),
            0
        ) as interest_unpaid,
        coalesce(tape.borrower_id, owned.borrower_id) as borrower_id,
        coalesce(tape.contract_amount, owned.contract_amount) as contract_amount,
        coalesce(tape.annual_rate, owned.annual_rate) as annual_rate,
        coalesce(tape.term_months, owned.term_months) as term_months,
        coalesce(tape.remaining_months, owned.remaining_months) as remaining_months,
        coalesce(tape.origination_date, owned.origination_date) as origination_date,
        coalesce(tape.maturity_date, owned.maturity_date) as maturity_date,
        coalesce(tape.product_code, owned.product_code) as product_code,
        coalesce(tape.repayment_method_code, owned.repayment_method_code) as repayment_method_code,
        coalesce(tape.region_code, owned.region_code) as region_code,
        coalesce(tape.star_grade_code, owned.star_grade_code) as star_grade_code,
        coalesce(tape.borrower_age, owned.borrower_age) as borrower_age,
        coalesce(tape.credit_score, owned.credit_score) as credit_score
    from {{ ref('owned_loan') }} as owned
    cross join {{ source('deal', 'term') }} as term
    left join {{ ref('loan_tape') }} as tape on owned.loan_id = tape.loan_id
    left join {{ source('deal', 'repurchase_notice') }} as notice on owned.loan_id = notice.loan_id
    left join {{ ref('warranty_breach') }} as breach on owned.loan_id = breach.loan_id
),

placed as (
    select
        reported.*,
        -- What the originator takes back it pays for, reported or not.
        reported.is_unreported and reported.is_absence_written_off and not reported.is_noticed
            as is_lost
    from reported
),

moved as (
    select
        reported.*,
        case
            when reported.is_absent then 0
            else
                reported.tape_opening_balance
                - reported.opening_balance
                + reported.tape_adjustment_amount
        end as adjustment_amount,
        case
            when reported.is_lost then reported.opening_balance
            else reported.tape_write_off_amount
        end as write_off_amount,
        case
            when reported.is_lost then 0
            when reported.is_absent then reported.opening_balance
            else reported.tape_closing_balance
        end as remaining_balance
    from placed as reported
),

-- What is left after the month's payments the originator takes back, of a loan that is noticed or that
-- breaks a warranty.
taken as (
    select
        moved.*,
        case
            when moved.is_noticed or moved.is_disproved then moved.remaining_balance
            else 0
        end as repurchase_amount
    from moved
),

ended as (
    select
        taken.*,
        taken.remaining_balance - taken.repurchase_amount as closing_balance
    from taken
),

judged as (
    select
        ended.*,
        ended.was_written_off or ended.write_off_amount > 0 as is_written_off,
        ended.was_defaulted
        or ended.write_off_amount > 0
        -- A loan that owes nothing is not late, whatever its days say: paid off, or taken back.
        or coalesce(
            ended.days_past_due > ended.default_days_past_due and ended.closing_balance > 0, false
        ) as is_defaulted
    from ended
)

select
    period.deal_id,
    period.as_of_date,
    judged.loan_id,
    judged.entry_batch,
    judged.entry_date,
    {{ money('judged.opening_balance') }} as opening_balance,
    {{ money('judged.adjustment_amount') }} as adjustment_amount,
    {{ money('judged.scheduled_principal_paid') }} as scheduled_principal_paid,
    {{ money('judged.prepaid_principal_paid') }} as prepaid_principal_paid,
    {{ money('judged.overdue_principal_paid') }} as overdue_principal_paid,
    {{ money('judged.write_off_amount') }} as write_off_amount,
    {{ money('judged.repurchase_amount') }} as repurchase_amount,
    {{ money('judged.closing_balance') }} as closing_balance,
    {{ money('judged.interest_paid') }} as interest_paid,
    {{ money('judged.fee_paid') }} as fee_paid,
    {{ money('judged.recovery_amount') }} as recovery_amount,
    {{ money('judged.interest_unpaid') }} as interest_unpaid,
    judged.days_past_due,
    case
        -- A loan written off in part still owes the rest, and stands where its days put it.
        when judged.closing_balance > 0 then {{ payment_status('judged.days_past_due') }}
        when judged.repurchase_amount > 0 then 'repurchased'
        when judged.is_written_off then 'written_off'
        else 'settled'
    end as status_code,
    judged.is_unreported,
    judged.is_written_off,
    judged.is_defaulted,
    judged.is_defaulted and not judged.was_defaulted as is_new_default,
    case
        when judged.is_defaulted and not judged.was_defaulted
            then {{ money('judged.closing_balance + judged.write_off_amount') }}
        else 0::decimal(18, 2)
    end as default_balance,
    judged.borrower_id,
    judged.contract_amount,
    judged.annual_rate,
    judged.term_months,
    judged.remaining_months,
    judged.origination_date,
    judged.maturity_date,
    judged.product_code,
    judged.repayment_method_code,
    judged.region_code,
    judged.star_grade_code,
    judged.borrower_age,
    judged.credit_score
from judged
cross join {{ source('deal', 'period') }} as period
