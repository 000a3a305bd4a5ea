{# What the pool keeps of each loan beside its balances, in the order of the tables. #}
{% macro characteristic_names() -%}
    {{ return([
        'borrower_id', 'contract_amount', 'annual_rate', 'term_months', 'remaining_months', 'origination_date',
        'maturity_date', 'product_code', 'repayment_method_code', 'region_code', 'star_grade_code',
        'borrower_age', 'credit_score',
    ]) }}
{%- endmacro %}

{# These columns of the table `loan`; with `otherwise`, what that table says where `loan` says nothing. #}
{% macro characteristics(loan, otherwise=none) -%}
    {%- for name in characteristic_names() -%}
    {%- if otherwise -%}
    coalesce({{ loan }}.{{ name }}, {{ otherwise }}.{{ name }}) as {{ name }}
    {%- else -%}
    {{ loan }}.{{ name }}
    {%- endif -%}
    {%- if not loop.last %},
    {% endif -%}
    {%- endfor -%}
{%- endmacro %}
