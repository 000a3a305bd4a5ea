-- One row per kind of collection, this period against the last, by account part (TR-7); and, apart from the
-- cash, one per kind of adjustment of the pool that there was in either.
with adjusted as (
    select
        coalesce(this_month.adjustment_code, last_month.adjustment_code) as adjustment_code,
        last_month.adjustment_amount as previous_amount,
        this_month.adjustment_amount as current_amount
    from {{ ref('adjustment_kind') }} as this_month
    full join {{ source('closed', 'adjustment_kind') }} as last_month
        on this_month.adjustment_code = last_month.adjustment_code
)

select
    movement.line_number::integer as line_number,
    movement.account_part_code,
    movement.line_code,
    movement.previous_amount::decimal(18, 2) as previous_amount,
    movement.current_amount::decimal(18, 2) as current_amount
from {{ ref('collection') }} as this_month
left join {{ source('closed', 'collection') }} as last_month
    on this_month.deal_id = last_month.deal_id
cross join
    lateral (
        values
        (1, 'income', 'interest_collected', last_month.interest_paid, this_month.interest_paid),
        (2, 'income', 'fee_collected', last_month.fee_paid, this_month.fee_paid),
        (3, 'income', 'recovery', last_month.recovery_amount, this_month.recovery_amount),
        (
            4, 'income', 'income_total',
            last_month.interest_paid + last_month.fee_paid + last_month.recovery_amount,
            this_month.interest_paid + this_month.fee_paid + this_month.recovery_amount
        ),
        (
            5, 'principal', 'principal_scheduled',
            last_month.scheduled_principal_paid, this_month.scheduled_principal_paid
        ),
        (
            6, 'principal', 'principal_prepaid',
            last_month.prepaid_principal_paid, this_month.prepaid_principal_paid
        ),
        (
            7, 'principal', 'principal_overdue',
            last_month.overdue_principal_paid, this_month.overdue_principal_paid
        ),
        (
            8, 'principal', 'principal_repurchased',
            last_month.repurchase_price_amount, this_month.repurchase_price_amount
        ),
        (
            9, 'principal', 'principal_total',
            last_month.principal_paid + last_month.repurchase_price_amount,
            this_month.principal_paid + this_month.repurchase_price_amount
        ),
        (10, 'total', 'collections_total', last_month.collected_amount, this_month.collected_amount)
    ) as movement (line_number, account_part_code, line_code, previous_amount, current_amount)
union all
select
    (10 + row_number() over (order by adjusted.adjustment_code))::integer as line_number,
    'adjustment' as account_part_code,
    'adjustment_' || adjusted.adjustment_code as line_code,
    case when not period.is_first then coalesce(adjusted.previous_amount, 0) end::decimal(18, 2)
        as previous_amount,
    coalesce(adjusted.current_amount, 0)::decimal(18, 2) as current_amount
from adjusted
cross join {{ source('deal', 'period') }} as period
