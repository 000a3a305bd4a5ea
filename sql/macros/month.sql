{# `deal_id` and `as_of_date`, the first two columns of every table of the lake, are added here, to each model whose
   entry in the dictionary lists them: the model's own select leaves them out. A view of the lake (`is_view`) is of
   every deal and month, and has them from its tables. #}
{% macro of_the_month(select_sql) -%}
    {%- if 'deal_id' in model.columns and not config.get('meta', {}).get('is_view') -%}
    select
        period.deal_id,
        period.as_of_date,
        figure.*
    from ({{ select_sql }}) as figure
    cross join {{ source('deal', 'period') }} as period
    {%- else -%}
    {{ select_sql }}
    {%- endif -%}
{%- endmacro %}

{# dbt-duckdb's own macros, of that select. #}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
    {%- set code = of_the_month(compiled_code) if language == 'sql' else compiled_code -%}
    {{ return(dbt.duckdb__create_table_as(temporary, relation, code, language, partitioned_by, sorted_by)) }}
{%- endmacro %}

{% macro duckdb__create_view_as(relation, sql) -%}
    {{ return(dbt.duckdb__create_view_as(relation, of_the_month(sql))) }}
{%- endmacro %}

{# The rows of a table as one list, null where there are none. #}
{% macro rows_of(relation) -%}(select list(line) from {{ relation }} as line){%- endmacro %}
