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

{# What a contract fixes: a tape that says something else of a loan corrects itself, or is wrong. #}
{% macro static_names() -%}
    {{ return([
        'borrower_id', 'contract_amount', 'annual_rate', 'term_months', 'origination_date', 'maturity_date',
        'product_code', 'repayment_method_code',
    ]) }}
{%- endmacro %}

{# Of an amount: whether it is no more than the terms call rounding. The table `term` is in scope. #}
{% macro is_rounding(amount) -%}
    abs({{ amount }}) <= term.max_rounding_amount
{%- endmacro %}

{# What is left of a balance by the flows of a row of the tape. #}
{% macro tape_balance_left(tape) -%}
    ({{ tape }}.opening_balance
    + coalesce({{ tape }}.adjustment_amount, 0)
    + coalesce({{ tape }}.unexplained_amount, 0)
    - {{ tape }}.scheduled_principal_paid
    - {{ tape }}.prepaid_principal_paid
    - {{ tape }}.overdue_principal_paid
    - {{ tape }}.write_off_amount)
{%- endmacro %}
