-- One row per cohort of the static pools, by month of entry into the pool and by month of origination: what
-- was bought, what it has repaid, defaulted and recovered since, and what is left of it after the purchase
-- (SP-1). Sums since the closing and rates are unknown where the lake lacks a month.
with since as (
    select
        history.cohort_code,
        history.cohort_month,
        sum(history.purchased_loan_count)::bigint as purchased_loan_count,
        sum(history.purchased_balance)::decimal(18, 2) as purchased_balance,
        sum(history.principal_paid)::decimal(18, 2) as principal_paid,
        sum(history.prepaid_principal_paid)::decimal(18, 2) as prepaid_principal_paid,
        sum(history.default_balance)::decimal(18, 2) as default_balance,
        sum(history.recovery_amount)::decimal(18, 2) as recovery_amount
    from {{ ref('cohort_history') }} as history
    group by history.cohort_code, history.cohort_month
),

cohort as (
    select
        cohort_code,
        cohort_month
    from {{ ref('cohort_month') }}
    union
    select
        since.cohort_code,
        since.cohort_month
    from since
),

held as (
    select
        cohort.cohort_code,
        cohort.cohort_month,
        {{ months_between("strptime(cohort.cohort_month, '%Y-%m')", 'period.as_of_date') }}
            as months_on_book,
        case
            when phase.is_clean_up_called then 0
            when purchase.is_at_opening then coalesce(this_month.closing_balance, 0)
            else coalesce(this_month.closing_balance + this_month.purchased_balance, 0)
        end::decimal(18, 2) as outstanding_balance
    from cohort
    cross join {{ source('deal', 'period') }} as period
    cross join {{ ref('phase') }} as phase
    cross join {{ ref('purchase') }} as purchase
    left join {{ ref('cohort_month') }} as this_month
        on
            cohort.cohort_code = this_month.cohort_code
            and cohort.cohort_month is not distinct from this_month.cohort_month
)

select
    row_number() over (order by held.cohort_code, held.cohort_month nulls last)::integer as line_number,
    held.cohort_code,
    held.cohort_month,
    held.months_on_book,
    since.purchased_loan_count,
    since.purchased_balance,
    since.principal_paid as cumulative_principal_paid,
    since.prepaid_principal_paid as cumulative_prepaid_principal_paid,
    since.default_balance as cumulative_default_balance,
    {{ divide('since.default_balance', 'since.purchased_balance') }} as cohort_default_rate,
    since.recovery_amount as cumulative_recovery_amount,
    {{ divide('since.default_balance - since.recovery_amount', 'since.purchased_balance') }}
        as cohort_net_loss_rate,
    held.outstanding_balance,
    {{ divide('held.outstanding_balance', 'since.purchased_balance') }} as pool_factor
from held
left join since
    on
        held.cohort_code = since.cohort_code
        and held.cohort_month is not distinct from since.cohort_month
