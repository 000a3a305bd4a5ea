-- One row per state in which loans that defaulted since the closing stand, and their total (TR-5): as far as
-- the tapes say, by status, write-off and cash received since the default.
with state as (
    select
        unnest([
            'not_disposed', 'collecting', 'cured', 'written_off', 'written_off_recovering', 'settled',
            'repurchased', 'unknown'
        ]) as disposal_code,
        unnest(range(1, 9))::integer as line_number
),

counted as (
    select
        state.line_number,
        state.disposal_code,
        count(loan.loan_id) as loan_count,
        {{ money('sum(loan.default_balance)') }} as default_balance,
        {{ money('sum(loan.outstanding_balance)') }} as outstanding_balance,
        {{ money('sum(loan.recovered_amount)') }} as recovered_amount
    from state
    left join {{ ref('defaulted_loan') }} as loan on state.disposal_code = loan.disposal_code
    group by state.line_number, state.disposal_code
),

line as (
    select * from counted
    union all
    select
        9 as line_number,
        'total' as disposal_code,
        sum(counted.loan_count)::bigint as loan_count,
        sum(counted.default_balance) as default_balance,
        sum(counted.outstanding_balance) as outstanding_balance,
        sum(counted.recovered_amount) as recovered_amount
    from counted
),

-- What the first month bought is the initial pool.
initial as (
    select arg_min(bought.purchased_loan_count, bought.as_of_date) as loan_count
    from (
        select * from {{ source('history', 'purchase') }}
        union all
        select * from {{ ref('purchase') }}
    ) as bought
)

select
    line.line_number,
    line.disposal_code,
    line.loan_count,
    {{ divide('line.loan_count', 'initial.loan_count') }} as initial_loan_share,
    {{ money('line.default_balance') }} as default_balance,
    {{ divide('coalesce(line.default_balance, 0)', 'purchase.initial_pool_balance') }}
        as initial_pool_share,
    {{ money('line.outstanding_balance') }} as outstanding_balance,
    {{ money('line.recovered_amount') }} as recovered_amount
from line
cross join initial
cross join {{ ref('purchase') }} as purchase
where line.disposal_code != 'unknown' or line.loan_count > 0
