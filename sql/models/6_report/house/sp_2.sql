-- One row per age of the static pools, in months since their entry into the pool: what of the cohorts that
-- reached that age had defaulted by then, together, and the lowest and highest of them (SP-2). A cohort
-- that is repaid stays at what it came to.
with cohort as (
    select
        history.cohort_month,
        sum(history.purchased_balance)::decimal(18, 2) as purchased_balance
    from {{ ref('cohort_history') }} as history
    where history.cohort_code = 'entry'
    group by history.cohort_month
),

cut_off as (
    select purchase.as_of_date
    from {{ source('history', 'purchase') }} as purchase
    union all
    select period.as_of_date
    from {{ source('deal', 'period') }} as period
),

aged as (
    select
        cohort.cohort_month,
        cohort.purchased_balance,
        {{ months_between("strptime(cohort.cohort_month, '%Y-%m')", 'cut_off.as_of_date') }}
            as months_on_book,
        sum(coalesce(history.default_balance, 0)) over (
            partition by cohort.cohort_month order by cut_off.as_of_date
        )::decimal(18, 2) as default_balance
    from cohort
    inner join cut_off on strptime(cohort.cohort_month, '%Y-%m') < cut_off.as_of_date
    left join {{ ref('cohort_history') }} as history
        on
            cohort.cohort_month = history.cohort_month
            and cut_off.as_of_date = history.as_of_date
            and history.cohort_code = 'entry'
),

rated as (
    select
        aged.*,
        {{ divide('aged.default_balance', 'aged.purchased_balance') }} as default_rate
    from aged
    where aged.months_on_book > 0
),

summed as (
    select
        rated.months_on_book,
        count(*) as cohort_count,
        sum(rated.purchased_balance)::decimal(18, 2) as purchased_balance,
        sum(rated.default_balance)::decimal(18, 2) as cumulative_default_balance,
        min(rated.default_rate) as lowest_default_rate,
        max(rated.default_rate) as highest_default_rate
    from rated
    group by rated.months_on_book
)

select
    summed.months_on_book as line_number,
    summed.months_on_book,
    summed.cohort_count,
    summed.purchased_balance,
    summed.cumulative_default_balance,
    {{ divide('summed.cumulative_default_balance', 'summed.purchased_balance') }} as cohort_default_rate,
    summed.lowest_default_rate,
    summed.highest_default_rate
from summed
