-- One row per collection period since the closing: the principal prepaid in it, as a monthly and a yearly
-- rate (TR-4-4). The rate of a month is over what the pool still owed at its start, less what was scheduled
-- and paid (SMM), and over all of it; a year's rate is 1 - (1 - rate)^12 (CPR). The pool is that before the
-- period's purchase. A rate over nothing is unknown, as is one of three months with an unknown one.
with paid as (
    select * from {{ source('history', 'collection') }}
    union all
    select * from {{ ref('collection') }}
),

pool as (
    select * from {{ source('history', 'pool_balance') }}
    union all
    select * from {{ ref('pool_balance') }}
),

measured as (
    select
        pool.as_of_date,
        pool.opening_balance,
        paid.scheduled_principal_paid,
        paid.prepaid_principal_paid,
        {{ divide(
            'paid.prepaid_principal_paid',
            'pool.opening_balance - paid.scheduled_principal_paid',
            12,
        ) }} as month_rate,
        {{ divide('paid.prepaid_principal_paid', 'pool.opening_balance', 12) }} as month_rate_opening
    from pool
    inner join paid on pool.as_of_date = paid.as_of_date
),

annual as (
    select
        measured.*,
        {{ annual_of_monthly('measured.month_rate') }} as annual_rate,
        {{ annual_of_monthly('measured.month_rate_opening') }} as annual_rate_opening
    from measured
),

numbered as (
    select
        annual.*,
        annual.annual_rate
        + lag(annual.annual_rate, 1) over (order by annual.as_of_date)
        + lag(annual.annual_rate, 2) over (order by annual.as_of_date) as three_months_rate,
        (
            period.period_number
            - {{ months_between('annual.as_of_date', 'period.as_of_date') }}
        )::integer as period_number
    from annual
    cross join {{ source('deal', 'period') }} as period
)

select
    (row_number() over (order by numbered.period_number))::integer as line_number,
    numbered.period_number,
    numbered.as_of_date as collection_end_date,
    numbered.opening_balance,
    numbered.scheduled_principal_paid,
    numbered.prepaid_principal_paid,
    numbered.month_rate::decimal(18, 6) as prepayment_rate,
    numbered.annual_rate as annual_prepayment_rate,
    numbered.month_rate_opening::decimal(18, 6) as prepayment_rate_opening,
    numbered.annual_rate_opening as annual_prepayment_rate_opening,
    {{ divide('numbered.three_months_rate', '3') }} as annual_prepayment_rate_3m
from numbered
-- The closing has no period of collections before it.
where numbered.period_number > 0
