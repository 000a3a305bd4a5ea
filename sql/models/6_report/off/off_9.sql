-- One row: the arrangement of the continued purchase in figures, stated once (OFF-9); its words are in PP-0.
-- None of a deal that buys no loans after closing.
select
    purchase_term.first_purchase_date,
    purchase_term.last_purchase_date,
    purchase_term.revolving_months,
    purchase_term.purchases_per_period_count,
    purchase_term.funding_code,
    purchase_term.price_code,
    purchase_term.price_share,
    purchase_term.discount_rate::decimal(18, 6) as discount_rate,
    purchase_term.max_purchase_amount,
    purchase_term.unspent_code,
    purchase_term.limit_count,
    purchase_term.ending_trigger_count
from {{ source('deal', 'purchase_term') }} as purchase_term
cross join {{ source('deal', 'period') }} as period
where period.is_first
