-- One row per loan of the tape that no deal owns, in a month with a purchase: one boolean per criterion.
-- A criterion that cannot be decided is failed, and its code ends in `:undecidable`.
{% set criteria = criteria() %}
{% set borrower = borrower_criterion() %}
with offered as (
    select tape.*
    from {{ ref('loan_tape') }} as tape
    cross join {{ ref('phase') }} as phase
    anti join {{ ref('owned_loan') }} as owned on tape.loan_id = owned.loan_id
    anti join {{ source('closed', 'owned_elsewhere') }} as elsewhere
        on tape.loan_id = elsewhere.loan_id
    where phase.has_purchase and tape.closing_balance > 0
),

taken_back as (
    select repurchased.loan_id from {{ source('closed', 'repurchased_loan') }} as repurchased
    union
    select elsewhere.loan_id from {{ source('closed', 'repurchased_elsewhere') }} as elsewhere
),

valued as (
    select
        offered.*,
        {{ months_between('offered.origination_date', 'offered.as_of_date') }} as seasoning_months,
        {{ age_at('offered.borrower_age', 'offered.as_of_date', 'offered.maturity_date') }}
            as maturity_age,
        taken_back.loan_id is not null as was_repurchased
    from offered
    left join taken_back on offered.loan_id = taken_back.loan_id
),

judged as (
    select
        valued.deal_id,
        valued.as_of_date,
        valued.loan_id,
        valued.borrower_id,
        valued.closing_balance,
        valued.seasoning_months,
        valued.maturity_age,
        valued.was_repurchased,
        {% for criterion in criteria -%}
        {{ meets(criterion, 'valued', 'limits') }} as {{ criterion.code }},
        {% endfor -%}
        limits.{{ borrower.most }}
    from valued
    cross join {{ source('deal', 'eligibility') }} as limits
),

passing as (
    select
        judged.*,
        coalesce(
            true
            {%- for criterion in criteria %}
            and judged.{{ criterion.code }}
            {%- endfor %},
            false
        ) as is_passing
    from judged
),

owing as (
    select
        loan_month.borrower_id,
        sum(loan_month.closing_balance) as owned_balance
    from {{ ref('loan_month') }} as loan_month
    group by loan_month.borrower_id
),

-- What the pool would hold of the borrower: the loans that it owns, this one, and those on offer that pass
-- and come before it by their number. So no choice among the eligible loans exceeds the limit.
totalled as (
    select
        passing.*,
        case
            when passing.borrower_id is not null
                then {{ money('coalesce(owing.owned_balance, 0) + passing.closing_balance
                + coalesce(sum(passing.closing_balance) filter (where passing.is_passing) over (
                    partition by passing.borrower_id order by passing.loan_id
                    rows between unbounded preceding and 1 preceding
                ), 0)') }}
        end as borrower_balance
    from passing
    left join owing on passing.borrower_id = owing.borrower_id
),

decided as (
    select
        totalled.*,
        {{ meets(borrower, 'totalled', 'totalled') }} as {{ borrower.code }}
    from totalled
),

listed as (
    select
        decided.*,
        case
            when decided.is_passing and decided.{{ borrower.code }} then []::varchar[]
            else string_split(concat_ws(
                ','

                {%- for criterion in criteria + [borrower] -%},
                case
                    when decided.{{ criterion.code }} is null then '{{ criterion.code }}:undecidable'
                    when not decided.{{ criterion.code }} then '{{ criterion.code }}'
                end
                {%- endfor %}
            ), ',')
        end as failed_codes
    from decided
)

select
    listed.deal_id,
    listed.as_of_date,
    listed.loan_id,
    listed.closing_balance as outstanding_balance,
    listed.seasoning_months,
    listed.maturity_age,
    listed.borrower_balance,
    listed.was_repurchased,
    {% for criterion in criteria + [borrower] -%}
    coalesce(listed.{{ criterion.code }}, false) as {{ criterion.code }},
    {% endfor -%}
    len(listed.failed_codes) = 0 as is_eligible,
    listed.failed_codes[1] as first_failed_code,
    listed.failed_codes
from listed
