-- One row per payment status that loans had at the start of the collection period: where their opening
-- balance stood at its end (RR-1). The shares of a row sum to 1.
{%- set statuses = (
    'current', 'overdue_1_30', 'overdue_31_60', 'overdue_61_90', 'overdue_over_90', 'unknown', 'settled',
    'written_off', 'repurchased',
) %}
with rolled as (
    select
        loan_month.opening_status_code,
        count(*) as opening_loan_count,
        {%- for status in statuses %}
        {{ money(
            "sum(loan_month.opening_balance) filter (where loan_month.status_code = '" ~ status ~ "')"
        ) }} as {{ status }}_balance,
        {%- endfor %}
        {{ money('sum(loan_month.opening_balance)') }} as opening_balance
    from {{ ref('loan_month') }} as loan_month
    where loan_month.opening_balance > 0
    group by loan_month.opening_status_code
)

select
    (row_number() over (
        order by
            list_position(
                [
                    'current', 'overdue_1_30', 'overdue_31_60', 'overdue_61_90', 'overdue_over_90',
                    'unknown', 'defaulted'
                ],
                rolled.opening_status_code
            )
    ))::integer as line_number,
    rolled.opening_status_code,
    rolled.opening_loan_count,
    rolled.opening_balance,
    {%- for status in statuses[:-1] %}
    {{ divide('rolled.' ~ status ~ '_balance', 'rolled.opening_balance') }} as to_{{ status }}_share,
    {%- endfor %}
    {{ divide('rolled.repurchased_balance', 'rolled.opening_balance') }} as to_repurchased_share
from rolled
