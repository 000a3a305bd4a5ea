-- One row per loan on offer: whether it meets each criterion but that on its borrower, and what that one
-- looks at.
{% set criteria = criteria() %}
{% set borrower = borrower_criterion() %}
with judged as (
    select
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
    from {{ ref('offered_loan') }} as valued
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
)

-- What the pool would hold of the borrower: the loans that it owns, this one, and those on offer that pass
-- and come before it by their number. So no choice among the eligible loans exceeds the limit.
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
