-- One row per source of the period's cash, this period against the last (TR-7): income and principal of the
-- pool by how they were paid, what the accounts carried over, and the totals; and, apart from the cash, one
-- per kind of adjustment of the pool that there was in either. What nobody states has no amount.
with adjusted as (
    select
        coalesce(this_month.adjustment_code, last_month.adjustment_code) as adjustment_code,
        last_month.adjustment_amount as previous_amount,
        this_month.adjustment_amount as current_amount
    from {{ ref('adjustment_kind') }} as this_month
    full join {{ source('closed', 'adjustment_kind') }} as last_month
        on this_month.adjustment_code = last_month.adjustment_code
),

-- A report of an earlier release did not split its lines, and of it only the sums are repeated.
stated as (
    select
        reported.line_code,
        reported.current_amount as amount
    from {{ source('closed', 'tr_7') }} as reported
    where
        'available_total' in (select earlier.line_code from {{ source('closed', 'tr_7') }} as earlier)
),

summed as (
    select
        figure.line_code,
        figure.amount
    from {{ source('closed', 'collection') }} as collection
    cross join
        lateral (
            values
            ('interest_total', collection.interest_paid),
            ('recovery', collection.recovery_amount),
            ('fee_collected', collection.fee_paid),
            ('principal_collected_total', collection.principal_paid),
            ('principal_repurchased', collection.repurchase_price_amount),
            ('collections_total', collection.collected_amount)
        ) as figure (line_code, amount)
)

select
    cash.line_number,
    cash.account_part_code,
    cash.line_code,
    coalesce(stated.amount, summed.amount)::decimal(18, 2) as previous_amount,
    cash.amount as current_amount
from {{ ref('cash_source') }} as cash
left join stated on cash.line_code = stated.line_code
left join summed on cash.line_code = summed.line_code
where cash.line_code != 'interest_unknown' or cash.amount != 0 or coalesce(stated.amount, 0) != 0
union all
select
    (25 + row_number() over (order by adjusted.adjustment_code))::integer as line_number,
    'adjustment' as account_part_code,
    'adjustment_' || adjusted.adjustment_code as line_code,
    case when not period.is_first then coalesce(adjusted.previous_amount, 0) end::decimal(18, 2)
        as previous_amount,
    coalesce(adjusted.current_amount, 0)::decimal(18, 2) as current_amount
from adjusted
cross join {{ source('deal', 'period') }} as period
