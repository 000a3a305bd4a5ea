-- One row per owned loan and static field of which the tape says something else than it said before.
with both_said as (
    select
        owned.loan_id,
        {%- for name in static_names() %}
        owned.{{ name }} as previous_{{ name }},
        tape.{{ name }} as current_{{ name }},
        {%- endfor %}
        {% for name in static_names() %}owned.{{ name }} != tape.{{ name }}{{ ' or ' if not loop.last }}
        {% endfor %}as is_changed
    from {{ ref('owned_loan') }} as owned
    inner join {{ ref('loan_tape') }} as tape on owned.loan_id = tape.loan_id
)

select
    both_said.loan_id,
    field.field_name,
    field.previous_text,
    field.current_text
from both_said
cross join
    lateral (
        values
        {%- for name in static_names() %}
        ('{{ name }}', both_said.previous_{{ name }}::varchar, both_said.current_{{ name }}::varchar)
        {{- ',' if not loop.last }}
        {%- endfor %}
    ) as field (field_name, previous_text, current_text)
where both_said.is_changed and field.previous_text != field.current_text
