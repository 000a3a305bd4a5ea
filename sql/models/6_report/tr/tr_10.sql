-- One row per figure of the continued purchase, this period against the last, with the table that states it
-- (TR-10). A count of limits or triggers is of those that are not kept, or that end the purchase. None of a
-- deal that buys nothing.
with bought as (
    select
        false as is_earlier,
        purchase.*
    from {{ ref('purchase') }} as purchase
    union all
    select
        true as is_earlier,
        purchase.*
    from {{ source('closed', 'purchase') }} as purchase
),

broken as (
    select
        count(*) filter (where not pool_limit.is_met_after) as limit_count,
        (
            select count(*)
            from {{ ref('pp_5') }} as pp_5
            where pp_5.early_end_code in ('ended', 'ends_next')
        ) as trigger_count
    from {{ ref('pool_limit') }} as pool_limit
),

stated as (
    select
        bought.is_earlier,
        figure.line_number,
        figure.report_table_id,
        figure.purchase_item_code,
        figure.unit_code,
        figure.amount
    from bought
    cross join
        lateral (
            values
            (1, 'PP-1', 'purchase_count', 'count', bought.purchase_count),
            (2, 'PP-1', 'available', 'money', bought.available_amount),
            (3, 'PP-1', 'purchased_loan_count', 'count', bought.purchased_loan_count),
            (4, 'PP-1', 'purchased', 'money', bought.purchased_balance),
            (5, 'PP-1', 'price', 'money', bought.price_amount),
            (6, 'PP-1', 'remaining', 'money', bought.remaining_amount),
            (7, 'PP-2', 'purchased_to_date', 'money', bought.cumulative_purchased_balance),
            (8, 'PP-2', 'price_to_date', 'money', bought.cumulative_price_amount)
        ) as figure (line_number, report_table_id, purchase_item_code, unit_code, amount)
    union all
    select
        false as is_earlier,
        figure.line_number,
        figure.report_table_id,
        figure.purchase_item_code,
        'count' as unit_code,
        figure.amount
    from broken
    cross join
        lateral (
            values
            (9, 'PP-4', 'broken_limits', broken.limit_count),
            (10, 'PP-5', 'ending_triggers', broken.trigger_count)
        ) as figure (line_number, report_table_id, purchase_item_code, amount)
)

select
    stated.line_number,
    stated.report_table_id,
    stated.purchase_item_code,
    stated.unit_code,
    coalesce(last_month.amount, told.current_value)::decimal(24, 6) as previous_value,
    stated.amount::decimal(24, 6) as current_value
from stated
left join stated as last_month
    on last_month.is_earlier and stated.purchase_item_code = last_month.purchase_item_code
left join {{ source('closed', 'tr_10') }} as told
    on stated.purchase_item_code = told.purchase_item_code
cross join {{ source('deal', 'term') }} as term
where not stated.is_earlier and term.has_continued_purchase
