-- One row per figure of the month that an earlier close may have forecast: what it came to.
with pool as (
    -- A projection starts without the loans that are over 90 days past due or written off.
    select {{ money('sum(pool_loan.outstanding_balance)') }} as pool_balance
    from {{ ref('pool_loan') }} as pool_loan
    where pool_loan.status_code not in ('overdue_over_90', 'written_off')
),

actual as (
    select
        figure.line_number,
        figure.measure_code,
        '' as note_code,
        figure.amount
    from pool
    cross join {{ ref('collection') }} as collection
    cross join {{ ref('default_rate') }} as default_rate
    cross join {{ ref('purchase') }} as purchase
    cross join
        lateral (
            values
            (1, 'pool_balance', pool.pool_balance),
            (2, 'principal', collection.principal_paid),
            (3, 'interest', collection.interest_paid),
            (4, 'defaulted', default_rate.new_default_balance),
            (5, 'recovery', collection.recovery_amount),
            (6, 'purchased', purchase.purchased_balance)
        ) as figure (line_number, measure_code, amount)
    union all
    select
        figure.line_number,
        figure.measure_code,
        balance.note_code,
        figure.amount
    from {{ ref('note_balance') }} as balance
    cross join lateral (
        values
        (5 + 2 * balance.line_number, 'note_balance', balance.closing_balance),
        (
            6 + 2 * balance.line_number,
            'note_interest',
            balance.interest_paid + balance.late_interest_paid
        )
    ) as figure (line_number, measure_code, amount)
)

select
    actual.line_number,
    actual.measure_code,
    actual.note_code,
    {{ money('actual.amount') }} as actual_amount
from actual
