-- One row: the dynamic pool of the collection period, before its purchase. A rate is over the opening
-- balance and unknown where that is 0; a year's rate is 1 - (1 - rate)^12. Remaining months are weighted by
-- balance: of the pool those to which its expected principal falls, of the notes those to their expected
-- maturity.
with expected as (
    select
        sum(expected_line.principal_due) as principal_due,
        sum(
            expected_line.principal_due
            * {{ months_between('period.as_of_date', 'expected_line.collection_end_date') }}
        ) as principal_months
    from {{ ref('expected_line') }} as expected_line
    cross join {{ source('deal', 'period') }} as period
    where expected_line.flow_code = 'month'
),

owed as (
    select
        sum(balance.opening_balance) as opening_balance,
        sum(balance.closing_balance) as closing_balance,
        sum(
            balance.closing_balance
            * greatest({{ months_between('period.as_of_date', 'period.expected_maturity_date') }}, 0)
        ) as balance_months,
        sum(balance.opening_balance * note.annual_rate) as coupon_amount
    from {{ ref('note_balance') }} as balance
    inner join {{ source('deal', 'note') }} as note on balance.note_code = note.note_code
    cross join {{ source('deal', 'period') }} as period
),

measured as (
    select
        pool.opening_balance,
        owed.opening_balance as notes_opening_balance,
        {{ divide('paid.principal_paid', 'pool.opening_balance') }} as payment_rate,
        {{ divide(
            'paid.prepaid_principal_paid',
            'pool.opening_balance - paid.scheduled_principal_paid',
            12,
        ) }} as prepayment_rate,
        {{ divide('defaulted.new_default_balance', 'pool.opening_balance', 12) }} as default_rate,
        {{ divide(
            'defaulted.cumulative_default_balance - paid.cumulative_recovery_amount',
            'defaulted.cumulative_default_balance',
        ) }} as loss_severity_rate,
        {{ divide('12 * (paid.interest_paid + paid.fee_paid)', 'pool.opening_balance') }} as yield_rate,
        {{ divide(
            '12 * (paid.interest_paid + paid.fee_paid) - owed.coupon_amount', 'pool.opening_balance',
        ) }} as excess_spread_rate,
        {{ divide('purchase.cumulative_purchased_balance', 'purchase.initial_pool_balance') }}
            as turnover_ratio,
        {{ divide('expected.principal_months', 'expected.principal_due') }} as pool_remaining_months,
        {{ divide('owed.balance_months', 'owed.closing_balance') }} as notes_remaining_months
    from {{ ref('pool_balance') }} as pool
    cross join {{ ref('collection') }} as paid
    cross join {{ ref('default_rate') }} as defaulted
    cross join {{ ref('purchase') }} as purchase
    cross join expected
    cross join owed
)

select
    measured.opening_balance,
    measured.notes_opening_balance::decimal(18, 2) as notes_opening_balance,
    measured.payment_rate,
    measured.prepayment_rate::decimal(18, 6) as prepayment_rate,
    {{ annual_of_monthly('measured.prepayment_rate') }} as annual_prepayment_rate,
    measured.default_rate::decimal(18, 6) as month_default_rate,
    {{ annual_of_monthly('measured.default_rate') }} as annual_default_rate,
    measured.loss_severity_rate,
    measured.yield_rate,
    measured.excess_spread_rate,
    measured.turnover_ratio,
    measured.pool_remaining_months,
    measured.notes_remaining_months,
    (measured.notes_remaining_months - measured.pool_remaining_months)::decimal(18, 6)
        as duration_gap_months
from measured
