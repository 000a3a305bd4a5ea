-- One row per note: what is issued, how it bears interest and is repaid, and what supports it, stated once
-- (OFF-5). The shares of the notes sum to 1; the support of a note is the notes behind it.
with issued as (
    select
        note.*,
        placed.rate_type_code,
        placed.coupon_zh,
        placed.coupon_en,
        placed.repayment_code,
        placed.payment_frequency_code,
        placed.accrual_start_date,
        placed.junior_amount,
        sum(note.notional_amount) over () as issue_amount
    from {{ source('deal', 'note') }} as note
    inner join {{ source('deal', 'security') }} as placed on note.note_code = placed.note_code
)

select
    issued.line_number,
    issued.note_code,
    issued.note_name_zh,
    issued.note_name_en,
    issued.security_code,
    issued.tranche_class_code,
    issued.notional_amount,
    {{ largest_remainder_share(
        'issued.notional_amount',
        'issued.issue_amount',
        'issued.line_number',
    ) }}::decimal(18, 6) as notional_share,
    issued.rate_type_code,
    issued.coupon_zh,
    issued.coupon_en,
    issued.repayment_code,
    issued.payment_frequency_code,
    issued.accrual_start_date,
    period.expected_maturity_date,
    period.legal_final_date,
    issued.initial_rating_code,
    {{ divide('issued.junior_amount', 'issued.issue_amount') }} as enhancement_share
from issued
cross join {{ source('deal', 'period') }} as period
where period.is_first
