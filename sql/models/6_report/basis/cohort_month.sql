-- One row per cohort of loans that the deal owned through the collection period or bought at its end: those
-- that entered the pool in one month and, beside them, those that were paid out in one. What moved of each,
-- and what is left before the purchase. The cohorts of a kind sum to the pool.
with owned as (
    select
        loan_month.entry_date,
        loan_month.origination_date,
        count(*) filter (where loan_month.opening_balance > 0) as opening_loan_count,
        sum(loan_month.opening_balance) as opening_balance,
        -- The initial pool of a static deal is bought at the opening.
        count(*) filter (where period.is_first) as purchased_loan_count,
        sum(case when period.is_first then loan_month.opening_balance else 0 end) as purchased_balance,
        sum(loan_month.adjustment_amount) as adjustment_amount,
        sum(
            loan_month.scheduled_principal_paid
            + loan_month.prepaid_principal_paid
            + loan_month.overdue_principal_paid
        ) as principal_paid,
        sum(loan_month.prepaid_principal_paid) as prepaid_principal_paid,
        sum(loan_month.write_off_amount) as write_off_amount,
        sum(loan_month.repurchase_amount) as repurchase_amount,
        sum(loan_month.default_balance) as default_balance,
        sum(loan_month.recovery_amount) as recovery_amount,
        count(*) filter (where loan_month.closing_balance > 0) as loan_count,
        sum(loan_month.closing_balance) as closing_balance
    from {{ ref('loan_month') }} as loan_month
    cross join {{ source('deal', 'period') }} as period
    group by all
),

bought as (
    select
        pool_loan.entry_date,
        pool_loan.origination_date,
        count(*) as purchased_loan_count,
        sum(pool_loan.outstanding_balance) as purchased_balance
    from {{ ref('pool_loan') }} as pool_loan
    inner join {{ source('deal', 'period') }} as period on pool_loan.entry_date = period.as_of_date
    group by all
),

moved as (
    select * from owned
    union all by name
    select * from bought
)

select
    kind.cohort_code,
    strftime(
        case kind.cohort_code when 'entry' then moved.entry_date else moved.origination_date end, '%Y-%m'
    ) as cohort_month,
    {%- for count in ('opening_loan_count', 'purchased_loan_count', 'loan_count') %}
    coalesce(sum(moved.{{ count }}), 0)::bigint as {{ count }},
    {%- endfor %}
    {%- for amount in (
        'opening_balance', 'purchased_balance', 'adjustment_amount', 'principal_paid',
        'prepaid_principal_paid', 'write_off_amount', 'repurchase_amount', 'default_balance',
        'recovery_amount',
    ) %}
    {{ money('sum(moved.' ~ amount ~ ')') }} as {{ amount }},
    {%- endfor %}
    {{ money('sum(moved.closing_balance)') }} as closing_balance
from moved
cross join (values ('entry'), ('origination')) as kind (cohort_code)
group by kind.cohort_code, cohort_month
