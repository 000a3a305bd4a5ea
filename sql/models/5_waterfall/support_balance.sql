-- One row per deal and month: what the outside shortfall provider has paid, against its limit if it has one.
with drawn as (
    select {{ money('sum(payment.supported_amount)') }} as drawn_amount
    from {{ ref('payment') }} as payment
),

last_month as (
    select {{ money('max(support_balance.closing_drawn)') }} as closing_drawn
    from {{ source('closed', 'support_balance') }} as support_balance
)

select
    period.deal_id,
    period.as_of_date,
    last_month.closing_drawn as opening_drawn,
    drawn.drawn_amount,
    {{ money('last_month.closing_drawn + drawn.drawn_amount') }} as closing_drawn,
    term.support_limit_amount
from {{ source('deal', 'period') }} as period
cross join {{ source('deal', 'term') }} as term
cross join drawn
cross join last_month
