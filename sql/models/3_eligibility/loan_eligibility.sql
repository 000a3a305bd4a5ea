-- One row per loan of the tape that the deal does not own, in a month with a purchase: one boolean per
-- criterion. A criterion that cannot be decided is failed, and its code ends in `:undecidable`.
{% set criteria = [
    'is_product_allowed', 'is_class_allowed', 'is_status_allowed', 'is_region_allowed',
    'is_not_past_due', 'is_history_clean', 'is_balance_allowed', 'is_rate_allowed',
    'is_age_allowed', 'is_remaining_term_allowed', 'is_seasoned', 'is_score_allowed',
    'matures_within_deal', 'is_not_renegotiated', 'is_not_disputed', 'is_not_pledged',
] %}
with offered as (
    select tape.*
    from {{ ref('loan_tape') }} as tape
    cross join {{ ref('phase') }} as phase
    anti join {{ ref('owned_loan') }} as owned on tape.loan_id = owned.loan_id
    where phase.has_purchase and tape.closing_balance > 0
),

judged as (
    select
        offered.deal_id,
        offered.as_of_date,
        offered.loan_id,
        offered.closing_balance as outstanding_balance,
        offered.product_code in (select unnest(limits.product_codes)) as is_product_allowed,
        offered.five_class_code in (select unnest(limits.five_class_codes)) as is_class_allowed,
        offered.status_code in (select unnest(limits.status_codes)) as is_status_allowed,
        len(limits.region_codes) = 0 or list_contains(limits.region_codes, offered.region_code)
            as is_region_allowed,
        offered.days_past_due <= limits.max_days_past_due as is_not_past_due,
        offered.max_days_past_due <= limits.max_historical_days_past_due as is_history_clean,
        offered.closing_balance between limits.min_balance and limits.max_balance
            as is_balance_allowed,
        offered.annual_rate between limits.min_annual_rate and limits.max_annual_rate
            as is_rate_allowed,
        offered.borrower_age between limits.min_borrower_age and limits.max_borrower_age
            as is_age_allowed,
        offered.remaining_months >= limits.min_remaining_months as is_remaining_term_allowed,
        {{ months_between('offered.origination_date', 'offered.as_of_date') }}
        >= limits.min_seasoning_months as is_seasoned,
        offered.credit_score >= limits.min_credit_score as is_score_allowed,
        offered.maturity_date <= limits.latest_maturity_date as matures_within_deal,
        not offered.is_renegotiated or limits.allows_renegotiated as is_not_renegotiated,
        not offered.is_disputed or limits.allows_disputed as is_not_disputed,
        not offered.is_pledged or limits.allows_pledged as is_not_pledged
    from offered
    cross join {{ source('deal', 'eligibility') }} as limits
)

select
    judged.deal_id,
    judged.as_of_date,
    judged.loan_id,
    judged.outstanding_balance,
    {% for criterion in criteria -%}
    coalesce(judged.{{ criterion }}, false) as {{ criterion }},
    {% endfor -%}
    coalesce(
        true
        {%- for criterion in criteria %}
        and judged.{{ criterion }}
        {%- endfor %},
        false
    ) as is_eligible,
    case
        {% for criterion in criteria -%}
        when judged.{{ criterion }} is null then '{{ criterion }}:undecidable'
        when not judged.{{ criterion }} then '{{ criterion }}'
        {% endfor -%}
    end as first_failed_code
from judged
