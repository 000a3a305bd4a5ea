-- One row per owner of the book's loans at the cut-off, after this deal's purchase: each deal that has a
-- pool, the originator, and apart from these what a deal owns that is not on the tape. Rows on it sum to it.
with owned as (
    select
        pool_loan.deal_id as owner_code,
        pool_loan.loan_id,
        pool_loan.outstanding_balance
    from {{ ref('pool_loan') }} as pool_loan
    union all
    select
        elsewhere.owner_code,
        elsewhere.loan_id,
        elsewhere.outstanding_balance
    from {{ source('closed', 'owned_elsewhere') }} as elsewhere
),

placed as (
    select
        coalesce(owned.owner_code, 'originator') as owner_code,
        tape.loan_id is not null as is_on_tape,
        case
            when tape.loan_id is null then owned.outstanding_balance
            else greatest(tape.closing_balance, 0)
        end as outstanding_balance
    from owned
    full join {{ ref('loan_tape') }} as tape on owned.loan_id = tape.loan_id
),

part as (
    select
        placed.owner_code,
        placed.is_on_tape,
        count(*) as loan_count,
        sum(placed.outstanding_balance) as outstanding_balance
    from placed
    where placed.outstanding_balance > 0
    group by placed.owner_code, placed.is_on_tape
),

owner as (
    select
        book_deal.book_code,
        book_deal.owner_code,
        book_deal.allocation_order,
        book_deal.owner_as_of_date,
        book_deal.owner_run_id
    from {{ source('deal', 'book_deal') }} as book_deal
    union all
    select
        book_deal.book_code,
        'originator' as owner_code,
        null as allocation_order,
        null as owner_as_of_date,
        null as owner_run_id
    from {{ source('deal', 'book_deal') }} as book_deal
    inner join {{ source('deal', 'period') }} as period on book_deal.owner_code = period.deal_id
),

side as (
    select unnest([true, false]) as is_on_tape
)

select
    owner.book_code,
    owner.owner_code,
    side.is_on_tape,
    owner.allocation_order,
    owner.owner_as_of_date,
    owner.owner_run_id,
    coalesce(part.loan_count, 0) as loan_count,
    {{ money('part.outstanding_balance') }} as outstanding_balance
from owner
cross join side
left join part on owner.owner_code = part.owner_code and side.is_on_tape = part.is_on_tape
where side.is_on_tape or part.loan_count > 0
