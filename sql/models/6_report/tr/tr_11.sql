-- One row per statistic of the pool after the purchase, against the last report (TR-11).
-- Weights are the outstanding balances; `value` is in the unit that the row says. Adjustments of the period,
-- by kind, and loans held at their last balance follow where there were any.
with average as (
    select
        {{ divide('pool.outstanding_balance', 'pool.loan_count', 2) }} as balance,
        {{ divide('pool.contract_amount', 'pool.loan_count', 2) }} as contract_amount,
        {{ divide('pool.weighted_contract_months', 'pool.outstanding_balance') }}
            as contract_months,
        {{ divide('pool.weighted_remaining_months', 'pool.outstanding_balance') }}
            as remaining_months,
        {{ divide('pool.weighted_age_months', 'pool.outstanding_balance') }} as age_months,
        {{ divide('pool.weighted_annual_rate', 'pool.outstanding_balance') }} as annual_rate
    from {{ ref('pool_statistic') }} as pool
),

feature as (
    select
        statistic.line_number,
        statistic.block_code,
        statistic.feature_code,
        statistic.unit_code,
        case when statistic.is_known then statistic.amount end::decimal(24, 6) as amount
    from {{ ref('pool_statistic') }} as pool
    cross join average
    cross join lateral (
        values
        (1, 'amount', 'loan_count', 'count', true, pool.loan_count),
        (2, 'amount', 'borrower_count', 'count', pool.is_borrower_known, pool.borrower_count),
        (3, 'amount', 'outstanding_balance', 'money', true, pool.outstanding_balance),
        (4, 'amount', 'contract_amount', 'money', pool.is_contract_known, pool.contract_amount),
        (5, 'amount', 'max_balance', 'money', true, pool.max_balance),
        (6, 'amount', 'mean_balance', 'money', true, average.balance),
        (
            7, 'amount', 'mean_contract_amount', 'money',
            pool.is_contract_known, average.contract_amount
        ),
        (8, 'term', 'wa_contract_months', 'months', pool.is_term_known, average.contract_months),
        (
            9, 'term', 'wa_remaining_months', 'months',
            pool.is_remaining_known, average.remaining_months
        ),
        (10, 'term', 'wa_age_months', 'months', pool.is_age_known, average.age_months),
        (
            11, 'term', 'max_remaining_months', 'months',
            pool.is_remaining_known, pool.max_remaining_months
        ),
        (
            12, 'term', 'min_remaining_months', 'months',
            pool.is_remaining_known, pool.min_remaining_months
        ),
        (13, 'rate', 'wa_annual_rate', 'rate', pool.is_rate_known, average.annual_rate),
        (14, 'rate', 'max_annual_rate', 'rate', pool.is_rate_known, pool.max_annual_rate),
        (15, 'rate', 'min_annual_rate', 'rate', pool.is_rate_known, pool.min_annual_rate)
    ) as statistic (line_number, block_code, feature_code, unit_code, is_known, amount)
)

select
    feature.line_number,
    feature.block_code,
    feature.feature_code,
    feature.unit_code,
    last_month.current_value as previous_value,
    feature.amount as current_value
from (
    select * from feature
    union all
    select * from {{ ref('moved_statistic') }}
) as feature
left join {{ source('closed', 'tr_11') }} as last_month
    on feature.feature_code = last_month.feature_code
