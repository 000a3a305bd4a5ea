{# The payment status of a loan that still owes something, in the guideline's groups of days. #}
{% macro payment_status(days_past_due) -%}
    case
        when {{ days_past_due }} is null then 'unknown'
        when {{ days_past_due }} <= 0 then 'current'
        when {{ days_past_due }} <= 30 then 'overdue_1_30'
        when {{ days_past_due }} <= 60 then 'overdue_31_60'
        when {{ days_past_due }} <= 90 then 'overdue_61_90'
        else 'overdue_over_90'
    end
{%- endmacro %}
