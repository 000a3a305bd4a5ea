-- One row per eligibility criterion of the deal and month: how many of the loans on offer met it, and how
-- many would be eligible without it.
with offered as (
    select count(*) as loan_count
    from {{ ref('loan_eligibility') }}
),

failed as (
    select
        unnest(loan_eligibility.failed_codes) as failed_code,
        loan_eligibility.outstanding_balance,
        len(loan_eligibility.failed_codes) = 1 as is_only_one
    from {{ ref('loan_eligibility') }} as loan_eligibility
    where not loan_eligibility.is_eligible
),

counted as (
    select
        split_part(failed.failed_code, ':', 1) as criterion_code,
        count(*) as failed_count,
        count(*) filter (where failed.failed_code like '%:undecidable') as undecidable_count,
        count(*) filter (where failed.is_only_one) as only_failed_count,
        sum(failed.outstanding_balance) filter (where failed.is_only_one) as only_failed_balance
    from failed
    group by criterion_code
)

select
    criterion.line_number,
    criterion.criterion_code,
    offered.loan_count as offered_count,
    offered.loan_count - coalesce(counted.failed_count, 0) as passed_count,
    coalesce(counted.failed_count, 0) as failed_count,
    coalesce(counted.undecidable_count, 0) as undecidable_count,
    coalesce(counted.only_failed_count, 0) as only_failed_count,
    {{ money('counted.only_failed_balance') }} as only_failed_balance
from {{ ref('criterion') }} as criterion
cross join offered
left join counted on criterion.criterion_code = counted.criterion_code
