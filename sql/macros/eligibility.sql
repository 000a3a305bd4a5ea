{# Whether the loan meets the criterion; null where that cannot be decided. #}
{% macro meets(criterion, loan, limits) -%}
    {%- set value = loan ~ '.' ~ criterion.value -%}
    {%- set tests = [] -%}
    {%- if criterion.among -%}
        {%- set codes = limits ~ '.' ~ criterion.among -%}
        {%- do tests.append('(len(' ~ codes ~ ') = 0 or list_contains(' ~ codes ~ ', ' ~ value ~ '))') -%}
    {%- endif -%}
    {%- if criterion.not_among -%}
        {%- set codes = limits ~ '.' ~ criterion.not_among -%}
        {%- do tests.append('(len(' ~ codes ~ ') = 0 or not list_contains(' ~ codes ~ ', ' ~ value ~ '))') -%}
    {%- endif -%}
    {%- if criterion.least -%}
        {%- set limit = limits ~ '.' ~ criterion.least -%}
        {%- do tests.append('(' ~ limit ~ ' is null or ' ~ value ~ ' >= ' ~ limit ~ ')') -%}
    {%- endif -%}
    {%- if criterion.most -%}
        {%- set limit = limits ~ '.' ~ criterion.most -%}
        {%- do tests.append('(' ~ limit ~ ' is null or ' ~ value ~ ' <= ' ~ limit ~ ')') -%}
    {%- endif -%}
    {%- if criterion.most_of_loan -%}
        {%- do tests.append(value ~ ' <= ' ~ loan ~ '.' ~ criterion.most_of_loan) -%}
    {%- endif -%}
    {%- if criterion.unless -%}
        {%- do tests.append('(not ' ~ value ~ ' or ' ~ limits ~ '.' ~ criterion.unless ~ ')') -%}
    {%- endif -%}
    {{ tests | join(' and ') }}
{%- endmacro %}

{# How the criterion compares value and limit; null where the deal sets no limit, so that nothing is tested. #}
{% macro operator_of(criterion, limits) -%}
    case
        {%- if criterion.among %} when len({{ limits }}.{{ criterion.among }}) > 0 then 'in'{% endif %}
        {%- if criterion.not_among %} when len({{ limits }}.{{ criterion.not_among }}) > 0 then 'not in'{% endif %}
        {%- if criterion.least and criterion.most %}
        when {{ limits }}.{{ criterion.least }} is not null and {{ limits }}.{{ criterion.most }} is not null
            then 'between'
        {%- endif %}
        {%- if criterion.least %} when {{ limits }}.{{ criterion.least }} is not null then '>='{% endif %}
        {%- if criterion.most %} when {{ limits }}.{{ criterion.most }} is not null then '<='{% endif %}
        {%- if criterion.most_of_loan %} when true then '<='{% endif %}
        {%- if criterion.unless %} when not {{ limits }}.{{ criterion.unless }} then '='{% endif %}
    end
{%- endmacro %}

{# The limit as text: codes with commas between, two bounds as "18 and 60", a column of the loan by its name. #}
{% macro limit_of(criterion, limits) -%}
    {%- set bounds = [] -%}
    {%- for bound in (criterion.least, criterion.most) if bound -%}
        {%- do bounds.append(limits ~ '.' ~ bound) -%}
    {%- endfor -%}
    nullif(
        {%- if criterion.unless %} case when not {{ limits }}.{{ criterion.unless }} then 'false' else '' end
        {%- elif criterion.most_of_loan %} '{{ criterion.most_of_loan }}'
        {%- elif bounds %} concat_ws(' and ', {{ bounds | join(', ') }})
        {%- elif criterion.among and criterion.not_among %}
        array_to_string({{ limits }}.{{ criterion.among }} || {{ limits }}.{{ criterion.not_among }}, ', ')
        {%- else %} array_to_string({{ limits }}.{{ criterion.among or criterion.not_among }}, ', ')
        {%- endif %}, ''
    )
{%- endmacro %}

{# Whether the loan was what the criterion warrants, by what its tape says now; null is undecidable. What a
   renegotiation may have changed since proves nothing against it. #}
{% macro was_as_warranted(criterion, loan, limits) -%}
    ({{ meets(criterion, loan, limits) }})
    {%- if criterion.is_renegotiable %} or case when not {{ loan }}.is_renegotiated then false end{% endif %}
{%- endmacro %}

{# The first warranted criterion of which the loan's state is `state` ('is false', 'is null'), else null. `warranted` is
   the list of the deal's codes. #}
{% macro first_warranty(state, warranted, loan, limits) -%}
    case
        {%- for criterion in criteria() if criterion.is_warrantable %}
        when
            list_contains({{ warranted }}, '{{ criterion.code }}')
            and ({{ was_as_warranted(criterion, loan, limits) }}) {{ state }}
            then '{{ criterion.code }}'
        {%- endfor %}
    end
{%- endmacro %}

{# A fraction as text of a per cent: 0.240000 is 24%, 0.0365 is 3.65%. #}
{% macro percent_text(expression) -%}
    rtrim(rtrim((({{ expression }})::decimal(9, 6) * 100)::varchar, '0'), '.') || '%'
{%- endmacro %}
