-- One row per loan that the deal owned through the collection period: what moved, and where it stands.
-- opening + adjustment - principal paid - written off - repurchased = closing, for each row.
with judged as (
    select
        ended.*,
        ended.was_written_off or ended.write_off_amount > 0 as is_written_off,
        ended.was_defaulted
        or ended.write_off_amount > 0
        -- A loan that owes nothing is not late, whatever its days say: paid off, or taken back.
        or coalesce(
            ended.days_past_due > ended.default_days_past_due and ended.closing_balance > 0, false
        ) as is_defaulted
    from {{ ref('loan_movement') }} as ended
)

select
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
    judged.opening_status_code,
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
    {{ characteristics('judged') }}
from judged
