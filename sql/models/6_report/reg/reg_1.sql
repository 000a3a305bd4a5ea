-- One row: the originator's book at the initial cut-off, as the first tape has it, stated once (REG-1). A
-- figure is null where it rests on a value that is not known of every loan; loans of no known date of
-- origination are counted beside the new ones, of which they may be.
with book as (
    select
        count(*) as cohort_count,
        sum(cohort.new_loan_count) filter (where cohort.is_new) as new_loan_count,
        case
            when
                count(cohort.contract_amount) filter (where cohort.is_new)
                = count(*) filter (where cohort.is_new)
                then sum(cohort.contract_amount) filter (where cohort.is_new)
        end as new_loan_amount,
        sum(cohort.undated_loan_count) as undated_loan_count,
        sum(cohort.loan_count) as loan_count,
        sum(cohort.outstanding_balance) as outstanding_balance,
        case
            when count(cohort.non_performing_balance) = count(*) then sum(cohort.non_performing_balance)
        end as non_performing_balance,
        case when count(cohort.write_off_amount) = count(*) then sum(cohort.write_off_amount) end
            as write_off_amount,
        case when count(cohort.recovery_amount) = count(*) then sum(cohort.recovery_amount) end
            as recovery_amount
    from {{ ref('book_cohort') }} as cohort
)

select
    period.collection_start_date,
    period.as_of_date as collection_end_date,
    coalesce(book.new_loan_count, 0)::bigint as new_loan_count,
    case when book.new_loan_count is null then 0 else book.new_loan_amount end::decimal(18, 2)
        as new_loan_amount,
    book.undated_loan_count::bigint as undated_loan_count,
    book.loan_count::bigint as loan_count,
    book.outstanding_balance::decimal(18, 2) as outstanding_balance,
    book.non_performing_balance::decimal(18, 2) as non_performing_balance,
    {{ divide('book.non_performing_balance', 'book.outstanding_balance') }} as non_performing_share,
    book.write_off_amount::decimal(18, 2) as write_off_amount,
    book.recovery_amount::decimal(18, 2) as recovery_amount
from book
cross join {{ source('deal', 'period') }} as period
where book.cohort_count > 0
