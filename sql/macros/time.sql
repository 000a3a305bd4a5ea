{# Whole calendar months from one date's month to another's: no engine's own idea of a month. #}
{% macro months_between(earlier, later) -%}
    (
        12 * (year({{ later }}) - year({{ earlier }})) + month({{ later }}) - month({{ earlier }})
    )::integer
{%- endmacro %}
