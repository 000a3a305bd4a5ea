-- One row per note: principal and interest paid on this payment date (TR-3-2).
-- before - paid - written off = after; per 100 is the amount over a hundredth of the notional. Interest is
-- with that on unpaid interest, and what is due and not paid is left unpaid; a residual goes to the equity
-- beside them. Principal is lost when it is written off, or left unpaid at the legal final maturity.
with short as (
    select
        payment.target_code as note_code,
        -- A step that is capped leaves the rest to a step lower down: the last one says what is short.
        arg_max(payment.shortfall_amount, payment.payment_number) as shortfall_amount
    from {{ ref('payment') }} as payment
    where payment.kind_code = 'principal'
    group by payment.target_code
),

residual as (
    select
        payment.target_code as note_code,
        sum(payment.paid_amount) as paid_amount
    from {{ ref('payment') }} as payment
    where payment.kind_code = 'residual'
    group by payment.target_code
),

paid as (
    select
        note.line_number,
        note.note_code,
        note.notional_amount,
        note.annual_rate,
        {{ money('balance.opening_balance + balance.issued_amount') }} as opening_balance,
        balance.principal_paid,
        balance.write_off_amount,
        {{ money('balance.opening_interest_unpaid
            + balance.interest_accrued
            + balance.opening_late_interest_unpaid
            + balance.late_interest_accrued') }} as interest_due,
        {{ money('balance.interest_paid + balance.late_interest_paid') }} as interest_paid,
        balance.closing_balance,
        {{ money('balance.closing_interest_unpaid + balance.closing_late_interest_unpaid') }}
            as closing_interest_unpaid,
        balance.cumulative_principal_paid,
        balance.cumulative_write_off_amount,
        {{ money('residual.paid_amount') }} as residual_paid,
        coalesce(short.shortfall_amount, 0) as principal_shortfall_amount
    from {{ ref('note_balance') }} as balance
    inner join {{ source('deal', 'note') }} as note on balance.note_code = note.note_code
    left join short on balance.note_code = short.note_code
    left join residual on balance.note_code = residual.note_code
)

select
    paid.line_number,
    paid.note_code,
    paid.notional_amount,
    paid.opening_balance,
    {{ divide('paid.opening_balance * 100', 'paid.notional_amount') }} as opening_balance_per_100,
    paid.principal_paid,
    {{ divide('paid.principal_paid * 100', 'paid.notional_amount') }} as principal_paid_per_100,
    paid.write_off_amount,
    paid.annual_rate,
    paid.interest_due,
    paid.interest_paid,
    {{ divide('paid.interest_paid * 100', 'paid.notional_amount') }} as interest_paid_per_100,
    paid.closing_interest_unpaid,
    paid.residual_paid,
    {{ money('paid.principal_paid + paid.interest_paid + paid.residual_paid') }} as total_paid,
    paid.closing_balance,
    {{ divide('paid.closing_balance * 100', 'paid.notional_amount') }} as closing_balance_per_100,
    paid.cumulative_principal_paid,
    paid.principal_shortfall_amount = 0 and paid.closing_interest_unpaid = 0 as is_paid_in_full,
    paid.closing_interest_unpaid > 0 as is_interest_deferred,
    {{ money('paid.cumulative_write_off_amount
        + case when period.is_legal_final then paid.closing_balance else 0 end') }}
        as principal_loss_amount
from paid
cross join {{ source('deal', 'period') }} as period
