-- One row per loan that defaulted while the deal owned it: its balance then, what it brought since, and
-- where its disposal stands, as far as the tapes say. A loan that left the pool stays as it left.
with every as (
    select
        earlier.loan_id,
        earlier.entry_batch,
        earlier.default_date,
        earlier.default_balance,
        earlier.recovered_amount,
        earlier.outstanding_balance,
        earlier.disposal_code
    from {{ source('closed', 'defaulted_loan') }} as earlier
    union all
    select
        loan_month.loan_id,
        loan_month.entry_batch,
        loan_month.as_of_date as default_date,
        loan_month.default_balance,
        0 as recovered_amount,
        0 as outstanding_balance,
        null as disposal_code
    from {{ ref('loan_month') }} as loan_month
    where loan_month.is_new_default
),

-- What a loan paid in the month of its default, before it, is no recovery; net proceeds of it are.
moved as (
    select
        every.*,
        loan_month.loan_id is not null as is_owned,
        loan_month.status_code,
        loan_month.closing_balance,
        loan_month.is_written_off,
        every.recovered_amount
        + coalesce(loan_month.recovery_amount, 0)
        + case
            when loan_month.is_new_default then 0
            else
                coalesce(
                    loan_month.scheduled_principal_paid
                    + loan_month.prepaid_principal_paid
                    + loan_month.overdue_principal_paid
                    + loan_month.interest_paid
                    + loan_month.fee_paid,
                    0
                )
        end as recovered_so_far
    from every
    left join {{ ref('loan_month') }} as loan_month
        on every.loan_id = loan_month.loan_id and every.entry_batch = loan_month.entry_batch
)

select
    moved.loan_id,
    moved.entry_batch,
    moved.default_date,
    {{ money('moved.default_balance') }} as default_balance,
    {{ money('moved.recovered_so_far') }} as recovered_amount,
    {{ money('case when moved.is_owned then moved.closing_balance else moved.outstanding_balance end') }}
        as outstanding_balance,
    case
        when not moved.is_owned then moved.disposal_code
        when moved.status_code = 'repurchased' then 'repurchased'
        when moved.is_written_off and moved.recovered_so_far > 0 then 'written_off_recovering'
        when moved.is_written_off then 'written_off'
        when moved.status_code = 'settled' then 'settled'
        when moved.status_code = 'unknown' then 'unknown'
        when moved.status_code = 'current' then 'cured'
        when moved.recovered_so_far > 0 then 'collecting'
        else 'not_disposed'
    end as disposal_code
from moved
