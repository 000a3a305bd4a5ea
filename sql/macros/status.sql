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

{# All that came in of a loan in the month, as a row of the tape states it; a line that is blank says nothing. #}
{% macro paid_in_month(tape) -%}
    (
        coalesce({{ tape }}.scheduled_principal_paid, 0)
        + coalesce({{ tape }}.prepaid_principal_paid, 0)
        + coalesce({{ tape }}.overdue_principal_paid, 0)
        + coalesce({{ tape }}.interest_paid, 0)
        + coalesce({{ tape }}.fee_paid, 0)
        + coalesce({{ tape }}.recovery_amount, 0)
    )
{%- endmacro %}
