-- One row per statistic of the pool after the purchase, against the last report (TR-11).
-- Weights are the outstanding balances; `value` is in the unit that the row says.
with pool as (
    select
        count(*) as loan_count,
        count(distinct pool_loan.borrower_id) as borrower_count,
        {{ money('sum(pool_loan.outstanding_balance)') }} as outstanding_balance,
        {{ money('sum(pool_loan.contract_amount)') }} as contract_amount,
        max(pool_loan.outstanding_balance) as max_balance,
        sum(pool_loan.outstanding_balance * pool_loan.term_months) as weighted_contract_months,
        sum(pool_loan.outstanding_balance * pool_loan.remaining_months)
            as weighted_remaining_months,
        sum(
            pool_loan.outstanding_balance
            * {{ months_between('pool_loan.origination_date', 'pool_loan.as_of_date') }}
        ) as weighted_age_months,
        max(pool_loan.remaining_months) as max_remaining_months,
        min(pool_loan.remaining_months) as min_remaining_months,
        sum(pool_loan.outstanding_balance * pool_loan.annual_rate) as weighted_annual_rate,
        max(pool_loan.annual_rate) as max_annual_rate,
        min(pool_loan.annual_rate) as min_annual_rate,
        -- A mean over the loans whose value is not known would be the mean of another pool.
        count(pool_loan.borrower_id) = count(*) as is_borrower_known,
        count(pool_loan.term_months) = count(*) as is_term_known,
        count(pool_loan.remaining_months) = count(*) as is_remaining_known
    from {{ ref('pool_loan') }} as pool_loan
    where pool_loan.outstanding_balance > 0
),

feature as (
    select
        unnest([
            {line_number: 1, block_code: 'amount', feature_code: 'loan_count', unit_code: 'count',
             amount: pool.loan_count::decimal(24, 6)},
            {line_number: 2, block_code: 'amount', feature_code: 'borrower_count', unit_code: 'count',
             amount: case when pool.is_borrower_known then pool.borrower_count end},
            {line_number: 3, block_code: 'amount', feature_code: 'outstanding_balance',
             unit_code: 'money', amount: pool.outstanding_balance},
            {line_number: 4, block_code: 'amount', feature_code: 'contract_amount',
             unit_code: 'money', amount: pool.contract_amount},
            {line_number: 5, block_code: 'amount', feature_code: 'max_balance', unit_code: 'money',
             amount: pool.max_balance},
            {line_number: 6, block_code: 'amount', feature_code: 'mean_balance', unit_code: 'money',
             amount: {{ divide('pool.outstanding_balance', 'pool.loan_count', 2) }}},
            {line_number: 7, block_code: 'amount', feature_code: 'mean_contract_amount',
             unit_code: 'money',
             amount: {{ divide('pool.contract_amount', 'pool.loan_count', 2) }}},
            {line_number: 8, block_code: 'term', feature_code: 'wa_contract_months',
             unit_code: 'months',
             amount: case when pool.is_term_known then
                 {{ divide('pool.weighted_contract_months', 'pool.outstanding_balance') }} end},
            {line_number: 9, block_code: 'term', feature_code: 'wa_remaining_months',
             unit_code: 'months',
             amount: case when pool.is_remaining_known then
                 {{ divide('pool.weighted_remaining_months', 'pool.outstanding_balance') }} end},
            {line_number: 10, block_code: 'term', feature_code: 'wa_age_months',
             unit_code: 'months',
             amount: {{ divide('pool.weighted_age_months', 'pool.outstanding_balance') }}},
            {line_number: 11, block_code: 'term', feature_code: 'max_remaining_months',
             unit_code: 'months', amount: pool.max_remaining_months},
            {line_number: 12, block_code: 'term', feature_code: 'min_remaining_months',
             unit_code: 'months', amount: pool.min_remaining_months},
            {line_number: 13, block_code: 'rate', feature_code: 'wa_annual_rate', unit_code: 'rate',
             amount: {{ divide('pool.weighted_annual_rate', 'pool.outstanding_balance') }}},
            {line_number: 14, block_code: 'rate', feature_code: 'max_annual_rate',
             unit_code: 'rate', amount: pool.max_annual_rate},
            {line_number: 15, block_code: 'rate', feature_code: 'min_annual_rate',
             unit_code: 'rate', amount: pool.min_annual_rate}
        ], recursive := true)
    from pool
)

select
    period.deal_id,
    period.as_of_date,
    feature.line_number::integer as line_number,
    feature.block_code,
    feature.feature_code,
    feature.unit_code,
    last_month.current_value as previous_value,
    feature.amount::decimal(24, 6) as current_value
from feature
cross join {{ source('deal', 'period') }} as period
left join {{ source('closed', 'tr_11') }} as last_month
    on feature.feature_code = last_month.feature_code
