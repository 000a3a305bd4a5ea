-- One row per loan that the deal owned through the collection period, as it stood at the last cut-off.
with carried as (
    select * from {{ source('closed', 'pool_loan') }}
),

-- A static deal takes every loan of its first tape that owed something, at the balance before that
-- month's payments.
taken_whole as (
    select
        loan_tape.loan_id,
        0 as entry_batch,
        term.initial_cut_off_date as entry_date,
        loan_tape.opening_balance,
        0::decimal(18, 2) as interest_unpaid,
        false as is_defaulted,
        false as is_written_off,
        {{ characteristics('loan_tape') }},
        loan_tape.days_past_due
    from {{ ref('loan_tape') }} as loan_tape
    cross join {{ source('deal', 'period') }} as period
    cross join {{ source('deal', 'term') }} as term
    where
        period.is_first
        and term.initial_pool_code = 'whole_tape'
        and loan_tape.opening_balance > 0
)

select
    carried.loan_id,
    carried.entry_batch,
    carried.entry_date,
    carried.outstanding_balance as opening_balance,
    {{ money('carried.interest_unpaid') }} as interest_unpaid,
    carried.is_defaulted,
    carried.is_written_off,
    {{ characteristics('carried') }},
    carried.days_past_due
from carried
union all
select
    taken_whole.loan_id,
    taken_whole.entry_batch,
    taken_whole.entry_date,
    taken_whole.opening_balance,
    taken_whole.interest_unpaid,
    taken_whole.is_defaulted,
    taken_whole.is_written_off,
    {{ characteristics('taken_whole') }},
    taken_whole.days_past_due
from taken_whole
