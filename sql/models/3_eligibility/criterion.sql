-- One row per eligibility criterion of the deal and month: what is compared with which limit.
{% set every_criterion = criteria() + [borrower_criterion()] %}
with criterion as (
    select declared.*
    from {{ source('deal', 'eligibility') }} as limits
    cross join lateral (
        values
        {%- for criterion in every_criterion %}
        (
            {{ loop.index }}, '{{ criterion.code }}',
            '{{ criterion.words_zh }}', '{{ criterion.words_en | replace("'", "''") }}',
            '{{ criterion.value }}',
            {{ operator_of(criterion, 'limits') }},
            {{ limit_of(criterion, 'limits') }}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as declared (
        line_number, criterion_code, words_zh, words_en, value_name, operator_code, limit_text
    )
)

select
    criterion.line_number,
    criterion.criterion_code,
    criterion.words_zh,
    criterion.words_en,
    criterion.value_name,
    criterion.operator_code,
    criterion.limit_text,
    criterion.operator_code is not null as is_tested
from criterion
