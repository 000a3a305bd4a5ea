-- One row per transition of status in which the status that the servicer reports is not the one that balance,
-- payments and days past due give.
with paid as (
    select
        tape.loan_id,
        coalesce(tape.status_code, 'unknown') as status_code,
        coalesce(last_tape.status_code, 'none') as previous_status_code,
        last_tape.status_code = 'written_off' as was_written_off,
        tape.closing_balance,
        tape.write_off_amount,
        tape.recovery_amount,
        tape.repurchase_price_amount,
        tape.days_past_due,
        -- Of a loan of which nothing came in the tape may say no days: it has aged since last month.
        last_tape.days_past_due + datediff('day', last_tape.as_of_date, period.as_of_date) as aged_days,
        last_tape.days_past_due > 0 as was_late,
        {{ paid_in_month('tape') }} <= 0 as is_unpaid,
        coalesce(tape.interest_due > 0, false) as is_due,
        term.default_days_past_due
    from {{ ref('loan_tape') }} as tape
    cross join {{ source('deal', 'period') }} as period
    cross join {{ source('deal', 'term') }} as term
    left join {{ source('closed', 'last_tape') }} as last_tape on tape.loan_id = last_tape.loan_id
),

aged as (
    select
        paid.*,
        case
            -- What was due in the month and not paid is late by a day at least.
            when paid.days_past_due <= 0 and paid.is_due and paid.is_unpaid then 1
            when paid.days_past_due is not null then paid.days_past_due
            when paid.is_unpaid and paid.was_late then paid.aged_days
        end as late_days
    from paid
),

recomputed as (
    select
        aged.previous_status_code,
        aged.status_code,
        aged.closing_balance,
        case
            when coalesce(aged.repurchase_price_amount, 0) != 0 then 'repurchased'
            when
                aged.closing_balance <= 0
                and (
                    aged.write_off_amount > 0
                    or coalesce(aged.was_written_off, false)
                    or coalesce(aged.recovery_amount > 0, false)
                    or coalesce(aged.days_past_due > 0, false)
                )
                then 'written_off'
            when aged.closing_balance <= 0 then 'settled'
            when aged.late_days > aged.default_days_past_due then 'defaulted'
            when aged.late_days > 0 then 'overdue'
            when aged.late_days is not null then 'current'
            else 'unknown'
        end as recomputed_status_code
    from aged
)

select
    recomputed.previous_status_code,
    recomputed.status_code,
    recomputed.recomputed_status_code,
    count(*) as loan_count,
    {{ money('sum(recomputed.closing_balance)') }} as closing_balance
from recomputed
where recomputed.status_code != recomputed.recomputed_status_code
group by recomputed.previous_status_code, recomputed.status_code, recomputed.recomputed_status_code
order by recomputed.previous_status_code, recomputed.status_code, recomputed.recomputed_status_code
