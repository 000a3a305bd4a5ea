-- One row per kind of collection, this period against the last, by account part (TR-7).
with movement as (
    select
        'current' as which,
        collection.*
    from {{ ref('collection') }} as collection
    union all
    select
        'previous' as which,
        collection.*
    from {{ source('closed', 'collection') }} as collection
),

line as (
    select
        movement.which,
        unnest([
            {line_number: 1, account_part_code: 'income', line_code: 'interest_collected',
             amount: movement.interest_paid},
            {line_number: 2, account_part_code: 'income', line_code: 'fee_collected',
             amount: movement.fee_paid},
            {line_number: 3, account_part_code: 'income', line_code: 'recovery',
             amount: movement.recovery_amount},
            {line_number: 4, account_part_code: 'income', line_code: 'income_total',
             amount: movement.interest_paid + movement.fee_paid + movement.recovery_amount},
            {line_number: 5, account_part_code: 'principal', line_code: 'principal_scheduled',
             amount: movement.scheduled_principal_paid},
            {line_number: 6, account_part_code: 'principal', line_code: 'principal_prepaid',
             amount: movement.prepaid_principal_paid},
            {line_number: 7, account_part_code: 'principal', line_code: 'principal_overdue',
             amount: movement.overdue_principal_paid},
            {line_number: 8, account_part_code: 'principal', line_code: 'principal_total',
             amount: movement.principal_paid},
            {line_number: 9, account_part_code: 'total', line_code: 'collections_total',
             amount: movement.collected_amount}
        ], recursive := true)
    from movement
)

select
    period.deal_id,
    period.as_of_date,
    line.line_number::integer as line_number,
    line.account_part_code,
    line.line_code,
    {{ money("sum(line.amount) filter (where line.which = 'previous')") }} as previous_amount,
    {{ money("sum(line.amount) filter (where line.which = 'current')") }} as current_amount
from line
cross join {{ source('deal', 'period') }} as period
group by
    period.deal_id,
    period.as_of_date,
    line.line_number,
    line.account_part_code,
    line.line_code
