-- One row per loan of the pool and later month of its file; a month after the file has lost the loan has no
-- balance left.
with history as (
    select
        asset_number as loan_id,
        last_day(period_end) as month_end,
        end_balance::decimal(18, 2) as end_balance,
        principal_collected::decimal(18, 2) as principal,
        total_paid::decimal(18, 2) as paid,
        coalesce(recovered, 0)::decimal(18, 2)
        + coalesce(repossessed_proceeds, 0)::decimal(18, 2) as recovered
    from loan_file
),
month as (
    select distinct month_end from history where month_end > $day
),
stated as (
    select
        pool.loan_id, month.month_end, pool.balance, pool.age,
        history.loan_id is null as is_absent,
        greatest(coalesce(history.end_balance, 0), 0) as closing,
        coalesce(history.principal, 0) as principal,
        coalesce(history.paid - history.principal, 0) as interest,
        coalesce(history.recovered, 0) as recovered,
        row_number() over (partition by pool.loan_id order by month.month_end) as place
    from pool
    cross join month
    left join history
        on pool.loan_id = history.loan_id and month.month_end = history.month_end
),
opened as (
    select
        stated.*,
        coalesce(
            lag(stated.closing) over (partition by stated.loan_id order by stated.month_end),
            stated.balance
        ) as opening
    from stated
)
select
    opened.loan_id, opened.month_end, opened.place, opened.age + opened.place as age_months,
    opened.opening, opened.principal, opened.interest, opened.recovered, opened.closing,
    case
        when opened.opening > 0 and opened.closing = 0 and opened.principal = 0
            then opened.opening
        else 0::decimal(18, 2)
    end as defaulted
from opened
order by all
