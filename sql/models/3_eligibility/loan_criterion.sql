-- One row per loan on offer and eligibility criterion: the value, the limit and the outcome. A view: ask it
-- for single loans.
{% set criteria = criteria() + [borrower_criterion()] %}
with outcome as (
    select
        loan_eligibility.deal_id,
        loan_eligibility.as_of_date,
        loan_eligibility.loan_id,
        loan_eligibility.failed_codes,
        unnest([
            {%- for criterion in criteria %}
            {%- set holder = 'loan_eligibility' if criterion.is_computed else 'loan_tape' %}
            {
                'code': '{{ criterion.code }}',
                'value': {{ holder }}.{{ criterion.value }}::varchar,
                {%- if criterion.most_of_loan %}
                'limit': loan_tape.{{ criterion.most_of_loan }}::varchar,
                {%- else %}
                'limit': null::varchar,
                {%- endif %}
                'is_met': loan_eligibility.{{ criterion.code }}
            }{{ ',' if not loop.last }}
            {%- endfor %}
        ]) as criterion
    from {{ ref('loan_eligibility') }} as loan_eligibility
    inner join {{ ref('loan_tape') }} as loan_tape
        on
            loan_eligibility.deal_id = loan_tape.deal_id
            and loan_eligibility.as_of_date = loan_tape.as_of_date
            and loan_eligibility.loan_id = loan_tape.loan_id
)

select
    outcome.deal_id,
    outcome.as_of_date,
    outcome.loan_id,
    criterion.line_number,
    criterion.criterion_code,
    criterion.value_name,
    outcome.criterion.value as value_text,
    criterion.operator_code,
    coalesce(outcome.criterion.limit, criterion.limit_text) as limit_text,
    case
        when not criterion.is_tested then 'not_tested'
        when outcome.criterion.is_met then 'passed'
        when list_contains(outcome.failed_codes, criterion.criterion_code) then 'failed'
        else 'undecidable'
    end as outcome_code,
    criterion.words_zh,
    criterion.words_en
from outcome
inner join {{ ref('criterion') }} as criterion
    on
        outcome.deal_id = criterion.deal_id
        and outcome.as_of_date = criterion.as_of_date
        and outcome.criterion.code = criterion.criterion_code
