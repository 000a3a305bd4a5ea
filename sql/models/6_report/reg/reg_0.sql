-- One row: what was registered, stated once (REG-0). What the terms do not tell is null.
select
    registration.deal_name_zh,
    registration.deal_name_en,
    registration.asset_is_revolving_account,
    registration.has_continued_purchase,
    registration.registered_amount,
    registration.issue_count,
    registration.venue_name_zh,
    registration.venue_name_en,
    registration.registration_end_date,
    registration.issue_method_code
from {{ source('deal', 'registration') }} as registration
cross join {{ source('deal', 'period') }} as period
where period.is_first
