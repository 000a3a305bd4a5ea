-- One row per loan that the deal owned through the collection period: what was adjusted, written off and
-- repurchased of its balance, and what is left.
with placed as (
    select
        reported.*,
        -- What the originator takes back it pays for, reported or not.
        reported.is_unreported and not reported.is_held and not reported.is_noticed as is_lost
    from {{ ref('loan_report') }} as reported
),

moved as (
    select
        placed.*,
        case
            when placed.is_lost then placed.opening_balance
            else placed.tape_write_off_amount
        end as write_off_amount,
        case
            when placed.is_lost then 0
            when placed.is_absent then placed.opening_balance
            else placed.tape_remaining_balance
        end as remaining_balance
    from placed
),

-- What is left after the month's payments the originator takes back, of a loan that is noticed, that breaks
-- a warranty, or that the tape says it took back.
taken as (
    select
        moved.*,
        case
            when moved.is_noticed or moved.is_disproved or coalesce(moved.is_returned, false)
                then moved.remaining_balance
            else 0
        end as repurchase_amount
    from moved
)

select
    taken.*,
    taken.remaining_balance - taken.repurchase_amount as closing_balance
from taken
