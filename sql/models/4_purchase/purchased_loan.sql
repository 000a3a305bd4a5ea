-- One row per loan bought on this payment date, at par. Loans that are drawn are bought at their balance at
-- the cut-off; a pool that is taken whole, at the balance before its first month's payments.
with drawn as (
    select
        draw_order.loan_id,
        period.period_number as purchase_number,
        draw_order.draw_number,
        draw_order.outstanding_balance as balance_amount
    from {{ ref('draw_order') }} as draw_order
    inner join {{ ref('draw') }} as draw on draw_order.draw_number = draw.draw_number
    cross join {{ source('deal', 'period') }} as period
),

taken_whole as (
    select
        owned_loan.loan_id,
        0 as purchase_number,
        row_number() over (order by owned_loan.loan_id) as draw_number,
        owned_loan.opening_balance as balance_amount
    from {{ ref('owned_loan') }} as owned_loan
    cross join {{ source('deal', 'period') }} as period
    where period.is_first
),

bought as (
    select * from drawn
    union all
    select * from taken_whole
)

select
    period.deal_id,
    period.as_of_date,
    bought.loan_id,
    bought.purchase_number,
    bought.draw_number,
    bought.balance_amount,
    bought.balance_amount as price_amount
from bought
cross join {{ source('deal', 'period') }} as period
