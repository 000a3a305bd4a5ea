-- One row per loan of the tape that no deal owns, in a month with a purchase: one boolean per criterion.
-- A criterion that cannot be decided is failed, and its code ends in `:undecidable`.
{% set criteria = criteria() %}
{% set borrower = borrower_criterion() %}
with decided as (
    select
        totalled.*,
        {{ meets(borrower, 'totalled', 'totalled') }} as {{ borrower.code }}
    from {{ ref('judged_loan') }} as totalled
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
