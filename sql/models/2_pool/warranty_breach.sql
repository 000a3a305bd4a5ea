-- One row per owned loan of which the tape disproves a warranty, or leaves one open: the first of them. The
-- loan is judged as it was at the cut-off of its purchase, by what the tape says of it now.
with stated as (
    select
        owned.loan_id,
        tape.currency_code,
        tape.product_code,
        tape.repayment_method_code,
        tape.term_months,
        {{ months_between('tape.origination_date', 'owned.entry_date') }} as seasoning_months,
        tape.is_renegotiated,
        tape.is_pledged
    from {{ ref('owned_loan') }} as owned
    inner join {{ ref('loan_tape') }} as tape on owned.loan_id = tape.loan_id
    where tape.closing_balance > 0
),

judged as (
    select
        stated.loan_id,
        {{ first_warranty('is false', 'warranty.criterion_codes', 'stated', 'limits') }}
            as disproved_code,
        {{ first_warranty('is null', 'warranty.criterion_codes', 'stated', 'limits') }}
            as undecidable_code
    from stated
    cross join {{ source('deal', 'warranty') }} as warranty
    cross join {{ source('deal', 'eligibility') }} as limits
)

select
    judged.loan_id,
    coalesce(judged.disproved_code, judged.undecidable_code) as criterion_code,
    judged.disproved_code is not null as is_disproved
from judged
where judged.disproved_code is not null or judged.undecidable_code is not null
