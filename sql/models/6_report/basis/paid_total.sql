-- One row per sum that TR-8 ends with: what left the deal, and what its accounts carry over to the next
-- period; in this period and in the last.
with paid as (
    select
        false as is_earlier,
        payment.*
    from {{ ref('payment') }} as payment
    union all
    select
        true as is_earlier,
        payment.*
    from {{ source('closed', 'payment') }} as payment
),

-- Of the cash that moves, what another account does not receive.
left_deal as (
    select
        {{ money('sum(paid.paid_amount) filter (where not paid.is_earlier)') }} as paid_amount,
        {{ money('sum(paid.supported_amount) filter (where not paid.is_earlier)') }}
            as supported_amount,
        {{ money('sum(paid.paid_amount) filter (where paid.is_earlier)') }} as previous_paid_amount
    from paid
    where paid.account_code != '' and paid.to_account_code = ''
),

kept as (
    select {{ money('sum(account_balance.closing_balance)') }} as closing_balance
    from {{ ref('account_balance') }} as account_balance
),

kept_before as (
    select {{ money('sum(account_balance.closing_balance)') }} as closing_balance
    from {{ source('closed', 'account_balance') }} as account_balance
)

select
    figure.line_number,
    figure.kind_code,
    figure.paid_amount,
    figure.supported_amount,
    case when not period.is_first then figure.previous_paid_amount end as previous_paid_amount
from left_deal
cross join kept
cross join kept_before
cross join {{ source('deal', 'period') }} as period
cross join
    lateral (
        values
        (
            1, 'total', left_deal.paid_amount, left_deal.supported_amount,
            left_deal.previous_paid_amount
        ),
        (
            2, 'carried_forward', kept.closing_balance, null::decimal(18, 2),
            kept_before.closing_balance
        )
    ) as figure (line_number, kind_code, paid_amount, supported_amount, previous_paid_amount)
