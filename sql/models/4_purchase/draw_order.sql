-- One row per eligible loan, in the order of the draw: a keyed hash of the deal's seed, the purchase date
-- and the loan, so that the same tape gives the same order on any machine.
select
    eligibility.deal_id,
    eligibility.as_of_date,
    eligibility.loan_id,
    eligibility.outstanding_balance,
    row_number() over (
        order by
            md5_number(
                term.draw_seed || '|' || period.payment_date || '|' || eligibility.loan_id
            ),
            eligibility.loan_id
    ) as draw_number
from {{ ref('loan_eligibility') }} as eligibility
cross join {{ source('deal', 'period') }} as period
cross join {{ source('deal', 'term') }} as term
where eligibility.is_eligible
order by draw_number
