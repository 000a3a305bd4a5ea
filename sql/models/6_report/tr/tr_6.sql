-- One row per month to come: what the pool after the purchase is expected to pay if nothing is prepaid and nothing
-- defaults (TR-6). opening - principal due = closing. Then the total, and what the months leave out: balances that
-- stand defaulted, and such of which status or terms are not known.
with total as (
    select
        count(*) filter (where line.flow_code = 'month') as month_count,
        {{ money('sum(line.principal_due)') }} as principal_due,
        {{ money('sum(line.interest_due)') }} as interest_due
    from {{ ref('expected_line') }} as line
),

flow as (
    select
        line.line_number,
        line.flow_code,
        line.collection_end_date,
        line.opening_balance,
        line.principal_due,
        line.interest_due,
        line.closing_balance
    from {{ ref('expected_line') }} as line
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
