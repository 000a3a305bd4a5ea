{# The table of expected cash flows: the months, their total, and the balances that they leave out. #}
{% macro expected_cash_flows(line) -%}
with total as (
    select
        count(*) filter (where expected.flow_code = 'month') as month_count,
        {{ money('sum(expected.principal_due)') }} as principal_due,
        {{ money('sum(expected.interest_due)') }} as interest_due
    from {{ line }} as expected
),

flow as (
    select
        expected.line_number,
        expected.flow_code,
        expected.collection_end_date,
        expected.opening_balance,
        expected.principal_due,
        expected.interest_due,
        expected.closing_balance
    from {{ line }} as expected
    union all
    select
        (total.month_count + 1)::integer as line_number,
        'total' as flow_code,
        null as collection_end_date,
        total.principal_due as opening_balance,
        total.principal_due,
        total.interest_due,
        0 as closing_balance
    from total
)

select
    flow.line_number,
    flow.flow_code,
    flow.collection_end_date,
    flow.opening_balance::decimal(18, 2) as opening_balance,
    flow.principal_due::decimal(18, 2) as principal_due,
    flow.interest_due::decimal(18, 2) as interest_due,
    (flow.principal_due + flow.interest_due)::decimal(18, 2) as principal_and_interest_due,
    flow.closing_balance::decimal(18, 2) as closing_balance
from flow
{%- endmacro %}
