-- One row per loan bought, in the purchase that bought it. Loans that are drawn are bought at their balance
-- at the cut-off; a pool that is taken whole, at the balance before its first month's payments, at par. What
-- the notes raised pays for a first pool that the terms state, each loan in proportion to its balance.
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
),

-- Of the part of the proceeds that a running total comes to each loan adds its own: no fen is lost.
stated as (
    select
        bought.*,
        {{ part_in_fen(
            'budget.available_amount',
            'sum(bought.balance_amount) over running',
            'term.initial_pool_amount',
        ) }} as paid_fen
    from bought
    cross join {{ ref('purchase_budget') }} as budget
    cross join {{ source('deal', 'term') }} as term
    where bought.purchase_number = 0 and term.initial_pool_amount is not null
    window running as (order by bought.draw_number rows unbounded preceding)
)

select
    bought.loan_id,
    bought.purchase_number,
    bought.round_number,
    bought.draw_number,
    bought.balance_amount,
    bought.price_amount
from bought
cross join {{ source('deal', 'term') }} as term
where bought.purchase_number > 0 or term.initial_pool_amount is null
union all
select
    stated.loan_id,
    stated.purchase_number,
    stated.round_number,
    stated.draw_number,
    stated.balance_amount,
    (stated.paid_fen - lag(stated.paid_fen, 1, 0::hugeint) over (order by stated.draw_number))
    ::decimal(18, 0) * 0.01::decimal(2, 2) as price_amount
from stated
