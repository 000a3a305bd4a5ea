{# What the distribution tables divide loans by, in the order of the report: numbers by the buckets that the deal
   chooses, codes each by itself; codes that are `ranked` in the order of their words, others by balance. #}
{% macro bucketed_dimensions() -%}
    {{ return([
        'contract_amount', 'outstanding_balance', 'term_months', 'seasoning_months', 'remaining_months',
        'annual_rate', 'max_days_past_due', 'past_due_count', 'borrower_age', 'annual_income',
        'income_to_debt_ratio', 'credit_score',
    ]) }}
{%- endmacro %}

{% macro coded_dimensions() -%}
    {{ return([
        'five_class_code', 'product_code', 'repayment_method_code', 'region_code', 'occupation_code', 'gender_code',
    ]) }}
{%- endmacro %}

{% macro ranked_dimensions() -%}{{ return(['five_class_code']) }}{%- endmacro %}

{# Loans, borrowers: what the tables of each are about. #}
{% macro loan_dimensions() -%}
    {{ return([
        'contract_amount', 'outstanding_balance', 'term_months', 'seasoning_months', 'remaining_months',
        'annual_rate', 'five_class_code', 'product_code', 'repayment_method_code', 'max_days_past_due',
        'past_due_count',
    ]) }}
{%- endmacro %}

{% macro borrower_dimensions() -%}
    {{ return([
        'region_code', 'borrower_age', 'occupation_code', 'annual_income', 'income_to_debt_ratio', 'credit_score',
        'gender_code',
    ]) }}
{%- endmacro %}

{# The codes as a list of SQL. #}
{% macro code_list(codes) -%}['{{ codes | join("', '") }}']{%- endmacro %}

{# These columns of a table, one after the other. #}
{% macro columns_of(relation, names) -%}
    {%- for name in names %}{{ relation }}.{{ name }}{% if not loop.last %}, {% endif %}{% endfor -%}
{%- endmacro %}

{# Of deal.bucket, a column each: the largest values of a dimension's buckets but the last, which has none. #}
{% macro cuts_of(dimensions) -%}
    {%- for dimension in dimensions %}
    list(bucket.bucket_order order by bucket.bucket_number) filter (where bucket.dimension_code = '{{ dimension }}')
        as {{ dimension }}{% if not loop.last %},{% endif %}
    {%- endfor -%}
{%- endmacro %}

{# The number of the bucket of a value, 1 that of the lowest; 0 where the value is unknown. `cuts` are the largest
   values of each bucket but the last, rising. #}
{% macro bucket_number(value, cuts) -%}
    case
        when {{ value }} is null then 0
        else 1 + len(list_filter({{ cuts }}, cut_value -> cut_value < {{ value }}))
    end::integer
{%- endmacro %}

{# A code, `unknown` where the tape says nothing. #}
{% macro known_code(code) -%}
    coalesce(nullif(trim({{ code }}), ''), 'unknown')
{%- endmacro %}

{# Income until the loans end over what is owed: a month's income times the mean months to run, by balance, over
   the balance; half up to 6 decimals. Null where that is more than any borrower's. #}
{% macro income_to_debt(annual_income, weighted_months, balance) -%}
    try_cast(
        try_cast(
            (
                {{ fen_of(annual_income) }} * {{ fen_of(weighted_months) }} * 2000000
                + 12 * {{ fen_of(balance) }} * {{ fen_of(balance) }}
            )
            // nullif(24 * {{ fen_of(balance) }} * {{ fen_of(balance) }}, 0) as decimal(28, 0)
        ) * 0.000001::decimal(6, 6) as decimal(18, 6)
    )
{%- endmacro %}

{# The lines of a distribution table of these dimensions, one after the other, each with its total; of the pool
   after the purchase beside the last report, or of the initial pool, which is stated once. #}
{% macro distribution_table(scope, dimensions) -%}
select
    {%- if dimensions | length > 1 %}
    (
        row_number() over (
            order by
                list_position({{ code_list(dimensions) }}, distribution.dimension_code),
                distribution.line_number
        )
    )::integer as line_number,
    distribution.dimension_code,
    {%- else %}
    distribution.line_number,
    {%- endif %}
    distribution.bucket_code,
    distribution.bucket_zh,
    distribution.bucket_en,
    {%- if scope == 'pool' %}
    distribution.previous_loan_count,
    distribution.previous_loan_count_share,
    distribution.previous_balance,
    distribution.previous_balance_share,
    {%- endif %}
    distribution.loan_count,
    distribution.loan_count_share,
    distribution.outstanding_balance,
    distribution.balance_share,
    distribution.mean_balance
from {{ ref('distribution') }} as distribution
{%- if scope == 'initial' %}
cross join {{ source('deal', 'period') }} as period
{%- endif %}
where
    distribution.scope_code = '{{ scope }}'
    and distribution.dimension_code in ('{{ dimensions | join("', '") }}')
    {%- if scope == 'initial' %}
    and period.is_first
    {%- endif %}
{%- endmacro %}

{# The same of this month's purchase and the pool after it, against the initial pool. A bucket that a side does not
   have holds none of its loans, where all sides are divided by one set. #}
{% macro compared_distribution(dimensions) -%}
{%- set sides = {'initial': 'initial_', 'purchased': 'purchased_', 'pool': ''} -%}
{%- set types = {
    'loan_count': 'bigint', 'outstanding_balance': 'decimal(18, 2)', 'balance_share': 'decimal(9, 6)',
} -%}
{%- set figures = {'loan_count': 'loan_count', 'outstanding_balance': 'balance', 'balance_share': 'balance_share'} -%}
with side as (
    select
        distribution.dimension_code,
        distribution.bucket_code,
        min(distribution.bucket_zh) as bucket_zh,
        min(distribution.bucket_en) as bucket_en,
        max(distribution.bucket_order) as bucket_order,
        min(distribution.bucket_set_code) as bucket_set_code
        {%- for scope in sides %}
        {%- for figure in figures %},
        max(distribution.{{ figure }}) filter (distribution.scope_code = '{{ scope }}') as {{ scope }}_{{ figure }}
        {%- endfor %}
        {%- endfor %}
    from {{ ref('distribution') }} as distribution
    where distribution.dimension_code in ('{{ dimensions | join("', '") }}')
    group by distribution.dimension_code, distribution.bucket_code
),

divided as (
    select
        side.dimension_code,
        count(distinct side.bucket_set_code) <= 1 as is_one_set
        {%- for scope in sides %},
        max(side.{{ scope }}_loan_count) is not null as has_{{ scope }}
        {%- endfor %}
    from side
    group by side.dimension_code
)

select
    (
        row_number() over (
            order by
                list_position({{ code_list(dimensions) }}, side.dimension_code),
                side.bucket_code = 'total',
                side.bucket_code = 'unknown',
                side.bucket_order nulls last,
                -side.pool_outstanding_balance nulls last,
                side.bucket_code
        )
    )::integer as line_number,
    side.dimension_code,
    side.bucket_code,
    side.bucket_zh,
    side.bucket_en
    {%- for scope, prefix in sides.items() %}
    {%- for figure, name in figures.items() %},
    coalesce(
        side.{{ scope }}_{{ figure }}, case when divided.has_{{ scope }} and divided.is_one_set then 0 end
    )::{{ types[figure] }} as {{ figure if scope == 'pool' else prefix ~ name }}
    {%- endfor %}
    {%- endfor %}
from side
inner join divided on side.dimension_code = divided.dimension_code
where divided.has_purchased
{%- endmacro %}
