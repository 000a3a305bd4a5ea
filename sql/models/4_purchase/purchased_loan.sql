-- One row per loan bought on this payment date, at par of its balance at the cut-off.
select
    draw_order.deal_id,
    draw_order.as_of_date,
    draw_order.loan_id,
    period.period_number as purchase_number,
    draw_order.draw_number,
    draw_order.outstanding_balance as balance_amount,
    draw_order.outstanding_balance as price_amount
from {{ ref('draw_order') }} as draw_order
inner join {{ ref('draw') }} as draw on draw_order.draw_number = draw.draw_number
cross join {{ source('deal', 'period') }} as period
