-- One row per deal and month: new and cumulative defaults, on both denominators.
-- A loan counts once, at its balance when it first defaulted.
with current_month as (
    select
        count(*) filter (where loan_month.is_new_default) as new_default_count,
        {{ money('sum(loan_month.default_balance)') }} as new_default_balance,
        {{ money('sum(loan_month.opening_balance)') }} as opening_balance
    from {{ ref('loan_month') }} as loan_month
),

history as (
    select
        {{ money('max(purchase.initial_pool_balance)') }} as initial_pool_balance,
        {{ money('max(purchase.cumulative_purchased_balance)') }} as cumulative_purchased_balance
    from {{ source('closed', 'purchase') }} as purchase
),

cumulative as (
    select
        {{ money('max(default_rate.cumulative_default_balance)') }} as default_balance,
        coalesce(max(default_rate.cumulative_default_count), 0) as default_count
    from {{ source('closed', 'default_rate') }} as default_rate
),

measured as (
    select
        current_month.new_default_count,
        current_month.new_default_balance,
        cumulative.default_count + current_month.new_default_count as cumulative_default_count,
        {{ money('cumulative.default_balance + current_month.new_default_balance') }}
            as cumulative_default_balance,
        case
            when period.is_first then current_month.opening_balance
            else history.initial_pool_balance
        end as initial_pool_balance,
        history.cumulative_purchased_balance,
        term.default_rate_denominator_code
    from current_month
    cross join history
    cross join cumulative
    cross join {{ source('deal', 'period') }} as period
    cross join {{ source('deal', 'term') }} as term
)

select
    measured.new_default_count,
    measured.new_default_balance,
    measured.cumulative_default_count,
    measured.cumulative_default_balance,
    measured.initial_pool_balance,
    measured.cumulative_purchased_balance,
    {{ divide('measured.cumulative_default_balance', 'measured.initial_pool_balance') }}
        as cumulative_default_rate_initial,
    case measured.default_rate_denominator_code
        when 'initial_pool'
            then {{ divide('measured.cumulative_default_balance', 'measured.initial_pool_balance') }}
        else
            {{ divide(
                'measured.cumulative_default_balance',
                'measured.initial_pool_balance + measured.cumulative_purchased_balance',
            ) }}
    end as cumulative_default_rate
from measured
