{# Whole calendar months from one date's month to another's: no engine's own idea of a month. #}
{% macro months_between(earlier, later) -%}
    (
        12 * (year({{ later }}) - year({{ earlier }})) + month({{ later }}) - month({{ earlier }})
    )::integer
{%- endmacro %}

{# The highest whole age that a borrower of that age today can have on a later day: birthdays are not told. #}
{% macro age_at(age, today, day) -%}
    (
        {{ age }}
        + case
            when {{ months_between(today, day) }} <= 0 then 0
            else ({{ months_between(today, day) }} + 11) // 12
        end
    )::integer
{%- endmacro %}
