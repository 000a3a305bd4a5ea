-- One row per loan bought, in the purchase that bought it. Loans that are drawn are bought at their balance
-- at the cut-off; a pool that is taken whole, at the balance before its first month's payments, at par.
with drawn as (
    select
        candidate.loan_id,
        period.period_number as purchase_number,
        draw.round_number,
        draw.draw_number,
        draw.balance_amount,
        draw.price_amount
    from {{ ref('draw') }} as draw
    inner join {{ ref('candidate') }} as candidate on draw.candidate_number = candidate.candidate_number
    cross join {{ source('deal', 'period') }} as period
    where draw.is_bought
),

taken_whole as (
    select
        owned_loan.loan_id,
        0 as purchase_number,
        1 as round_number,
        row_number() over (order by owned_loan.loan_id) as draw_number,
        owned_loan.opening_balance as balance_amount,
        owned_loan.opening_balance as price_amount
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
    bought.loan_id,
    bought.purchase_number,
    bought.round_number,
    bought.draw_number,
    bought.balance_amount,
    bought.price_amount
from bought
